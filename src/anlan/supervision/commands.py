"""The verbs of a listing as data: what the API takes and what the forms fill."""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from anlan.authz.actors import Actor
from anlan.http.api import Sent
from anlan.supervision import actions
from anlan.supervision.models import SupervisionListing

Text = Annotated[str, Field(max_length=2000)]


class ListIn(Sent):
    """挂牌: which matter, until when, which leader stands for it."""

    hidden_danger: UUID
    due_on: date
    leader: Annotated[str, Field(max_length=60)]
    note: Text = ""

    def run(self, actor: Actor) -> SupervisionListing:
        """List the matter, or raise a Refusal."""
        return actions.list_matter(
            actor=actor,
            hidden_danger_id=self.hidden_danger,
            due_on=self.due_on,
            leader=self.leader,
            note=self.note,
        )


class Command(Sent):
    """One verb on one listing."""

    verb: str
    action: ClassVar[Any]

    def run(self, actor: Actor, listing_id: UUID, if_versions: frozenset[int] | None = None) -> SupervisionListing:
        """Move the listing, or raise a Refusal."""
        arguments = {name: getattr(self, name) for name in type(self).model_fields if name != "verb"}
        moved: SupervisionListing = self.action(
            actor=actor, listing_id=listing_id, if_versions=if_versions, **arguments
        )
        return moved


class ReportProgress(Command):
    verb: Literal["report_progress"]
    note: Text
    action: ClassVar[Any] = staticmethod(actions.report_progress)


class SetControls(Command):
    verb: Literal["set_controls"]
    measures: Text
    holder: Annotated[str, Field(max_length=60)]
    holder_phone: Annotated[str, Field(max_length=30)] = ""
    check_on: date
    action: ClassVar[Any] = staticmethod(actions.set_controls)


class RequestRelease(Command):
    verb: Literal["request_release"]
    note: Text = ""
    action: ClassVar[Any] = staticmethod(actions.request_release)


class Recheck(Command):
    verb: Literal["recheck"]
    note: Text
    action: ClassVar[Any] = staticmethod(actions.recheck)


class RefuseRelease(Command):
    verb: Literal["refuse_release"]
    reason: Text
    action: ClassVar[Any] = staticmethod(actions.refuse_release)


class Release(Command):
    verb: Literal["release"]
    note: Text = ""
    action: ClassVar[Any] = staticmethod(actions.release)


COMMANDS: dict[str, type[Command]] = {
    "report_progress": ReportProgress,
    "set_controls": SetControls,
    "request_release": RequestRelease,
    "recheck": Recheck,
    "refuse_release": RefuseRelease,
    "release": Release,
}

AnyCommand = Annotated[
    ReportProgress | SetControls | RequestRelease | Recheck | RefuseRelease | Release, Field(discriminator="verb")
]

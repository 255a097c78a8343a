"""The verbs as data: what the API takes and what the forms fill. Each class is one verb's payload (DOMAIN §4) and
knows the action it calls; there is no second list of verbs."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field, field_validator

from anlan.authz.actors import Actor
from anlan.authz.choices import Sector
from anlan.hidden_dangers import actions
from anlan.hidden_dangers.actions.dispatching import Assignment
from anlan.hidden_dangers.actions.grading import Party
from anlan.hidden_dangers.actions.rectification import Five
from anlan.hidden_dangers.actions.registration import Find
from anlan.hidden_dangers.choices import Cause, HandlingMode, Level, LookBackResult, PartyKind, Source
from anlan.hidden_dangers.models import HiddenDanger
from anlan.http.api import Sent

Text = Annotated[str, Field(max_length=2000)]
Line = Annotated[str, Field(max_length=200)]
Files = Annotated[list[UUID], Field(max_length=30)]
BlankOrSector = Sector | Literal[""]
BlankOrLevel = Level | Literal[""]


class ResponsibleParty(Sent):
    """责任主体: ``id`` of the enterprise or organisation, ``name`` of the person."""

    kind: PartyKind = PartyKind.ENTERPRISE
    id: UUID | None = None
    name: Annotated[str, Field(max_length=60)] = ""

    def as_party(self) -> Party:
        enterprise = self.id if self.kind == PartyKind.ENTERPRISE else None
        organisation = self.id if self.kind == PartyKind.ORGANISATION else None
        return Party(self.kind, enterprise_id=enterprise, organisation_id=organisation, person=self.name)


class FindIn(Sent):
    """三下上报：照片、地点、一句话。``region`` (id), ``site`` (id) or ``object`` (id) says where in the tree, ``place`` where
    exactly."""

    description: Text
    source: Source
    place: Line = ""
    region: UUID | None = None
    site: UUID | None = None
    object: UUID | None = None
    sector: BlankOrSector = ""
    suggested_level: BlankOrLevel = ""
    photos: Files = []

    def as_find(self) -> Find:
        return Find(
            description=self.description,
            source=self.source,
            place=self.place,
            region_id=self.region,
            site_id=self.site,
            object_id=self.object,
            sector=self.sector,
            suggested_level=self.suggested_level,
            photo_ids=self.photos,
        )


class Command(Sent):
    """One verb on one matter. ``run`` answers with the moved matter or raises a Refusal."""

    verb: str
    action: ClassVar[Any]

    def run(self, actor: Actor, matter_id: UUID, if_versions: frozenset[int] | None = None) -> HiddenDanger:
        moved: HiddenDanger = self.action(
            actor=actor, hidden_danger_id=matter_id, if_versions=if_versions, **self.arguments()
        )
        return moved

    def arguments(self) -> dict[str, Any]:
        """The action's own arguments; by default the payload under the same names."""
        return {name: getattr(self, name) for name in type(self).model_fields if name != "verb"}


class Register(Command, FindIn):
    """The reporter registers a returned matter once more."""

    verb: Literal["register"]
    action: ClassVar[Any] = staticmethod(actions.register_again)

    def arguments(self) -> dict[str, Any]:
        return {"find": self.as_find()}


class _WithReason(Command):
    reason: Text


class ReturnToReporter(_WithReason):
    verb: Literal["return_to_reporter"]
    action: ClassVar[Any] = staticmethod(actions.return_to_reporter)


class Dismiss(_WithReason):
    verb: Literal["dismiss"]
    action: ClassVar[Any] = staticmethod(actions.dismiss)


class Confirm(Command):
    verb: Literal["confirm"]
    level: Level = Level.GENERAL
    cause: Cause
    responsible_party: ResponsibleParty | None = None
    clause: Line = ""
    sector: BlankOrSector = ""
    due_on: date | None = None
    note: Text = ""
    action: ClassVar[Any] = staticmethod(actions.confirm)

    def arguments(self) -> dict[str, Any]:
        arguments = super().arguments()
        party = arguments.pop("responsible_party")
        return {**arguments, "party": party.as_party() if party else None}


class MergeDuplicate(Command):
    """``into`` is the id of the matter it is folded into."""

    verb: Literal["merge_duplicate"]
    into: UUID
    note: Text = ""
    action: ClassVar[Any] = staticmethod(actions.merge_duplicate)

    def arguments(self) -> dict[str, Any]:
        return {"into_id": self.into, "note": self.note}


class ReportUp(_WithReason):
    """``to_organisation`` is the office above; the next one when left out."""

    verb: Literal["report_up"]
    to_organisation: UUID | None = None
    action: ClassVar[Any] = staticmethod(actions.report_up)

    def arguments(self) -> dict[str, Any]:
        return {"reason": self.reason, "to_organisation_id": self.to_organisation}


class FixOnTheSpot(Command):
    """``before`` and ``after`` are photos; cause and party are needed unless it has been confirmed already."""

    verb: Literal["fix_on_the_spot"]
    note: Text
    after: Files
    before: Files = []
    cause: Cause | Literal[""] = ""
    responsible_party: ResponsibleParty | None = None
    clause: Line = ""
    sector: BlankOrSector = ""
    action: ClassVar[Any] = staticmethod(actions.fix_on_the_spot)

    def arguments(self) -> dict[str, Any]:
        arguments = super().arguments()
        party = arguments.pop("responsible_party")
        before, after = arguments.pop("before"), arguments.pop("after")
        return {**arguments, "party": party.as_party() if party else None, "before_ids": before, "after_ids": after}


class ProposeMajor(_WithReason):
    verb: Literal["propose_major"]
    clause: Line = ""
    sector: BlankOrSector = ""
    action: ClassVar[Any] = staticmethod(actions.propose_major)


class ConfirmMajor(Command):
    verb: Literal["confirm_major"]
    clause: Line
    finding: UUID | None = None
    cause: Cause | Literal[""] = ""
    responsible_party: ResponsibleParty | None = None
    note: Text = ""
    action: ClassVar[Any] = staticmethod(actions.confirm_major)

    def arguments(self) -> dict[str, Any]:
        arguments = super().arguments()
        party = arguments.pop("responsible_party")
        return {**arguments, "party": party.as_party() if party else None}


class RefuseMajor(_WithReason):
    """``finding`` is the rule's judgement that was of use, one of this matter's."""

    verb: Literal["refuse_major"]
    finding: UUID | None = None
    action: ClassVar[Any] = staticmethod(actions.refuse_major)


class Dispatch(Command):
    """``lead`` and ``assisting`` are ids of organisations; ``mode`` one or several ways of handling."""

    verb: Literal["dispatch"]
    lead: UUID
    assisting: Annotated[list[UUID], Field(max_length=20)] = []
    mode: list[HandlingMode] = [HandlingMode.BY_ENTERPRISE]
    due_on: date
    note: Text = ""
    action: ClassVar[Any] = staticmethod(actions.dispatch)

    @field_validator("mode", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    def arguments(self) -> dict[str, Any]:
        to = Assignment(lead_id=self.lead, due_on=self.due_on, modes=self.mode, assisting_ids=self.assisting)
        return {"to": to, "note": self.note}


class Redispatch(Dispatch):
    verb: Literal["redispatch"]  # type: ignore[assignment]
    action: ClassVar[Any] = staticmethod(actions.redispatch)


class Designate(Dispatch):
    verb: Literal["designate"]  # type: ignore[assignment]
    action: ClassVar[Any] = staticmethod(actions.designate)


class Bounce(_WithReason):
    """``suggested`` is the organisation whose matter it is, in the lead's view."""

    verb: Literal["bounce"]
    suggested: UUID | None = None
    action: ClassVar[Any] = staticmethod(actions.bounce)

    def arguments(self) -> dict[str, Any]:
        return {"reason": self.reason, "suggested_id": self.suggested}


class RequestExtension(_WithReason):
    verb: Literal["request_extension"]
    until: date
    action: ClassVar[Any] = staticmethod(actions.request_extension)


class RefuseExtension(_WithReason):
    verb: Literal["refuse_extension"]
    action: ClassVar[Any] = staticmethod(actions.refuse_extension)


class _WithNote(Command):
    note: Text = ""


class Acknowledge(_WithNote):
    verb: Literal["acknowledge"]
    action: ClassVar[Any] = staticmethod(actions.acknowledge)


class FillFive(Command):
    verb: Literal["fill_five"]
    plan: Text = ""
    due_on: date | None = None
    person: Annotated[str, Field(max_length=60)] = ""
    funds_cny: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] | None = None
    measures: Text = ""
    action: ClassVar[Any] = staticmethod(actions.fill_five)

    def arguments(self) -> dict[str, Any]:
        return {"five": Five(**super().arguments())}


class RequestSuspension(Command):
    verb: Literal["request_suspension"]
    controls: Text
    review_on: date
    action: ClassVar[Any] = staticmethod(actions.request_suspension)


class ApproveSuspension(_WithNote):
    verb: Literal["approve_suspension"]
    action: ClassVar[Any] = staticmethod(actions.approve_suspension)


class ApproveExtension(_WithNote):
    verb: Literal["approve_extension"]
    action: ClassVar[Any] = staticmethod(actions.approve_extension)


class LookBack(Command):
    """A recurrence opens a new matter; its id stands in the history's payload."""

    verb: Literal["look_back"]
    result: LookBackResult
    note: Text
    photos: Files = []
    action: ClassVar[Any] = staticmethod(actions.look_back)

    def arguments(self) -> dict[str, Any]:
        return {"result": self.result, "note": self.note, "photo_ids": self.photos}


class Withdraw(Command):
    """One step back; the reason may be left out."""

    verb: Literal["withdraw"]
    reason: Text = ""
    action: ClassVar[Any] = staticmethod(actions.withdraw)


class Correct(_WithReason):
    verb: Literal["correct"]
    field: Literal["description", "place", "clause", "sector", "cause"]
    value: Text
    action: ClassVar[Any] = staticmethod(actions.correct)


class RefuseSuspension(_WithReason):
    verb: Literal["refuse_suspension"]
    action: ClassVar[Any] = staticmethod(actions.refuse_suspension)


class Resume(_WithNote):
    verb: Literal["resume"]
    action: ClassVar[Any] = staticmethod(actions.resume)


class SubmitRectification(Command):
    verb: Literal["submit_rectification"]
    note: Text
    photos: Files
    action: ClassVar[Any] = staticmethod(actions.submit_rectification)

    def arguments(self) -> dict[str, Any]:
        return {"note": self.note, "photo_ids": self.photos}


class Return(_WithReason):
    verb: Literal["return"]
    due_on: date | None = None
    action: ClassVar[Any] = staticmethod(actions.return_rectification)


class AcceptRectification(Command):
    """``report`` (files) and ``officers`` (names, two or more) are needed for 重大."""

    verb: Literal["accept_rectification"]
    note: Text
    photos: Files = []
    report: Files = []
    officers: Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=10)] = []
    action: ClassVar[Any] = staticmethod(actions.accept_rectification)

    def arguments(self) -> dict[str, Any]:
        return {
            "note": self.note,
            "photo_ids": self.photos,
            "report_ids": self.report,
            "officers": self.officers,
        }


class Close(Command):
    """Follows acceptance by itself; on its own only where a listing held it back."""

    verb: Literal["close"]
    action: ClassVar[Any] = staticmethod(actions.close)


class Terminate(_WithReason):
    verb: Literal["terminate"]
    action: ClassVar[Any] = staticmethod(actions.terminate)


COMMANDS: dict[str, type[Command]] = {
    "register": Register,
    "return_to_reporter": ReturnToReporter,
    "dismiss": Dismiss,
    "confirm": Confirm,
    "propose_major": ProposeMajor,
    "confirm_major": ConfirmMajor,
    "refuse_major": RefuseMajor,
    "dispatch": Dispatch,
    "acknowledge": Acknowledge,
    "fill_five": FillFive,
    "request_suspension": RequestSuspension,
    "approve_suspension": ApproveSuspension,
    "refuse_suspension": RefuseSuspension,
    "resume": Resume,
    "submit_rectification": SubmitRectification,
    "return": Return,
    "accept_rectification": AcceptRectification,
    "close": Close,
    "terminate": Terminate,
    "merge_duplicate": MergeDuplicate,
    "report_up": ReportUp,
    "fix_on_the_spot": FixOnTheSpot,
    "redispatch": Redispatch,
    "designate": Designate,
    "bounce": Bounce,
    "request_extension": RequestExtension,
    "approve_extension": ApproveExtension,
    "refuse_extension": RefuseExtension,
    "look_back": LookBack,
    "withdraw": Withdraw,
    "correct": Correct,
}

AnyCommand = Annotated[
    Register
    | ReturnToReporter
    | Dismiss
    | Confirm
    | ProposeMajor
    | ConfirmMajor
    | RefuseMajor
    | Dispatch
    | Acknowledge
    | FillFive
    | RequestSuspension
    | ApproveSuspension
    | RefuseSuspension
    | Resume
    | SubmitRectification
    | Return
    | AcceptRectification
    | Close
    | Terminate
    | MergeDuplicate
    | ReportUp
    | FixOnTheSpot
    | Redispatch
    | Designate
    | Bounce
    | RequestExtension
    | ApproveExtension
    | RefuseExtension
    | LookBack
    | Withdraw
    | Correct,
    Field(discriminator="verb"),
]

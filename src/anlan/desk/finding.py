"""The search in the top bar: scoped first, then by words (DESIGN §14)."""

from collections.abc import Sequence
from dataclasses import dataclass

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.hidden_dangers import api as loop
from anlan.lib import clock
from anlan.register import api as register

LENGTH = 60
SHOWN = 10


@dataclass(frozen=True)
class Found:
    """The first of each; ``more`` says whether there are others behind."""

    matters: Sequence[loop.Row] = ()
    more_matters: bool = False
    enterprises: Sequence[register.Enterprise] = ()
    more_enterprises: bool = False

    @property
    def nothing(self) -> bool:
        return not self.matters and not self.enterprises


def find(actor: Actor, text: str) -> Found:
    """What the actor sees of hidden dangers and enterprises with these words."""
    if not text:
        return Found()
    rows = loop.hidden_dangers(actor, loop.Filters(q=text), clock.today()).with_names()
    matters = loop.rows_of(rows[: SHOWN + 1])
    enterprises: list[register.Enterprise] = []
    if actor.can(Permission.ENTERPRISE_VIEW):
        filters = register.EnterpriseFilters(q=text)
        enterprises = list(register.enterprises(actor, filters).with_names()[: SHOWN + 1])
    return Found(
        matters=matters[:SHOWN],
        more_matters=len(matters) > SHOWN,
        enterprises=enterprises[:SHOWN],
        more_enterprises=len(enterprises) > SHOWN,
    )

"""What whoever came too late is told: the last act on the record, as far as they may read it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.ledger import api as ledger
from anlan.lib import clock
from anlan.lib.refusals import Refusal


@dataclass(frozen=True)
class LastAct:
    """``event`` is the stable name, ``title`` what a person reads; empty where there is no word for it."""

    event: str
    title: str
    actor: str
    organisation: str
    at: datetime

    @property
    def in_words(self) -> str:
        """交办，王五（古城街道），11月29日 21:05."""
        at = self.at.astimezone(clock.SHANGHAI)
        who = f"{self.actor}（{self.organisation}）" if self.organisation else self.actor
        return "，".join(filter(None, [self.title, who, f"{at.month}月{at.day}日 {at:%H:%M}"]))


Teller = Callable[[Actor, UUID], LastAct | None]
_tellers: dict[str, Teller] = {}


def register_last_act(subject_type: str, tell: Teller) -> None:
    """Let ``tell(actor, subject_id)`` say it of these records: their history is not open to everybody who sees them."""
    _tellers[subject_type] = tell


def last_act(actor: Actor, refusal: Refusal) -> LastAct | None:
    """Of the record the refusal is about, which the actor has found in its scope. None where it may not be told or where
    the ledger does not know: an act on many at once is one entry."""
    entry = ledger.last_act(refusal.about) if refusal.about else None
    if entry is None:
        return None
    if entry.subject_type in _tellers:
        return _tellers[entry.subject_type](actor, entry.subject_id)
    if actor.is_enterprise or entry.version not in (None, refusal.extra.get("current_version")):
        return None
    return LastAct(entry.event, "", entry.actor or "系统", entry.organisation, entry.at)

"""立即整改 (S2-60): put right during the visit, graded in the same act, still accepted by another person."""

from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind
from anlan.hidden_dangers.actions.grading import Party, grade
from anlan.hidden_dangers.actions.steps import attach, fire, hold, join, moving, needed
from anlan.hidden_dangers.choices import Level
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.policies import party_organisation
from anlan.lib import clock
from anlan.lib.refusals import Invalid


def fix_on_the_spot(
    *,
    actor: Actor,
    hidden_danger_id: UUID,
    note: str,
    after_ids: list[UUID],
    cause: str,
    before_ids: list[UUID] | None = None,
    party: Party | None = None,
    clause: str = "",
    sector: str = "",
    if_versions: frozenset[int] | None = None,
) -> HiddenDanger:
    """Report a general matter as put right on the spot: counts once as found and, when accepted, once as closed."""
    with moving(actor, hidden_danger_id, "fix_on_the_spot", if_versions) as matter:
        if not after_ids:
            raise Invalid.at("/after", "请上传整改后的照片，至少一张。")
        if matter.confirmed_at is None:
            grade(actor, matter, cause=cause, party=party, clause=clause, sector=sector)
            matter.level = Level.GENERAL
        attach(actor, matter, before_ids or [], "BEFORE")
        attach(actor, matter, after_ids, "AFTER")
        matter.concealed = False
        matter.submitted_at = clock.now()
        matter.submitted_by_id = actor.person_id
        hold(matter, matter.screening)
        files = [*(before_ids or []), *after_ids]
        fire(actor, matter, "fix_on_the_spot", needed(note, "note", "整改情况"), level=matter.level, files=files)
        join(matter, (party_organisation(matter), ParticipationKind.PARTY))
        return matter

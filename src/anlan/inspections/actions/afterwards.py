"""After filing: the enterprise rates, the checking organisation voids, the system lifts the secrecy."""

from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind
from anlan.authz.participation import take_part
from anlan.inspections import policies, selectors
from anlan.inspections.actions.filing import party_of
from anlan.inspections.actions.steps import fire, moving, needed
from anlan.inspections.models import CheckRecord
from anlan.lib import clock
from anlan.lib.refusals import Invalid


def rate(
    *, actor: Actor, check_id: UUID, rating: int, words: str = "", if_versions: frozenset[int] | None = None
) -> CheckRecord:
    """The enterprise's own word on the visit, 1 to 5, once."""
    with moving(actor, check_id, "rate", if_versions) as check:
        policies.check_can_rate(actor, check)
        if not 1 <= rating <= 5:
            raise Invalid.at("/rating", "请选择 1 到 5 分。")
        check.rating, check.rating_words, check.rated_at = rating, words.strip()[:500], clock.now()
        fire(actor, check, "rate", check.rating_words, rating=rating)
        return check


def void(*, actor: Actor, check_id: UUID, reason: str, if_versions: frozenset[int] | None = None) -> CheckRecord:
    """Void a record with its reason; what it found lives on as hidden dangers."""
    with moving(actor, check_id, "void", if_versions) as check:
        policies.check_can_void(actor, check, is_sampled=selectors.is_sampled(check))
        check.draft = {}
        fire(actor, check, "void", needed(reason, "/reason", "作废理由"))
        return check


def reveal(*, actor: Actor, check_id: UUID) -> None:
    """Lift the secrecy once every finding is dispatched or at its end. Idempotent."""
    with moving(actor, check_id, "reveal", None) as check:
        if not check.concealed or selectors.still_secret(check.id):
            return
        check.concealed = False
        fire(actor, check, "reveal")
        party = party_of(check)
        if check.is_inspection and party is not None:
            kind = ParticipationKind.PARTY
            take_part(matter_id=check.id, organisation=party, kind=kind, region_path=check.region_path)

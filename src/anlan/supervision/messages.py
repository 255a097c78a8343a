"""Who is told what when something happens to a listing. One table; a reaction sends it."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from anlan.hidden_dangers import api as loop
from anlan.supervision.models import SupervisionListing

Recipients = Callable[[SupervisionListing], list[UUID | None]]


@dataclass(frozen=True)
class Telling:
    """``title`` goes to everyone ``to`` names; ``{due_on}`` and ``{check_on}`` are the listing's."""

    title: str
    to: Recipients

    def titled(self, listing: SupervisionListing) -> str:
        return self.title.format(due_on=listing.due_on, check_on=listing.controls_check_on)


def _lister(listing: SupervisionListing) -> list[UUID | None]:
    return [listing.lister_id]


def _rectifiers(listing: SupervisionListing) -> list[UUID | None]:
    party = loop.party_organisation(listing.hidden_danger)
    return [listing.hidden_danger.lead_id, party.id if party else None]


def _both(listing: SupervisionListing) -> list[UUID | None]:
    return [*_rectifiers(listing), listing.lister_id]


TELLINGS: dict[str, Telling] = {
    "supervision_listing.listed": Telling("有隐患被挂牌督办，督办期限 {due_on}", _rectifiers),
    "supervision_listing.release_requested": Telling("有挂牌申请摘牌，请复查", _lister),
    "supervision_listing.release_refused": Telling("摘牌复查不合格，请继续整改", _rectifiers),
    "supervision_listing.released": Telling("挂牌督办已摘牌", _rectifiers),
    "supervision_listing.due_soon": Telling("挂牌督办 7 天后到期（{due_on}）", _rectifiers),
    "supervision_listing.overdue": Telling("挂牌督办已逾期（期限 {due_on}）", _both),
    "supervision_listing.progress_missing": Telling("挂牌督办本月进展未报", _both),
    "supervision_listing.controls_check_passed": Telling("挂牌的管控措施复查到期（{check_on}），请复查续填", _both),
}

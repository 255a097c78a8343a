"""Who may do what to a listing, beyond the role."""

from collections.abc import Callable

from anlan.authz.actors import Actor
from anlan.hidden_dangers import api as loop
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Refused
from anlan.supervision.models import SupervisionListing
from anlan.supervision.selectors import reported_since


def check_can_list(actor: Actor, matter: loop.HiddenDanger) -> None:
    """A matter is listed once it has been dispatched and before it is closed."""
    if matter.dispatched_at is None or not matter.is_open:
        raise Refused("not_to_be_listed", "已交办、未销号的隐患才能挂牌督办。")


def _of_the_rectifiers(actor: Actor, listing: SupervisionListing) -> None:
    if not loop.puts_right(actor, listing.hidden_danger):
        raise Forbidden("not_your_turn", "由这件隐患的主办单位或者责任单位办理。")


def _of_the_lister(actor: Actor, listing: SupervisionListing) -> None:
    if not actor.is_system and not actor.within(listing.lister_path):
        raise Forbidden("not_your_listing", f"由挂牌单位{listing.lister.short_name}办理，各摘各的牌。")


def check_can_request_release(actor: Actor, listing: SupervisionListing) -> None:
    _of_the_rectifiers(actor, listing)
    if listing.hidden_danger.accepted_at is None:
        raise Refused("not_accepted", "隐患还没有验收，验收以后再申请摘牌。")


def check_can_report_progress(actor: Actor, listing: SupervisionListing) -> None:
    """Once a month (DOMAIN §4). A second report would stand beside the first as if it were another month's, so what is
    to be added goes into a comment on the matter, where the lister reads it as well, and the first stays as it was."""
    _of_the_rectifiers(actor, listing)
    if not listing.progress_count:
        return
    today = clock.today()
    told = reported_since(listing, clock.start_of(today.replace(day=1)))
    if told is not None:
        day, who = clock.legal_date(told.reported_at).day, told.reported_by.display_name
        raise Refused(
            "progress_reported",
            f"{today.month} 月的进展 {day} 日已由{who}报过，每月报一次。要补充、更正的，请在这件隐患的页面上留言。",
        )


check_can_set_controls = _of_the_rectifiers
check_can_recheck = _of_the_lister
check_can_refuse_release = _of_the_lister
check_can_release = _of_the_lister


def checker(verb: str) -> Callable[[Actor, SupervisionListing], None]:
    """The policy of a verb on a listing."""
    found: Callable[[Actor, SupervisionListing], None] = globals()[f"check_can_{verb}"]
    return found

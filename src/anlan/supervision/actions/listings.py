"""挂牌督办: several may list one matter; each follows its own listing to its own release."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind
from anlan.authz.participation import take_part
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.hidden_dangers import api as loop
from anlan.lib import clock
from anlan.lib.due_days import ahead
from anlan.lib.refusals import Invalid, Refused
from anlan.organisations import api as organisations
from anlan.processes import api as processes
from anlan.supervision.actions.numbering import listing_number, next_serial
from anlan.supervision.choices import LEVEL_OF_KIND, ListerLevel
from anlan.supervision.models import ListingControl, ListingProgress, SupervisionListing
from anlan.supervision.policies import check_can_list, checker
from anlan.supervision.workflow import PROCESS


def list_matter(
    *, actor: Actor, hidden_danger_id: UUID, due_on: date, leader: str, note: str = ""
) -> SupervisionListing:
    """List a matter for supervision by the actor's organisation, with its own number, deadline and leader."""
    with transaction.atomic():
        matter = loop.hidden_danger(actor, hidden_danger_id)
        require(actor, Permission.SUPERVISION_LISTING_LIST)
        check_can_list(actor, matter)
        ahead(due_on, "due_on", "督办期限")
        if not leader.strip():
            raise Invalid.at("/leader", "请填写包抓领导。")
        lister = organisations.organisation_of(actor)
        year = clock.today().year
        serial = next_serial(SupervisionListing, lister, year)
        listing = SupervisionListing(
            region_path=matter.region_path,
            hidden_danger=matter,
            sector=matter.sector,
            lister=lister,
            lister_path=lister.path,
            level=level_of(lister.kind, actor),
            year=year,
            serial=serial,
            document_number=listing_number(lister, year, serial),
            leader=leader.strip(),
            due_on=due_on,
            listed_at=clock.now(),
            status="",
        )
        try:
            with transaction.atomic():
                _fire(actor, listing, "list", note, hidden_danger=matter.id, due_on=due_on)
        except IntegrityError as twice:
            raise Refused("listed_already", "本单位已对这件隐患挂牌，还没有摘牌。") from twice
        kind = ParticipationKind.LISTER
        take_part(matter_id=matter.id, organisation=lister, kind=kind, region_path=matter.region_path)
        return listing


def report_progress(
    *, actor: Actor, listing_id: UUID, note: str, if_versions: frozenset[int] | None = None
) -> SupervisionListing:
    """This month's progress, by whoever puts the matter right."""
    with _moving(actor, listing_id, "report_progress", if_versions) as listing:
        listing.progress_count += 1
        ListingProgress.objects.create(
            listing=listing,
            region_path=listing.region_path,
            note=_needed(note, "note", "进展情况"),
            reported_at=clock.now(),
            reported_by_id=actor.person_id,
        )
        _fire(actor, listing, "report_progress", note)
        return listing


def set_controls(
    *,
    actor: Actor,
    listing_id: UUID,
    measures: str,
    holder: str,
    check_on: date,
    holder_phone: str = "",
    if_versions: frozenset[int] | None = None,
) -> SupervisionListing:
    """What holds the danger down until it is put right, by whoever puts it right; a renewal keeps what was before."""
    with _moving(actor, listing_id, "set_controls", if_versions) as listing:
        listing.controls_check_on = ahead(check_on, "check_on", "下次复查日期")
        control = ListingControl(
            listing=listing,
            region_path=listing.region_path,
            measures=_needed(measures, "measures", "管控措施"),
            holder=_needed(holder, "holder", "管控责任人"),
            holder_phone=holder_phone.strip(),
            check_on=check_on,
            set_at=clock.now(),
            set_by_id=actor.person_id,
        )
        control.save(force_insert=True)
        _fire(actor, listing, "set_controls", controls_note(control.measures, control.holder), check_on=check_on)
        return listing


def controls_note(measures: str, holder: str) -> str:
    """What the history says of them; the date stands in the entry itself."""
    return f"{measures}（责任人：{holder}）"


def request_release(
    *, actor: Actor, listing_id: UUID, note: str = "", if_versions: frozenset[int] | None = None
) -> SupervisionListing:
    """Ask the lister to take the listing away: the matter has been accepted."""
    with _moving(actor, listing_id, "request_release", if_versions) as listing:
        _fire(actor, listing, "request_release", note)
        return listing


def recheck(
    *, actor: Actor, listing_id: UUID, note: str, if_versions: frozenset[int] | None = None
) -> SupervisionListing:
    """The lister looked again and found it put right."""
    with _moving(actor, listing_id, "recheck", if_versions) as listing:
        _fire(actor, listing, "recheck", _needed(note, "note", "复查情况"))
        return listing


def refuse_release(
    *, actor: Actor, listing_id: UUID, reason: str, if_versions: frozenset[int] | None = None
) -> SupervisionListing:
    """The lister looked again and found it not put right."""
    with _moving(actor, listing_id, "refuse_release", if_versions) as listing:
        _fire(actor, listing, "refuse_release", _needed(reason, "reason", "不合格的理由"))
        return listing


def release(
    *, actor: Actor, listing_id: UUID, note: str = "", if_versions: frozenset[int] | None = None
) -> SupervisionListing:
    """Take this listing away; when it was the last one, the matter closes (by reaction)."""
    with _moving(actor, listing_id, "release", if_versions) as listing:
        listing.released_at = clock.now()
        _fire(actor, listing, "release", note)
        return listing


@contextmanager
def _moving(
    actor: Actor, listing_id: UUID, verb: str, if_versions: frozenset[int] | None
) -> Iterator[SupervisionListing]:
    with transaction.atomic():
        listing: SupervisionListing = SupervisionListing.objects.lock_visible(actor, id=listing_id)
        require(actor, PROCESS.rows_of(verb)[0].permission)
        processes.check_state(PROCESS, listing, verb, if_versions)
        checker(verb)(actor, listing)
        processes.remember(listing)
        yield listing


def _fire(actor: Actor, listing: SupervisionListing, verb: str, note: str, **payload: object) -> None:
    processes.fire(actor=actor, process=PROCESS, subject=listing, verb=verb, note=note.strip(), payload=payload)


def level_of(kind: str, actor: Actor) -> ListerLevel:
    """The level at which an organisation of that kind lists."""
    if actor.wall[0].count("/") < 3:
        return ListerLevel.HIGHER_COMMITTEE
    return LEVEL_OF_KIND[kind]


def _needed(text: str, pointer: str, label: str) -> str:
    if not text.strip():
        raise Invalid.at(f"/{pointer}", f"请填写{label}。")
    return text.strip()

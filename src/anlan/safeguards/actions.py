"""Writes of 活动保障. An event has no steps of its own: each act is an entry of the ledger."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind, ParticipationKind, RegionLevel
from anlan.authz.fields import subtree
from anlan.authz.models import Region
from anlan.authz.participation import take_part_together
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.ledger import api as ledger
from anlan.lib import clock, hashing, merkle
from anlan.lib.refusals import Invalid, NotInScope, Refused, Stale
from anlan.organisations import api as organisations
from anlan.safeguards import selectors
from anlan.safeguards.choices import NOT_COUNTED
from anlan.safeguards.facts import EventFacts
from anlan.safeguards.models import GuaranteedEvent, GuardedMatter
from anlan.safeguards.policies import check_can_edit, check_is_running

SUBJECT = "guaranteed_event"
SEE_FROM_BELOW = (OrganisationKind.TOWNSHIP, OrganisationKind.TOWNSHIP_OFFICE, OrganisationKind.PARK)
AT_ONCE = 5000
NAMED = 5


def establish_event(*, actor: Actor, region_id: UUID, facts: EventFacts) -> GuaranteedEvent:
    """Put down an event of a region of the actor's; the townships below see it from now on.

    Raises Forbidden (403), Refused (409) when it is there, Invalid (422).
    """
    require(actor, Permission.SAFEGUARD_EDIT)
    facts = facts.checked()
    region = selectors.regions_for(actor).filter(id=region_id).first()
    if region is None:
        raise Invalid.at("/region", "属地应为您负责的区划或者它的下一级。")
    with transaction.atomic():
        event = GuaranteedEvent(
            region=region, region_path=region.path, created_at=clock.now(), created_by_id=actor.person_id, **vars(facts)
        )
        _save(event)
        _let_townships_see(event, region)
        _record(actor, event, "safeguard.established", region=region.id, **_dates(facts))
        return event


def edit_event(
    *, actor: Actor, event_id: UUID, changes: dict[str, Any], if_versions: frozenset[int] | None = None
) -> GuaranteedEvent:
    """Change what was put down of an event; the region stays. Refused (409), Stale (412), Invalid (422)."""
    with transaction.atomic():
        event = _lock(actor, event_id, if_versions)
        before = EventFacts.of(event)
        after = replace(before, **changes).checked()
        changed = sorted(name for name, value in vars(after).items() if getattr(before, name) != value)
        if not changed:
            return event
        for name in changed:
            setattr(event, name, getattr(after, name))
        event.version += 1
        _save(event)
        _record(actor, event, "safeguard.edited", changed=changed, **_dates(after))
        return event


def conclude_event(*, actor: Actor, event_id: UUID) -> GuaranteedEvent:
    """The event is over: it leaves the board's first list, and its matters stay as they are."""
    with transaction.atomic():
        event = _lock(actor, event_id)
        tally = selectors.tally(actor, event)
        event.concluded_at = clock.now()
        event.version += 1
        _save(event)
        _record(actor, event, "safeguard.concluded", found=tally.found, closed=tally.closed)
        return event


def reopen_event(*, actor: Actor, event_id: UUID) -> GuaranteedEvent:
    """It was concluded too early. Refused (409) when it runs."""
    with transaction.atomic():
        event: GuaranteedEvent = GuaranteedEvent.objects.select_related("region").lock_visible(actor, id=event_id)
        check_can_edit(actor, event)
        if event.is_running:
            raise Refused("event_running", "这项活动还在保障中。")
        event.concluded_at = None
        event.version += 1
        _save(event)
        _record(actor, event, "safeguard.reopened")
        return event


def guard_matters(*, actor: Actor, event_id: UUID, hidden_danger_ids: Collection[UUID]) -> int:
    """Let the event wait for these matters. Returns how many are new; those it has already are passed over.

    Raises Invalid (422) naming those that are not there for the actor, lie elsewhere or were found to be none.
    """
    with transaction.atomic():
        event = _lock(actor, event_id)
        wanted = list(dict.fromkeys(hidden_danger_ids))
        _check_amount(wanted, "/hidden_dangers")
        found = selectors.with_ids(actor, wanted)
        missing = [str(one) for one in wanted if one not in found]
        return _guard(actor, event, [found[one] for one in wanted if one in found], missing, "/hidden_dangers")


def guard_numbers(*, actor: Actor, event_id: UUID, numbers: Iterable[str]) -> int:
    """The same by the numbers of the matters."""
    with transaction.atomic():
        event = _lock(actor, event_id)
        wanted = list(dict.fromkeys(number.strip() for number in numbers if number.strip()))
        _check_amount(wanted, "/numbers")
        found = selectors.with_numbers(actor, [one for one in wanted if "\x00" not in one])
        missing = [one for one in wanted if one not in found]
        return _guard(actor, event, [found[one] for one in wanted if one in found], missing, "/numbers")


def guard_registered(*, actor: Actor, event_id: UUID, first: date, last: date, expected: int) -> int:
    """Let it wait for all open matters of its region registered within the days. ``expected``: how many the person was
    told; Refused (409) when they are others by now."""
    with transaction.atomic():
        event = _lock(actor, event_id)
        if last < first:
            raise Invalid.at("/last", "截止日期不能早于起始日期。")
        rows = list(selectors.candidates(actor, event, first, last).order_by("id")[: AT_ONCE + 1])
        _check_amount(rows, "/first")
        if len(rows) != expected:
            raise Refused("count_changed", f"刚刚有变动，现在是 {len(rows)} 件，请核对后再提交。")
        return _guard(actor, event, rows, [], "/first")


def release_matter(*, actor: Actor, event_id: UUID, hidden_danger_id: UUID, reason: str) -> GuardedMatter:
    """Take a matter out of the event, saying why. NotInScope (404) when it is not among them."""
    with transaction.atomic():
        event = _lock(actor, event_id)
        reason = reason.strip()
        if not reason:
            raise Invalid.at("/reason", "请填写移出的原因。")
        if len(reason) > 200 or "\x00" in reason:
            raise Invalid.at("/reason", "原因不能超过 200 个字。")
        rows = GuardedMatter.objects.select_for_update(of=("self",))
        guarded = rows.filter(event=event, removed_at=None, hidden_danger_id=hidden_danger_id).first()
        if guarded is None or hidden_danger_id not in selectors.with_ids(actor, [hidden_danger_id]):
            raise NotInScope("保障隐患")
        _release(actor, guarded, reason)
        return guarded


def release_travelled(actor: Actor, matter: Any) -> None:
    """A matter that is handed over with its site leaves the events whose region it does not lie in any more. Part of
    that act: whoever receives the site has not to edit those events."""
    rows = GuardedMatter.objects.select_related("event").select_for_update(of=("self",))
    for guarded in rows.filter(hidden_danger=matter, removed_at=None).order_by("id"):
        if not matter.region_path.startswith(guarded.event.region_path):
            _release(actor, guarded, f"随场所移交到{matter.region.name}，不在活动的属地")


def _release(actor: Actor, guarded: GuardedMatter, reason: str) -> None:
    guarded.removed_at, guarded.removed_by_id, guarded.removed_reason = clock.now(), actor.person_id, reason
    guarded.save()
    salt = hashing.new_salt()
    _record(
        actor, guarded.event, "safeguard.matter_removed", hidden_danger=guarded.hidden_danger_id,
        reason={"salt": salt, "hash": hashing.salted_hash(reason, salt)},
    )  # fmt: skip


def _guard(actor: Actor, event: GuaranteedEvent, matters: Sequence[Any], missing: list[str], pointer: str) -> int:
    elsewhere = [one.number for one in matters if not one.region_path.startswith(event.region_path)]
    none = [one.number for one in matters if one.status in NOT_COUNTED]
    _refuse(pointer, "没有找到，或者不在您的管辖范围内", missing)
    _refuse(pointer, f"不在{event.region.name}", elsewhere)
    _refuse(pointer, "已认定不成立、合并或者终结，不用保障", none)
    has = selectors.tagged_among(event, [one.id for one in matters])
    new = [one.id for one in matters if one.id not in has]
    if not new:
        return 0
    at, by = clock.now(), actor.person_id
    GuardedMatter.objects.bulk_create(
        GuardedMatter(region_path=event.region_path, event=event, hidden_danger_id=one, added_at=at, added_by_id=by)
        for one in new
    )
    root = merkle.tree_hash([merkle.leaf_hash(one.bytes) for one in new]).hex()
    _record(actor, event, "safeguard.matters_added", count=len(new), merkle_root=root)
    return len(new)


def _refuse(pointer: str, why: str, which: list[str]) -> None:
    if which:
        more = f" 等 {len(which)} 件" if len(which) > NAMED else ""
        raise Invalid.at(pointer, f"{'、'.join(one[:40] for one in which[:NAMED])}{more}：{why}。")


def _check_amount(wanted: Sequence[Any], pointer: str) -> None:
    if not wanted:
        raise Invalid.at(pointer, "没有要列入的隐患。")
    if len(wanted) > AT_ONCE:
        raise Invalid.at(pointer, f"一次最多列入 {AT_ONCE} 件，请分几次。")


def _lock(actor: Actor, event_id: UUID, if_versions: frozenset[int] | None = None) -> GuaranteedEvent:
    event: GuaranteedEvent = GuaranteedEvent.objects.select_related("region").lock_visible(actor, id=event_id)
    check_can_edit(actor, event)
    if if_versions is not None and event.version not in if_versions:
        raise Stale(event.version, event.id)
    check_is_running(event)
    return event


def _save(event: GuaranteedEvent) -> None:
    try:
        with transaction.atomic():
            event.save()
    except IntegrityError as twice:
        if "guaranteed_event_once" not in str(twice):
            raise
        raise Refused("event_there", "这个属地已经登记过同名同日的活动。") from twice


def _let_townships_see(event: GuaranteedEvent, region: Region) -> None:
    """Only those of a county's event: what lies higher is behind their wall."""
    if region.level != RegionLevel.COUNTY:
        return
    low, high = subtree(region.path)
    below = organisations.current().filter(kind__in=SEE_FROM_BELOW, region__path__gte=low, region__path__lt=high)
    parts = [(one, ParticipationKind.COPIED) for one in below]
    take_part_together(matter_id=event.id, parts=parts, region_path=event.region_path)


def _dates(facts: EventFacts) -> dict[str, Any]:
    return {"opens_on": facts.opens_on, "ends_on": facts.ends_on}


def _record(actor: Actor, event: GuaranteedEvent, what: str, **payload: Any) -> None:
    ledger.record(
        actor=actor,
        subject_type=SUBJECT,
        subject_id=event.id,
        region_path=event.region_path,
        event=what,
        payload=payload,
    )

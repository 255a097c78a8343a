"""Putting people into posts, ending their time, handing posts over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.ledger import api as ledger
from anlan.lib import clock, hashing, ids
from anlan.lib.refusals import Invalid, Refused
from anlan.territory.choices import GridPost
from anlan.territory.grids import selectors
from anlan.territory.grids.actions.steps import BATCH, DAY, end, lock_grid, lock_grids, touch
from anlan.territory.grids.establishment import establishment
from anlan.territory.grids.facts import Appointment, PersonInPost
from anlan.territory.models import Grid, GridMember


def appoint_member(
    *, actor: Actor, grid_id: UUID, appointment: Appointment, if_versions: frozenset[int] | None = None
) -> GridMember:
    """Put a person into a free seat of a post.

    Raises Refused (409) when every seat of the post is held in that time, or the person is in that post already;
    Invalid (422) for a bad field or a post that grids of this level do not have.
    """
    require(actor, Permission.GRID_EDIT)
    given = appointment.checked()
    with transaction.atomic():
        grid = lock_grid(actor, grid_id, if_versions)
        person = settled(actor, given.person)
        seat = _free_seat(grid, given, person)
        member = _appoint(grid, person, given.post, seat, given.valid_from, given.valid_to)
        touch(grid)
        _record_person(actor, grid, "grid.member_appointed", member)
        return member


def appoint_members(*, actor: Actor, posts: Sequence[tuple[UUID, Appointment]]) -> list[GridMember]:
    """Put many people into posts of many grids, all or none, with one ledger entry over the whole list.

    Raises as ``appoint_member`` does for the first that cannot be.
    """
    require(actor, Permission.GRID_EDIT)
    with transaction.atomic():
        given = [(grid_id, post.checked()) for grid_id, post in posts]
        grids = {row.id: row for row in lock_grids(actor, {grid_id for grid_id, _ in given})}
        held: dict[tuple[UUID, str], list[GridMember]] = {}
        for member in GridMember.objects.filter(grid_id__in=grids).from_day(
            min((one.valid_from for _, one in given), default=clock.today())
        ):
            held.setdefault((member.grid_id, member.post), []).append(member)
        new = []
        for grid_id, one in given:
            grid, person = grids[grid_id], settled(actor, one.person)
            known = held.setdefault((grid_id, one.post), [])
            seat = _seat_among(grid, one, person, known)
            member = _member(grid, person, one.post, seat, one.valid_from, one.valid_to)
            known.append(member)
            new.append(member)
        GridMember.objects.bulk_create(new, batch_size=BATCH)
        for grid in grids.values():
            grid.version += 1
            grid.changed_at = clock.now()
        Grid.objects.bulk_update(grids.values(), ["version", "changed_at"], batch_size=BATCH)
        if new:
            _record_appointments(actor, new)
        return new


def end_appointment(*, actor: Actor, member_id: UUID, on: date | None = None) -> GridMember:
    """End an appointment; ``on`` (today) is its last day. Raises Refused (409) when it has ended already."""
    require(actor, Permission.GRID_EDIT)
    with transaction.atomic():
        found = selectors.member(actor, member_id)
        grid = lock_grid(actor, found.grid_id)
        member: GridMember = GridMember.objects.select_for_update().get(id=member_id)
        last = on or clock.today()
        if member.valid_to is not None and member.valid_to < clock.today():
            raise Refused("appointment_ended", f"{member.name}已于 {member.valid_to} 离任。")
        if last > clock.today() and last < member.valid_from:
            raise Invalid.at("/on", "离任日期不能早于任职日期。")
        end(member, last)
        touch(grid)
        _record_person(actor, grid, "grid.appointment_ended", member)
        return member


@dataclass(frozen=True)
class PostsMoved:
    """``moved``: posts the successor took over; ``ended``: posts the successor already had beside the predecessor."""

    moved: tuple[GridMember, ...] = ()
    ended: tuple[GridMember, ...] = ()


def move_posts(*, actor: Actor, posts: Iterable[GridMember], to: PersonInPost, on: date) -> PostsMoved:
    """Give every post to the successor from ``on``; the caller records the act. ``to`` is settled already."""
    require(actor, Permission.GRID_EDIT)
    moved, ended = [], []
    with transaction.atomic():
        wanted = sorted(posts, key=lambda one: str(one.grid_id))
        grids = {row.id: row for row in lock_grids(actor, {one.grid_id for one in wanted})}
        for old in wanted:
            grid, until = grids[old.grid_id], _until_the_next(old)
            begins = max(on, old.valid_from)
            end(old, begins - DAY)
            touch(grid)
            if _holds(grid, old.post, to, begins, until):
                ended.append(old)
            else:
                moved.append(_appoint(grid, to, old.post, old.seat, begins, until))
    return PostsMoved(tuple(moved), tuple(ended))


def _until_the_next(old: GridMember) -> date | None:
    """Whoever leaves has a last day, whoever follows has none, unless somebody is named already for the time after."""
    after = GridMember.objects.filter(grid_id=old.grid_id, post=old.post, seat=old.seat, valid_from__gt=old.valid_from)
    following = after.order_by("valid_from").values_list("valid_from", flat=True).first()
    return following - DAY if following is not None else None


def settled(actor: Actor, person: PersonInPost) -> PersonInPost:
    """The person with the name and phone of the account. Raises Invalid (422) for an account elsewhere."""
    if person.user_id is None:
        return person
    user = selectors.appointable_users(actor).filter(id=person.user_id).first()
    if user is None:
        raise Invalid.at("/user", "没有找到这个账号，或者不在您的管辖范围内。")
    return replace(person, name=person.name or user.display_name, phone=person.phone or user.phone)


def _free_seat(grid: Grid, given: Appointment, person: PersonInPost) -> int:
    """The first seat nobody holds in that time; the grid is locked."""
    return _seat_among(grid, given, person, _overlapping(grid, given.post, given.valid_from, given.valid_to))


def _seat_among(grid: Grid, given: Appointment, person: PersonInPost, known: Iterable[GridMember]) -> int:
    """The first seat that none of the ``known`` of the post holds in that time."""
    post = GridPost(given.post)
    places = establishment(given.valid_from).of(grid.level).get(post)
    if places is None:
        raise Invalid.at("/post", f"{grid.get_level_display()}网格不设{post.label}。")
    held = [one for one in known if _meets(one, given.valid_from, given.valid_to)]
    if any(_is(person, one) for one in held):
        raise Refused("already_in_post", f"{person.name}在这段时间里已经是{grid.name}的{post.label}。")
    taken = {one.seat for one in held}
    for seat in range(1, places.seats + 1):
        if seat not in taken:
            return seat
    names = "、".join(one.name for one in held[:3])
    raise Refused(
        "post_is_held",
        f"{grid.name}的{post.label}（{places.seats} 人）在这段时间里已有人：{names}。请先办理离任或者移交。",
    )


def _meets(member: GridMember, first: date, last: date | None) -> bool:
    """Whether the appointment, empty ones never, shares a day with [first, last]."""
    begins, ends = member.valid_from, member.valid_to
    return (ends is None or ends >= max(first, begins)) and (last is None or begins <= last)


def _overlapping(grid: Grid, post: str, first: date, last: date | None) -> list[GridMember]:
    rows = GridMember.objects.filter(grid=grid, post=post).from_day(first)
    return [one for one in rows if _meets(one, first, last)]


def _holds(grid: Grid, post: str, person: PersonInPost, first: date, last: date | None) -> bool:
    return any(_is(person, one) for one in _overlapping(grid, post, first, last))


def _is(person: PersonInPost, member: GridMember) -> bool:
    if person.user_id is not None or member.user_id is not None:
        return person.user_id == member.user_id
    return (person.name, person.phone) == (member.name, member.phone)


def _appoint(grid: Grid, person: PersonInPost, post: str, seat: int, first: date, last: date | None) -> GridMember:
    member = _member(grid, person, post, seat, first, last)
    member.save(force_insert=True)
    return member


def _member(grid: Grid, person: PersonInPost, post: str, seat: int, first: date, last: date | None) -> GridMember:
    return GridMember(
        grid=grid,
        region_path=grid.region_path,
        user_id=person.user_id,
        name=person.name,
        phone=person.phone,
        post=post,
        seat=seat,
        valid_from=first,
        valid_to=last,
    )


def _record_person(actor: Actor, grid: Grid, event: str, member: GridMember) -> None:
    person = PersonInPost(name=member.name, phone=member.phone, user_id=member.user_id)
    ledger.record(
        actor=actor,
        subject_type="grid",
        subject_id=grid.id,
        region_path=grid.region_path,
        event=event,
        payload={
            "member": member.id,
            "person": person.concealed(),
            "post": member.post,
            "seat": member.seat,
            "valid_from": member.valid_from,
            "valid_to": member.valid_to,
            "version": grid.version,
        },
    )


def _record_appointments(actor: Actor, new: Sequence[GridMember]) -> None:
    """One entry for the whole list: its length, and a hash over who is where, names concealed by the rows' ids."""
    rows = [[one.id, one.grid_id, one.post, one.seat, one.valid_from, one.valid_to] for one in new]
    ledger.record(
        actor=actor,
        subject_type="grid_load",
        subject_id=ids.uuid7(),
        region_path=actor.region_path,
        event="grid.members_appointed",
        payload={"count": len(new), "rows_hash": hashing.leaf_hash(rows).hex()},
    )

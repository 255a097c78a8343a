"""Writes to the grids and their people: each one transaction, locked inside the scope, recorded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind, RegionLevel
from anlan.authz.models import Organisation, Region
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.ledger import api as ledger
from anlan.lib import clock, hashing, ids
from anlan.lib.refusals import FieldError, Forbidden, Invalid, NotInScope, Refused, Stale
from anlan.organisations import api as organisations
from anlan.territory import selectors as territory
from anlan.territory.choices import GridKind, GridLevel, GridPost
from anlan.territory.grids import selectors
from anlan.territory.grids.establishment import establishment
from anlan.territory.grids.facts import EDITABLE, Appointment, GridFacts, PersonInPost, difference
from anlan.territory.models import Grid, GridMember

BATCH = 1000
DAY = timedelta(days=1)
LETTERS = {GridKind.COMPREHENSIVE: "Z", GridKind.EXCLUSIVE: "S", GridKind.SECTOR: "H", GridKind.MICRO: "W"}
_ORDER = list(GridLevel)
REGION_LEVELS = {
    GridLevel.CITY: {RegionLevel.CITY, RegionLevel.COUNTY},
    GridLevel.TOWNSHIP: {RegionLevel.TOWNSHIP},
    GridLevel.VILLAGE: {RegionLevel.VILLAGE, RegionLevel.TOWNSHIP},
    GridLevel.ENTERPRISE: {RegionLevel.VILLAGE, RegionLevel.TOWNSHIP},
}
LEVEL_OF_REGION = {
    RegionLevel.COUNTY: GridLevel.CITY,
    RegionLevel.TOWNSHIP: GridLevel.TOWNSHIP,
    RegionLevel.VILLAGE: GridLevel.VILLAGE,
}


def establish_grid(*, actor: Actor, facts: GridFacts) -> Grid:
    """Draw a new grid inside the actor's region.

    Raises Forbidden (403), Invalid (422) for a bad field or a code or name already there, NotInScope (404) for a
    region outside the actor's.
    """
    require(actor, Permission.GRID_EDIT)
    facts = facts.checked()
    with transaction.atomic():
        region = _region(actor, facts)
        now = clock.now()
        grid = Grid(
            kind=facts.kind,
            level=facts.level,
            sector=facts.sector,
            region=region,
            region_path=region.path,
            wall_path=region.wall_path,
            valid_from=facts.valid_from or clock.today(),
            established_at=now,
        )
        _put(actor, grid, replace(facts, code=facts.code or next_code(actor, region, facts.kind)))
        _save(grid)
        _record(actor, grid, "grid.established", difference(None, GridFacts.of(grid)))
        return selectors.grid(actor, grid.id)


def edit_grid(
    *, actor: Actor, grid_id: UUID, changes: Mapping[str, Any], if_versions: frozenset[int] | None = None
) -> Grid:
    """Change name, code, parent or leading organisation; nothing is written when nothing differs.

    Raises Forbidden, NotInScope, Invalid, Refused (409) for a dissolved grid, and Stale (412).
    """
    require(actor, Permission.GRID_EDIT)
    with transaction.atomic():
        grid = lock_grid(actor, grid_id, if_versions)
        fixed = set(changes) - EDITABLE
        if fixed:
            raise Invalid(
                [FieldError(f"/{name}", "设立后不能改；请撤销这个网格，另设新的。") for name in sorted(fixed)]
            )
        before = GridFacts.of(grid)
        after = replace(before, **changes).checked()
        if changed := difference(before, after):
            _put(actor, grid, after)
            grid.version += 1
            _save(grid)
            _record(actor, grid, "grid.edited", changed)
        return selectors.grid(actor, grid.id)


def dissolve_grid(*, actor: Actor, grid_id: UUID, reason: str, if_versions: frozenset[int] | None = None) -> Grid:
    """End a grid and everybody's post in it from today on. What lies in it must have left before (slices above).

    Raises Refused (409) while grids below it are in force.
    """
    require(actor, Permission.GRID_EDIT)
    reason = checked_reason(reason)
    with transaction.atomic():
        grid = lock_grid(actor, grid_id, if_versions)
        if below := selectors.grids(actor, selectors.GridFilters(parent_id=grid.id)).count():
            raise Refused("grid_has_children", f"下面还有 {below} 个网格，请先撤销或者改挂到别的网格。")
        yesterday = clock.today() - DAY
        for one in GridMember.objects.filter(grid=grid).from_day(clock.today()):
            _end(one, yesterday)
        grid.valid_to = yesterday
        grid.version += 1
        _save(grid)
        _record(actor, grid, "grid.dissolved", {"valid_to": {"from": None, "to": yesterday}}, reason=reason)
        return selectors.grid(actor, grid.id)


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
        _touch(grid)
        _record_person(actor, grid, "grid.member_appointed", member)
        return member


def appoint_members(*, actor: Actor, posts: Sequence[tuple[UUID, Appointment]]) -> list[GridMember]:
    """Put many people into posts of many grids, all or none, with one ledger entry over the whole list.

    Raises as ``appoint_member`` does for the first that cannot be.
    """
    require(actor, Permission.GRID_EDIT)
    with transaction.atomic():
        given = [(grid_id, post.checked()) for grid_id, post in posts]
        grids = {row.id: row for row in _lock_grids(actor, {grid_id for grid_id, _ in given})}
        held: dict[tuple[UUID, str], list[GridMember]] = {}
        for member in GridMember.objects.filter(grid_id__in=grids).from_day(
            min((one.valid_from for _, one in given), default=clock.today())
        ):
            held.setdefault((member.grid_id, member.post), []).append(member)
        new = []
        for grid_id, one in given:
            grid, person = grids[grid_id], settled(actor, one.person)
            known = held.setdefault((grid_id, one.post), [])
            member = _member(grid, person, one, _seat_among(grid, one, person, known))
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
        _end(member, last)
        _touch(grid)
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
        grids = {row.id: row for row in _lock_grids(actor, {one.grid_id for one in wanted})}
        for old in wanted:
            grid, until = grids[old.grid_id], old.valid_to
            begins = max(on, old.valid_from)
            _end(old, begins - DAY)
            _touch(grid)
            if _holds(grid, old.post, to, begins, until):
                ended.append(old)
            else:
                moved.append(_appoint(grid, to, old.post, old.seat, begins, until))
    return PostsMoved(tuple(moved), tuple(ended))


def settled(actor: Actor, person: PersonInPost) -> PersonInPost:
    """The person with the name and phone of the account. Raises Invalid (422) for an account elsewhere."""
    if person.user_id is None:
        return person
    user = selectors.appointable_users(actor).filter(id=person.user_id).first()
    if user is None:
        raise Invalid.at("/user", "没有找到这个账号，或者不在您的管辖范围内。")
    return replace(person, name=person.name or user.display_name, phone=person.phone or user.phone)


def lock_grid(actor: Actor, grid_id: UUID, if_versions: frozenset[int] | None = None) -> Grid:
    """The grid, locked, for changing it. NotInScope (404), Stale (412), Refused (409) when it is dissolved."""
    grid: Grid = Grid.objects.lock_visible(actor, id=grid_id)
    if if_versions is not None and grid.version not in if_versions:
        raise Stale(grid.version)
    if grid.valid_to is not None and grid.valid_to < clock.today():
        raise Refused("grid_dissolved", f"{grid.name}已于 {grid.valid_to} 撤销，不能再改。")
    return grid


def checked_reason(reason: str) -> str:
    """A reason that says something. Raises Invalid (422)."""
    reason = reason.strip()
    if not reason or len(reason) > 200:
        raise Invalid.at("/reason", "请写明原因，不超过 200 个字。")
    return reason


def next_code(actor: Actor, region: Region, kind: str) -> str:
    """The next free code of the region: its official code, the kind's letter and a number."""
    return free_code(region, kind, taken_codes(region, kind))


def taken_codes(region: Region, kind: str) -> set[str]:
    """The codes of the region and kind that were ever given."""
    stem = f"{region.code}{LETTERS[GridKind(kind)]}"
    codes = Grid.objects.filter(wall_path=region.wall_path, code__startswith=stem)
    return set(codes.values_list("code", flat=True))


def free_code(region: Region, kind: str, taken: set[str]) -> str:
    """The first one that is not among the taken."""
    stem = f"{region.code}{LETTERS[GridKind(kind)]}"
    return next(code for number in range(1, len(taken) + 2) if (code := f"{stem}{number:02d}") not in taken)


def _region(actor: Actor, facts: GridFacts) -> Region:
    region = territory.region(facts.region_id)
    if not region.path.startswith(actor.region_path):
        raise NotInScope("区划")
    if region.level not in REGION_LEVELS[GridLevel(facts.level)]:
        raise Invalid.at(
            "/level", f"{region.name}是{region.get_level_display()}，不能设{GridLevel(facts.level).label}网格。"
        )
    return region


def _put(actor: Actor, grid: Grid, facts: GridFacts) -> None:
    grid.name, grid.code = facts.name, facts.code or grid.code
    if facts.parent_id != grid.parent_id:
        grid.parent = _parent(actor, grid, facts.parent_id)
    if facts.organisation_id != grid.organisation_id:
        grid.organisation = _organisation(actor, facts.organisation_id)
    grid.changed_at = clock.now()


def _organisation(actor: Actor, organisation_id: UUID | None) -> Organisation | None:
    if organisation_id is None:
        return None
    unit = organisations.organisation(actor, organisation_id)
    if unit.kind == OrganisationKind.AGENCY:
        raise Invalid.at("/organisation", "第三方机构不能牵头网格。")
    return unit


def _parent(actor: Actor, grid: Grid, parent_id: UUID | None) -> Grid | None:
    """A grid of a higher level around it; a micro grid also lies in one of its own level."""
    if parent_id is None:
        return None
    parent: Grid | None = Grid.objects.in_force(clock.today()).filter(id=parent_id).first()
    if parent is None:
        raise Invalid.at("/parent", "没有找到这个上级网格，或者它已经撤销。")
    if not grid.region_path.startswith(parent.region_path):
        raise Invalid.at("/parent", f"{parent.name}不包含本网格所在的区划。")
    above, own = _ORDER.index(GridLevel(parent.level)), _ORDER.index(GridLevel(grid.level))
    is_micro_inside = grid.kind == GridKind.MICRO and parent.kind != GridKind.MICRO and above == own
    if above >= own and not is_micro_inside:
        raise Invalid.at("/parent", "上级网格的层级要高于本网格。")
    return parent


def _save(grid: Grid) -> None:
    """Write the row; the constraints decide whether code and name are free."""
    try:
        with transaction.atomic():
            grid.save()
    except IntegrityError as clash:
        if "grid_code_once" in str(clash):
            raise Invalid.at("/code", "这个网格编码已经用过，请换一个，或者不填由系统给。") from clash
        if "grid_name_once" in str(clash):
            raise Invalid.at("/name", "这里已有同名同类的网格。") from clash
        raise


def _touch(grid: Grid) -> None:
    grid.version += 1
    grid.changed_at = clock.now()
    grid.save(update_fields=["version", "changed_at"])


def _lock_grids(actor: Actor, grid_ids: set[UUID]) -> Sequence[Grid]:
    """In one order, so that two acts never wait for each other. Raises NotInScope when one is outside the scope."""
    found = list(Grid.objects.visible_to(actor).filter(id__in=grid_ids).select_for_update().order_by("id"))
    if len(found) != len(grid_ids):
        raise NotInScope("网格")
    return found


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
    return GridMember.objects.create(
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


def _member(grid: Grid, person: PersonInPost, given: Appointment, seat: int) -> GridMember:
    return GridMember(
        grid=grid,
        region_path=grid.region_path,
        user_id=person.user_id,
        name=person.name,
        phone=person.phone,
        post=given.post,
        seat=seat,
        valid_from=given.valid_from,
        valid_to=given.valid_to,
    )


def _end(member: GridMember, last: date) -> None:
    """``last`` is the last day; one that has not begun by then never begins."""
    if member.valid_to is None or member.valid_to > last:
        member.valid_to = max(last, member.valid_from - DAY)
        member.save(update_fields=["valid_to"])


def _record(actor: Actor, grid: Grid, event: str, changes: Any, **more: Any) -> None:
    ledger.record(
        actor=actor,
        subject_type="grid",
        subject_id=grid.id,
        region_path=grid.region_path,
        event=event,
        payload={"changes": changes, "version": grid.version, **more},
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


@dataclass(frozen=True)
class GridLoad:
    """How many grids a county should have by default, and how many were missing."""

    found: int
    added: int


def load_grids(*, actor: Actor, county: Region) -> GridLoad:
    """The usual default: one 综合网格 for the county, for every township and every village that has none.

    A second load changes nothing and records nothing. Raises Forbidden unless the system acts.
    """
    if not actor.is_system:
        raise Forbidden("forbidden", "默认网格由系统命令载入。")
    regions = list(territory.inside(county.path, levels=[*LEVEL_OF_REGION]))
    with transaction.atomic():
        rows = Grid.objects.visible_to(actor).in_force(clock.today()).filter(kind=GridKind.COMPREHENSIVE)
        known: dict[UUID, Grid] = {}
        for row in rows.order_by("code"):
            known.setdefault(row.region_id, row)
        new = _defaults(regions, known, _leading_units(actor))
        Grid.objects.bulk_create(new, batch_size=BATCH)
        if new:
            _record_load(actor, county, regions, new)
    return GridLoad(len(regions), len(new))


def _leading_units(actor: Actor) -> dict[UUID, Organisation]:
    """Who leads a grid by default: the 安委办 of the county, the township, the village, by the region's id."""
    kinds = (OrganisationKind.COMMITTEE_OFFICE, OrganisationKind.TOWNSHIP, OrganisationKind.VILLAGE)
    units = organisations.visible_organisations(actor).filter(kind__in=kinds)
    return {unit.region_id: unit for unit in units}


def _defaults(regions: Sequence[Region], known: dict[UUID, Grid], units: dict[UUID, Organisation]) -> list[Grid]:
    """The missing grids, each parent before its children; ``known`` grows with them."""
    new, now, today = [], clock.now(), clock.today()
    codes = {row.code for row in known.values()}
    for region in regions:
        if region.id in known:
            continue
        code = f"{region.code}{LETTERS[GridKind.COMPREHENSIVE]}01"
        grid = Grid(
            code=code if code not in codes else f"{code}-{ids.segment()[:4]}",
            name=f"{region.name}网格",
            kind=GridKind.COMPREHENSIVE,
            level=LEVEL_OF_REGION[RegionLevel(region.level)],
            parent=known.get(region.parent_id) if region.parent_id else None,
            region=region,
            region_path=region.path,
            wall_path=region.wall_path,
            organisation=units.get(region.id),
            valid_from=today,
            established_at=now,
            changed_at=now,
        )
        known[region.id] = grid
        new.append(grid)
    return new


def _record_load(actor: Actor, county: Region, regions: Sequence[Region], new: Sequence[Grid]) -> None:
    """One entry for the whole load: counts, and a hash over the rows it wrote."""
    rows = [[grid.id, grid.code, grid.name, grid.region_path] for grid in new]
    ledger.record(
        actor=actor,
        subject_type="grid_load",
        subject_id=ids.uuid7(),
        region_path=county.path,
        event="grid.loaded",
        payload={"found": len(regions), "added": len(new), "rows_hash": hashing.leaf_hash(rows).hex()},
    )

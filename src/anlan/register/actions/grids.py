"""Writes to what lies in the grids and who is named for it: each one transaction, one ledger entry."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.ledger import api as ledger
from anlan.lib import clock, hashing
from anlan.lib.refusals import Invalid, Refused
from anlan.organisations import api as organisations
from anlan.register.actions.steps import lock_objects, lock_sites
from anlan.register.grid_members import MEMBERS, OBJECTS, SITES, Member
from anlan.register.models import (
    Licence,
    ObjectGrid,
    ResponsibleOfficial,
    Site,
    SiteGrid,
    SitePerson,
    SiteRegulator,
    SiteTag,
    SiteTenancy,
    StatusChange,
)
from anlan.register.selectors import grids as selectors
from anlan.territory import api as territory
from anlan.territory.api import Grid, GridKind, PersonInPost

DAY = timedelta(days=1)
# A site lies inside these; the others may reach across.
OF_THE_PLACE = (GridKind.COMPREHENSIVE, GridKind.MICRO)
LYING_WITH_IT = (SitePerson, SiteRegulator, SiteGrid, SiteTag, Licence, ResponsibleOfficial, StatusChange)
"""Tables whose rows lie where their site lies."""
LOCKS: Mapping[Member, Callable[[Actor, Sequence[UUID]], Sequence[Any]]] = {SITES: lock_sites, OBJECTS: lock_objects}


@dataclass(frozen=True)
class Assigned:
    """``joined`` came from no grid of the kind, ``moved`` from another one, ``unchanged`` were there already."""

    joined: int
    moved: int
    unchanged: int


def assign(
    *,
    actor: Actor,
    grid_id: UUID,
    member: Member,
    ids: Sequence[UUID],
    move: bool = False,
    if_versions: frozenset[int] | None = None,
) -> Assigned:
    """Let sites or objects join a grid by list. With ``move`` they leave the grid of the same kind they are in.

    Raises NotInScope (404) when one is outside the scope, Invalid (422) for one that lies elsewhere, Refused (409)
    without ``move`` when one is in another grid of the kind: it is in one grid of a kind at a time (D25).
    """
    require(actor, Permission.GRID_EDIT)
    with transaction.atomic():
        grid = territory.lock_grid(actor, grid_id, if_versions)
        return _assign(actor, grid, member, LOCKS[member](actor, ids), move=move)


def _assign(actor: Actor, grid: Grid, member: Member, rows: Sequence[Any], *, move: bool) -> Assigned:
    _check_places(grid, member, rows)
    now = clock.now()
    before = {getattr(place, member.column): place for place in member.now([row.id for row in rows], grid)}
    elsewhere = [place for place in before.values() if place.grid_id != grid.id]
    if elsewhere and not move:
        names = "、".join(dict.fromkeys(place.grid.name for place in elsewhere[:3]))
        raise Refused(
            f"{member.key[:-1]}_is_in_another_grid",
            f"有 {len(elsewhere)} {member.noun}已在其他{grid.get_kind_display()}（{names}）。"
            "要划过来，请勾选“从原网格划过来”。",
        )
    member.places.objects.filter(id__in=[place.id for place in elsewhere]).update(left_at=now)
    new = [row for row in rows if row.id not in before or before[row.id].grid_id != grid.id]
    member.places.objects.bulk_create(
        member.places(
            **{member.column: row.id},
            grid=grid,
            region_path=row.region_path,
            kind=grid.kind,
            sector=grid.sector,
            joined_at=now,
        )
        for row in new
    )
    if new:
        _record_list(actor, grid, f"grid.{member.key}_assigned", [row.id for row in new], moved=len(elsewhere))
    return Assigned(len(new) - len(elsewhere), len(elsewhere), len(rows) - len(new))


@dataclass(frozen=True)
class Placed:
    """``left`` have no 综合网格 at their place."""

    assigned: int
    grids: int
    left: int


def assign_by_place(*, actor: Actor, ids: Mapping[str, Sequence[UUID]]) -> Placed:
    """Each site and object (``ids`` by the key of the member) joins the 综合网格 of its village, or of its township when
    its village is not known.

    Only those in none; where a place has several 综合网格, somebody has to choose: those are left.
    """
    require(actor, Permission.GRID_EDIT)
    with transaction.atomic():
        rows = [
            (MEMBERS[key], row)
            for key, mine in ids.items()
            for row in selectors.without_grid(actor, MEMBERS[key]).filter(id__in=list(mine))
        ]
        basic = territory.grids(actor, territory.GridFilters(kind=GridKind.COMPREHENSIVE))
        at_place: dict[UUID, list[UUID]] = {}
        for grid in basic.filter(region_id__in={row.region_id for _, row in rows}):
            at_place.setdefault(grid.region_id, []).append(grid.id)
        joining: dict[tuple[UUID, str], list[UUID]] = {}
        for member, row in rows:
            if len(choice := at_place.get(row.region_id, [])) == 1:
                joining.setdefault((choice[0], member.key), []).append(row.id)
        for (grid_id, key), mine in sorted(joining.items()):
            assign(actor=actor, grid_id=grid_id, member=MEMBERS[key], ids=mine)
        assigned = sum(len(mine) for mine in joining.values())
        return Placed(assigned, len({grid_id for grid_id, _ in joining}), len(rows) - assigned)


def remove(*, actor: Actor, grid_id: UUID, member: Member, ids: Sequence[UUID], reason: str) -> int:
    """Take sites or objects out of a grid; those that are not in it are passed over. Returns how many left."""
    require(actor, Permission.GRID_EDIT)
    with transaction.atomic():
        grid = territory.lock_grid(actor, grid_id)
        reason = territory.checked_reason(reason)
        return _remove(actor, grid, member, LOCKS[member](actor, ids), reason)


def _remove(actor: Actor, grid: Grid, member: Member, rows: Sequence[Any], reason: str) -> int:
    among = {f"{member.column}__in": [row.id for row in rows]}
    places = member.places.objects.filter(grid=grid, left_at=None, **among)
    left = sorted(places.values_list(member.column, flat=True))
    places.update(left_at=clock.now())
    if left:
        _record_list(actor, grid, f"grid.{member.key}_removed", left, reason=reason)
    return len(left)


def dissolve_grid(*, actor: Actor, grid_id: UUID, reason: str, if_versions: frozenset[int] | None = None) -> Grid:
    """End a grid with its posts and its 包保. Raises Refused (409) while sites, objects or grids below are in it."""
    require(actor, Permission.GRID_EDIT)
    with transaction.atomic():
        grid = territory.lock_grid(actor, grid_id, if_versions)
        counts = {one: one.places.objects.filter(grid=grid, left_at=None).count() for one in (SITES, OBJECTS)}
        if inside := [f"{count} {one.noun}" for one, count in counts.items() if count]:
            code = "grid_has_sites" if counts[SITES] else "grid_has_objects"
            raise Refused(code, f"网格里还有 {'、'.join(inside)}，请先划到别的网格。")
        for named in ResponsibleOfficial.objects.filter(grid=grid).from_day(clock.today()):
            end(named, clock.today() - DAY)
        return territory.dissolve_grid(actor=actor, grid_id=grid_id, reason=reason)


@dataclass(frozen=True, kw_only=True)
class OfficialFacts:
    """Who is named 包保人; ``organisation_id`` and ``duty`` say where and what they are."""

    person: PersonInPost
    duty: str = ""
    organisation_id: UUID | None = None
    valid_from: date | None = None

    def checked(self) -> "OfficialFacts":
        """The same, tidied. Raises Invalid (422)."""
        if len(self.duty.strip()) > 60:
            raise Invalid.at("/duty", "职务不能超过 60 个字。")
        return replace(self, person=self.person.checked(), duty=self.duty.strip())


def name_official(
    *, actor: Actor, facts: OfficialFacts, site_id: UUID | None = None, grid_id: UUID | None = None
) -> ResponsibleOfficial:
    """Name the 包保人 of a site or of a grid; whoever was named before is succeeded, without a day between.

    Raises NotInScope (404), Invalid (422), Refused (409) when that very person is named already.
    """
    require(actor, Permission.GRID_EDIT)
    if (site_id is None) == (grid_id is None):
        raise ValueError("an official is named for a site or for a grid")
    given = facts.checked()
    with transaction.atomic():
        person = territory.settled(actor, given.person)
        if given.organisation_id is not None:
            organisations.organisation(actor, given.organisation_id)
        site: Site | None = Site.objects.lock_visible(actor, id=site_id) if site_id else None
        grid = territory.lock_grid(actor, grid_id) if grid_id else None
        first = given.valid_from or clock.today()
        _succeed(ResponsibleOfficial.objects.filter(site=site, grid=grid).from_day(first), person, first)
        named = ResponsibleOfficial.objects.create(
            site=site,
            grid=grid,
            region_path=_path_of(site, grid),
            user_id=person.user_id,
            name=person.name,
            phone=person.phone,
            duty=given.duty,
            organisation_id=given.organisation_id,
            valid_from=first,
        )
        _record_official(actor, "official_named", named)
        return named


def end_official(*, actor: Actor, official_id: UUID) -> ResponsibleOfficial:
    """End a 包保 today without a successor; the site shows among the gaps from tomorrow on."""
    require(actor, Permission.GRID_EDIT)
    with transaction.atomic():
        named: ResponsibleOfficial = ResponsibleOfficial.objects.lock_visible(actor, id=official_id)
        if named.valid_to is not None:
            raise Refused("official_ended", f"{named.name}的包保已定于 {named.valid_to} 结束。")
        end(named, clock.today())
        _record_official(actor, "official_ended", named)
        return named


def follow_site(*, actor: Actor, site: Site) -> int:
    """What hangs on a site that has moved lies where it lies now; it leaves the grids that do not reach its new place.

    Part of the act that moves it. Returns how many grids it left.
    """
    places = list(SiteGrid.objects.filter(site=site, left_at=None).select_related("grid"))
    gone = [one.id for one in places if one.kind in OF_THE_PLACE and not reaches(one.grid, site.region_path)]
    for model in LYING_WITH_IT:
        model._default_manager.filter(site=site).update(region_path=site.region_path)
    SiteTenancy.objects.filter(tenant_site=site).update(region_path=site.region_path)
    return SiteGrid.objects.filter(id__in=gone).update(left_at=clock.now())


def follow_objects(object_ids: Iterable[UUID]) -> int:
    """The same for objects that have moved; how many grids they left."""
    places = list(
        ObjectGrid.objects.filter(supervised_object_id__in=list(object_ids)).select_related("grid", "supervised_object")
    )
    gone = []
    for one in places:
        one.region_path = one.supervised_object.region_path
        if one.left_at is None and one.kind in OF_THE_PLACE and not reaches(one.grid, one.region_path):
            one.left_at = clock.now()
            gone.append(one.id)
    ObjectGrid.objects.bulk_update(places, ["region_path", "left_at"], batch_size=500)
    return len(gone)


def end(named: ResponsibleOfficial, last: date) -> None:
    """``last`` is the last day; one that has not begun by then never begins."""
    if named.valid_to is None or named.valid_to > last:
        named.valid_to = max(last, named.valid_from - DAY)
        named.save(update_fields=["valid_to"])


def _succeed(before: Iterable[ResponsibleOfficial], person: PersonInPost, first: date) -> None:
    for one in before:
        is_same = (
            one.user_id == person.user_id if person.user_id else (one.name, one.phone) == (person.name, person.phone)
        )
        if is_same and one.valid_to is None:
            raise Refused("already_named", f"{one.name}已经是这里的包保人。")
        end(one, first - DAY)


def _path_of(*subjects: Site | Grid | None) -> str:
    return next(subject.region_path for subject in subjects if subject is not None)


def _check_places(grid: Grid, member: Member, rows: Sequence[Any]) -> None:
    if grid.kind not in OF_THE_PLACE:
        return
    outside = [row.name for row in rows if not reaches(grid, row.region_path)]
    if outside:
        names = "、".join(outside[:3])
        raise Invalid.at(f"/{member.key}", f"有 {len(outside)} {member.noun}不在{grid.name}的区划内：{names}。")


def reaches(grid: Grid, region_path: str) -> bool:
    """Inside the grid, or known no more exactly than to the township around it."""
    township = region_path.count("/") == grid.region_path.count("/") - 1
    return region_path.startswith(grid.region_path) or (township and grid.region_path.startswith(region_path))


def _record_list(actor: Actor, grid: Grid, event: str, member_ids: Sequence[UUID], **more: object) -> None:
    """One entry for the whole list: its length, and a hash over the ids in order."""
    ledger.record(
        actor=actor,
        subject_type="grid",
        subject_id=grid.id,
        region_path=grid.region_path,
        event=event,
        payload={"count": len(member_ids), "rows_hash": hashing.leaf_hash(list(member_ids)).hex(), **more},
    )


def _record_official(actor: Actor, event: str, named: ResponsibleOfficial) -> None:
    kind = "site" if named.site_id else "grid"
    person = PersonInPost(name=named.name, phone=named.phone, user_id=named.user_id)
    ledger.record(
        actor=actor,
        subject_type=kind,
        subject_id=named.site_id or named.grid_id or named.id,
        region_path=named.region_path,
        event=f"{kind}.{event}",
        payload={
            "official": named.id,
            "person": person.concealed(),
            "organisation": named.organisation_id,
            "valid_from": named.valid_from,
            "valid_to": named.valid_to,
        },
    )

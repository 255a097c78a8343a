"""What every act on the register does the same way."""

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind, RegionLevel
from anlan.authz.models import Organisation, Region
from anlan.authz.participation import take_part
from anlan.ledger import api as ledger
from anlan.lib.refusals import Invalid, NotInScope, Stale
from anlan.register.models import Site, SupervisedObject
from anlan.territory import api as territory

AT_ONCE = 5000
_ABOVE_COUNTY = (RegionLevel.PROVINCE, RegionLevel.CITY)


class Record(Protocol):
    """A row of the register: it lies somewhere and counts its versions."""

    id: UUID
    region_path: str
    version: int


def region_for(actor: Actor, region_id: UUID) -> Region:
    """The region inside the actor's, at most a county. NotInScope (404), Invalid (422)."""
    region = territory.region(region_id)
    if not region.path.startswith(actor.region_path):
        raise NotInScope("区划")
    if region.level in _ABOVE_COUNTY:
        raise Invalid.at("/region", "请选到县（市、区）、乡镇（街道）或者村（社区）。")
    return region


def region_of_move(actor: Actor, region_id: UUID, wall_path: str) -> Region:
    """The same, inside the county the record belongs to."""
    region = region_for(actor, region_id)
    if region.wall_path != wall_path:
        raise Invalid.at("/region", "不能登记到其他县（市、区）：跨县的须由迁入地另行登记。")
    return region


def check_version(row: Record, if_versions: frozenset[int] | None) -> None:
    """Raise Stale (412) when somebody changed the row since it was read."""
    if if_versions is not None and row.version not in if_versions:
        raise Stale(row.version, row.id)


def let_see(organisation: Organisation, matter_id: UUID, region_path: str) -> None:
    """Let the enterprise's own organisation see its record."""
    take_part(matter_id=matter_id, organisation=organisation, kind=ParticipationKind.PARTY, region_path=region_path)


def record(actor: Actor, kind: str, row: Record, event: str, changes: Any, **more: Any) -> None:
    """Enter the act in the ledger with its difference."""
    ledger.record(
        actor=actor,
        subject_type=kind,
        subject_id=row.id,
        region_path=row.region_path,
        event=event,
        payload={"changes": changes, "version": row.version, **more},
    )


def lock_sites(actor: Actor, site_ids: Sequence[UUID]) -> list[Site]:
    """The sites of a list, locked in one order. NotInScope (404) when one is outside, Invalid (422) for none or too many."""
    return _locked(Site.objects.visible_to(actor), site_ids, "/sites", "场所")


def lock_objects(actor: Actor, object_ids: Sequence[UUID]) -> list[SupervisedObject]:
    """The same for supervised objects."""
    return _locked(SupervisedObject.objects.visible_to(actor), object_ids, "/objects", "监管对象")


def _locked(rows: Any, row_ids: Sequence[UUID], pointer: str, noun: str) -> list[Any]:
    wanted = set(row_ids)
    if not wanted:
        raise Invalid.at(pointer, f"请先勾选{noun}。")
    if len(wanted) > AT_ONCE:
        raise Invalid.at(pointer, f"一次最多 {AT_ONCE} 处{noun}，请分批办理。")
    found = list(rows.filter(id__in=wanted).order_by("id").select_for_update(of=("self",)))
    if len(found) != len(wanted):
        raise NotInScope(noun)
    return found


def common_path(paths: Sequence[str]) -> str:
    """The region that holds all these places: where the act on a list of them happened."""
    first, last = min(paths), max(paths)
    shared = next((n for n, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[: first.rindex("/", 0, shared) + 1] if shared else "/"

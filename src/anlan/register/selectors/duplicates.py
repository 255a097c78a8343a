"""Enterprises that look like one, and sites of one enterprise: grouped by the database, whatever the size of the
register."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q
from django.db.models.functions import Lower

from anlan.authz.actors import Actor
from anlan.lib.refusals import NotInScope
from anlan.register.key_sites import SUPERVISED
from anlan.register.merging import Kind
from anlan.register.models import DistinctPair, DistinctSitePair, Enterprise, EnterpriseMerge, Site, SiteMerge
from anlan.register.models.keys import NOISE, PLACE_NOISE, Without
from anlan.register.querysets import EnterpriseQuerySet, SiteQuerySet

REASONS = {"name_key": "名称相同", "person_key": "法定代表人和电话相同", "address_key": "注册地址相同"}
REASONS_OF_SITES = {"name_key": "名称相同", "address_key": "地址相同"}
GROUPS = 200
CROWD = 6
"""More than so many at one address are a building, not one enterprise written down twice."""
Group = tuple[Any, ...]


@dataclass
class Pair:
    """Two enterprises or two sites. ``keep`` is the one that would stay."""

    keep: Any
    other: Any
    reasons: list[str] = field(default_factory=list)

    @property
    def both(self) -> list[Any]:
        return [self.keep, self.other]


Pairs = dict[tuple[UUID, UUID], Pair]


def suspected_pairs(actor: Actor) -> list[Pair]:
    """Pairs of one county that look like one enterprise, the surest first. Two credit codes are two legal persons; the
    one with the code, or the one that was there first, would stay.

    Four queries and one for what was judged before, however many there are.
    """
    rows: EnterpriseQuerySet = Enterprise.objects.visible_to(actor).order_by()
    groups = {key: _groups_of_enterprises(rows, key) for key in REASONS}
    wanted = reduce(or_, (Q(**{f"{key}__in": [group[-1] for group in found]}) for key, found in groups.items()))
    pairs = _pairs(
        rows.filter(wanted).select_related("region__parent"),
        groups,
        ("wall_path",),
        REASONS,
        lambda one: (one.unified_social_credit_code is None, one.registered_at, one.id),
    )
    two = {ids for ids, pair in pairs.items() if all(one.unified_social_credit_code for one in pair.both)}
    judged = DistinctPair.objects.visible_to(actor).values_list("first_id", "second_id")
    return _surest_first(pairs, two.union(judged))


def suspected_sites(actor: Actor) -> list[Pair]:
    """Pairs of sites of one enterprise and one 属地 unit that look like one, the surest first; the one that works, or
    was there first, would stay. Four queries."""
    rows: SiteQuerySet = Site.objects.visible_to(actor).order_by()
    keyed = rows.annotate(name_key=Without(Lower("name"), NOISE), address_key=Without(F("address"), PLACE_NOISE))
    within = ("enterprise_id", "local_unit_id")
    groups = {key: _groups(keyed.values_list(*within, key), within, key) for key in REASONS_OF_SITES}
    wanted = {group[0] for found in groups.values() for group in found}
    pairs = _pairs(
        keyed.filter(enterprise_id__in=wanted).select_related("enterprise", "region__parent"),
        groups,
        within,
        REASONS_OF_SITES,
        lambda one: (one.status not in SUPERVISED, one.registered_at, one.id),
    )
    judged = DistinctSitePair.objects.visible_to(actor).values_list("first_id", "second_id")
    return _surest_first(pairs, set(judged))


def _groups_of_enterprises(rows: EnterpriseQuerySet, key: str) -> list[Group]:
    keyed = rows.values_list("wall_path", key).annotate(coded=Count("unified_social_credit_code"))
    found = _grouped(keyed, key).filter(coded__lt=F("n"))
    found = found.filter(n__lte=CROWD) if key == "address_key" else found
    return [(wall, value) for wall, value, *_ in found.order_by("wall_path", key)[:GROUPS]]


def _groups(keyed: Any, within: Sequence[str], key: str) -> list[Group]:
    return [group[:-1] for group in _grouped(keyed, key).order_by(*within, key)[:GROUPS]]


def _grouped(keyed: Any, key: str) -> Any:
    return keyed.exclude(**{key: ""}).annotate(n=Count("id")).filter(n__gt=1)


def _pairs(
    rows: Any,
    groups: dict[str, list[Group]],
    within: Sequence[str],
    reasons: dict[str, str],
    rank: Callable[[Any], Any],
) -> Pairs:
    """Those of each group with the one of it that would stay; the groups are among the rows. One query."""
    members = list(rows) if any(groups.values()) else []
    pairs: Pairs = {}
    for key, found in groups.items():
        for group in found:
            same = [one for one in members if tuple(getattr(one, name) for name in (*within, key)) == group]
            _pair_up(pairs, sorted(same, key=rank), reasons[key])
    return pairs


def _pair_up(pairs: Pairs, ranked: Sequence[Any], reason: str) -> None:
    for other in ranked[1:]:
        first, second = sorted((ranked[0].id, other.id))
        pairs.setdefault((first, second), Pair(ranked[0], other)).reasons.append(reason)


def _surest_first(pairs: Pairs, judged: set[tuple[UUID, UUID]]) -> list[Pair]:
    left = [pair for ids, pair in pairs.items() if ids not in judged]
    return sorted(left, key=lambda pair: (-len(pair.reasons), pair.keep.name, str(pair.other.id)))


def survivor_of(actor: Actor, kind: Kind, record_id: UUID) -> Enterprise | Site:
    """Where a tombstone the actor saw leads, through further merges. NotInScope (404) for what is none."""
    if not kind.objects.tombstones_for(actor).filter(id=record_id).exists():
        raise NotInScope(str(kind._meta.verbose_name))
    survivor: Enterprise | Site = kind.objects.get_visible(actor, id=standing_id(kind, record_id))
    return survivor


def standing_id(kind: Kind, record_id: UUID | None) -> UUID | None:
    """The enterprise or the site that a remembered id leads to now."""
    into = record_id
    while into is not None:
        record_id = into
        into = kind.objects.filter(id=record_id).values_list("merged_into_id", flat=True).first()
    return record_id


def merges_into(enterprise: Enterprise, sites: Iterable[Site]) -> list[EnterpriseMerge | SiteMerge]:
    """What was merged into an enterprise and into these sites of it, found in the scope, the latest first."""
    of_it = EnterpriseMerge.objects.filter(survivor=enterprise)
    of_its_sites = SiteMerge.objects.filter(survivor__in=[site.id for site in sites])
    names = ("merged", "survivor", "merged_by", "merged_for")
    found: list[EnterpriseMerge | SiteMerge] = [*of_it.select_related(*names), *of_its_sites.select_related(*names)]
    return sorted(found, key=lambda merge: merge.merged_at, reverse=True)

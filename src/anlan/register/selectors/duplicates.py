"""Enterprises that look like one: grouped over indexed keys, whatever the size of the register."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, F, Q

from anlan.authz.actors import Actor
from anlan.lib.refusals import NotInScope
from anlan.register.models import DistinctPair, Enterprise, EnterpriseMerge
from anlan.register.querysets import EnterpriseQuerySet

REASONS = {"name_key": "名称相同", "person_key": "法定代表人和电话相同", "address_key": "注册地址相同"}
GROUPS = 200
CROWD = 6
"""More than so many at one address are a building, not one enterprise written down twice."""


@dataclass
class Pair:
    """``keep`` is the one that would stay: it has the credit code, or was there first."""

    keep: Enterprise
    other: Enterprise
    reasons: list[str] = field(default_factory=list)

    @property
    def both(self) -> list[Enterprise]:
        return [self.keep, self.other]


def suspected_pairs(actor: Actor) -> list[Pair]:
    """Pairs of one county that look like one enterprise, the surest first. Two credit codes are two legal persons.

    Four queries and one for what was judged before, however many there are.
    """
    rows: EnterpriseQuerySet = Enterprise.objects.visible_to(actor).order_by()
    groups = {key: _groups(rows, key) for key in REASONS}
    wanted = Q()
    for key, found in groups.items():
        wanted |= Q(**{f"{key}__in": [value for _, value in found]})
    members = list(rows.filter(wanted).select_related("region__parent")) if any(groups.values()) else []
    pairs: dict[tuple[UUID, UUID], Pair] = {}
    for key, found in groups.items():
        for group in found:
            same = [one for one in members if (one.wall_path, getattr(one, key)) == group]
            _pair_up(pairs, same, REASONS[key])
    judged = set(DistinctPair.objects.visible_to(actor).values_list("first_id", "second_id"))
    left = [pair for ids, pair in pairs.items() if ids not in judged]
    return sorted(left, key=lambda pair: (-len(pair.reasons), pair.keep.name, str(pair.other.id)))


def _groups(rows: EnterpriseQuerySet, key: str) -> list[tuple[str, str]]:
    counted = rows.exclude(**{key: ""}).values_list("wall_path", key).annotate(
        n=Count("id"), coded=Count("unified_social_credit_code")
    )  # fmt: skip
    found = counted.filter(n__gt=1, coded__lt=F("n"))
    found = found.filter(n__lte=CROWD) if key == "address_key" else found
    return [(wall, value) for wall, value, _, _ in found.order_by("wall_path", key)[:GROUPS]]


def _pair_up(pairs: dict[tuple[UUID, UUID], Pair], same: Iterable[Enterprise], reason: str) -> None:
    ranked = sorted(same, key=lambda one: (one.unified_social_credit_code is None, one.registered_at, one.id))
    for other in ranked[1:]:
        keep = ranked[0]
        if keep.unified_social_credit_code and other.unified_social_credit_code:
            continue
        first, second = sorted((keep.id, other.id))
        pairs.setdefault((first, second), Pair(keep, other)).reasons.append(reason)


def survivor_of(actor: Actor, enterprise_id: UUID) -> Enterprise:
    """Where a tombstone the actor saw leads, through further merges. NotInScope (404) for what is none."""
    found = Enterprise.objects.tombstones_for(actor).filter(id=enterprise_id).first()
    while found is not None and found.merged_into_id is not None:
        found = Enterprise.objects.get(id=found.merged_into_id)
    if found is None:
        raise NotInScope("企业")
    return found


def merges_into(enterprise: Enterprise) -> list[EnterpriseMerge]:
    """What was merged into an enterprise found in the scope, the latest first."""
    rows = EnterpriseMerge.objects.filter(survivor=enterprise)
    return list(rows.select_related("merged", "merged_by", "merged_for"))

"""Two rows for one enterprise, or for one site of it, become one; the other stays as a tombstone that leads to it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.choices import ParticipationKind
from anlan.authz.models import Organisation
from anlan.authz.participation import take_part
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.ledger import api as ledger
from anlan.lib import clock
from anlan.lib.refusals import Invalid
from anlan.organisations import api as organisations
from anlan.register.actions.grids import follow_site
from anlan.register.actions.steps import check_version, let_see
from anlan.register.facts import EnterpriseFacts, SiteFacts, difference
from anlan.register.merging import FOLLOWERS, Follower, Kind, M, Mergeable, moving
from anlan.register.models import (
    DistinctPair,
    DistinctSitePair,
    Enterprise,
    EnterpriseMerge,
    Licence,
    Site,
    SiteMerge,
    StatusChange,
)
from anlan.register.policies import check_can_merge
from anlan.register.searching import former_names, text_of_enterprise, text_of_site

FILLED = (
    "short_name",
    "legal_representative",
    "phone",
    "industry_code",
    "above_designated_size",
    "employee_count",
    "registered_address",
)
"""Facts a surviving enterprise takes over where it has none of its own."""
POSITION = ("longitude", "latitude", "source_crs")
"""The same of a site, as a whole."""


@dataclass(frozen=True)
class Merging:
    """How two rows of a kind become one. ``join(merged, survivor)`` settles and saves the two themselves, ``settle`` what
    has to do with those that came over. ``another`` is what to choose instead of itself; ``trace`` and ``distinct`` are the models
    that keep what was done and judged."""

    subject_type: str
    another: str
    trace: Any
    distinct: Any
    facts: Callable[[Any], Any]
    join: Callable[[Any, Any], None]
    settle: Callable[[Actor, Any], None]


def merge_enterprise(
    *, actor: Actor, merged_id: UUID, into_id: UUID, reason: str, if_versions: frozenset[int] | None = None
) -> EnterpriseMerge:
    """Merge one enterprise into another: everything that hangs on it goes along, blanks are filled, it stays as a trace.

    ``if_versions`` are of the one that is merged. Raises Forbidden (403), NotInScope (404), Refused (409) when they are
    two legal persons or something stands in the way, Invalid (422), Stale (412).
    """
    done: EnterpriseMerge = _merge(actor, Enterprise, merged_id, into_id, reason, if_versions)
    return done


def merge_site(
    *, actor: Actor, merged_id: UUID, into_id: UUID, reason: str, if_versions: frozenset[int] | None = None
) -> SiteMerge:
    """The same with two sites of one enterprise in one 属地 unit; of what a site has once only the survivor's stands.

    Raises as ``merge_enterprise``; Refused (409) when they are of two enterprises or of two units.
    """
    done: SiteMerge = _merge(actor, Site, merged_id, into_id, reason, if_versions)
    return done


def mark_distinct(*, actor: Actor, enterprise_id: UUID, other_id: UUID) -> DistinctPair:
    """Remember that the two are no duplicates; they are not suggested again. Idempotent."""
    pair: DistinctPair = _mark_distinct(actor, Enterprise, enterprise_id, other_id)
    return pair


def mark_sites_distinct(*, actor: Actor, site_id: UUID, other_id: UUID) -> DistinctSitePair:
    """The same with two sites."""
    pair: DistinctSitePair = _mark_distinct(actor, Site, site_id, other_id)
    return pair


def _merge(
    actor: Actor, kind: Kind, merged_id: UUID, into_id: UUID, reason: str, if_versions: frozenset[int] | None
) -> Any:
    require(actor, Permission.ENTERPRISE_MERGE)
    how = MERGING[kind]
    if merged_id == into_id:
        raise Invalid.at("/into", f"不能并入自己，请选{how.another}。")
    if not reason.strip():
        raise Invalid.at("/reason", "请填写合并的理由。")
    if len(reason) > 500:
        raise Invalid.at("/reason", "理由不能超过 500 个字。")
    with transaction.atomic():
        merged, survivor = _lock_both(actor, kind, merged_id, into_id)
        check_version(merged, if_versions)
        check_can_merge(merged, survivor)
        counts = {one.noun: one.count for one in moving(merged, survivor)[0]}
        before = how.facts(survivor)
        _lay_down(merged, survivor)
        how.join(merged, survivor)
        for follower in FOLLOWERS[kind].values():
            _move(actor, follower, merged, survivor)
        how.settle(actor, survivor)
        return _trace(actor, how, merged, survivor, reason, counts, difference(before, how.facts(survivor)))


def _trace(
    actor: Actor,
    how: Merging,
    merged: Mergeable,
    survivor: Mergeable,
    reason: str,
    counts: dict[str, int],
    changed: dict[str, Any],
) -> Any:
    """What leads from one to the other, and the one entry of the ledger."""
    merge = how.trace.objects.create(
        region_path=survivor.region_path,
        survivor=survivor,
        merged=merged,
        reason=reason.strip(),
        moved=counts,
        merged_by_id=actor.person_id,
        merged_for=organisations.organisation_of(actor),
        merged_at=clock.now(),
    )
    ledger.record(
        actor=actor,
        subject_type=how.subject_type,
        subject_id=survivor.id,
        region_path=survivor.region_path,
        event=f"{how.subject_type}.merged",
        payload={"merged": merged.id, "moved": counts, "changes": changed, "version": survivor.version},
    )
    return merge


def _mark_distinct(actor: Actor, kind: Kind, one_id: UUID, other_id: UUID) -> Any:
    require(actor, Permission.ENTERPRISE_MERGE)
    how = MERGING[kind]
    if one_id == other_id:
        raise Invalid.at("/other", f"请选{how.another}。")
    with transaction.atomic():
        first, second = (kind.objects.get_visible(actor, id=one) for one in sorted((one_id, other_id)))
        pair, is_new = how.distinct.objects.get_or_create(
            first=first,
            second=second,
            defaults={
                "region_path": first.region_path,
                "judged_by_id": actor.person_id,
                "judged_at": clock.now(),
            },
        )
        if is_new:
            ledger.record(
                actor=actor,
                subject_type=how.subject_type,
                subject_id=first.id,
                region_path=first.region_path,
                event=f"{how.subject_type}.marked_distinct",
                payload={"other": second.id},
            )
        return pair


def _lock_both(actor: Actor, kind: Kind, merged_id: UUID, into_id: UUID) -> tuple[Any, Any]:
    """In one order, so that two offices cannot wait for each other."""
    found = {one: kind.objects.lock_visible(actor, id=one) for one in sorted((merged_id, into_id))}
    return found[merged_id], found[into_id]


def _lay_down(merged: M, survivor: M) -> None:
    now = clock.now()
    merged.merged_into = survivor
    merged.changed_at, survivor.changed_at = now, now
    merged.version += 1
    survivor.version += 1
    for name in (*merged.former_names, merged.name):
        survivor.former_names = former_names(survivor.former_names, name, survivor.name)


def _move(actor: Actor, follower: Follower, merged: Mergeable, survivor: Any) -> None:
    if follower.doubles is not None:
        follower.doubles.give_way(actor, follower.doubles.find(merged, survivor))
    if follower.by_matter and survivor.organisation is not None:
        for matter_id, region_path in follower.rows(merged.id).values_list("id", "region_path"):
            _let_take_part(survivor.organisation, matter_id, region_path)
    follower.rows(merged.id).update(**{follower.column: survivor.id})


def _let_take_part(organisation: Organisation, matter_id: UUID, region_path: str) -> None:
    take_part(matter_id=matter_id, organisation=organisation, kind=ParticipationKind.PARTY, region_path=region_path)


# ── enterprises ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _join_enterprises(merged: Enterprise, survivor: Enterprise) -> None:
    before, other = EnterpriseFacts.of(survivor), EnterpriseFacts.of(merged)
    taken = {name: getattr(other, name) for name in FILLED if getattr(before, name) in ("", None)}
    after = replace(before, **{name: value for name, value in taken.items() if value not in ("", None)})
    for name in FILLED:
        setattr(survivor, "industry_id" if name == "industry_code" else name, getattr(after, name))
    if not after.industry_code:
        survivor.industry_id = None
    survivor.search_text = text_of_enterprise(survivor)
    _hand_over_account(merged, survivor)


def _hand_over_account(merged: Enterprise, survivor: Enterprise) -> None:
    """The survivor takes the account when it has none; otherwise both go on seeing the one record."""
    account = merged.organisation
    if survivor.organisation_id is None and account is not None:
        merged.organisation = None
        merged.save()
        survivor.organisation = account
    else:
        merged.save()
    survivor.save()
    both = [one for one in (account, survivor.organisation) if one is not None]
    sites = list(Site.objects.filter(enterprise__in=[merged, survivor]))
    for organisation in dict.fromkeys(both):
        let_see(organisation, survivor.id, survivor.region_path)
        for site in sites:
            let_see(organisation, site.id, site.region_path)


def _lay_with_enterprise(actor: Actor, survivor: Enterprise) -> None:
    for lying_with_it in (Licence, StatusChange):
        lying_with_it.objects.filter(enterprise=survivor, site=None).update(region_path=survivor.region_path)


# ── sites ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _join_sites(merged: Site, survivor: Site) -> None:
    if survivor.longitude is None:
        for name in POSITION:
            setattr(survivor, name, getattr(merged, name))
    merged.save()
    survivor.save()


def _lay_with_site(actor: Actor, survivor: Site) -> None:
    """Its people are found with it; what came over lies where it lies."""
    survivor.search_text = text_of_site(survivor, survivor.people.values_list("name", "phone"))
    survivor.save(update_fields=["search_text"])
    follow_site(actor=actor, site=survivor)


MERGING: dict[Kind, Merging] = {
    Enterprise: Merging(
        "enterprise", "另一家企业", EnterpriseMerge, DistinctPair, EnterpriseFacts.of, _join_enterprises, _lay_with_enterprise
    ),
    Site: Merging("site", "另一处场所", SiteMerge, DistinctSitePair, SiteFacts.of, _join_sites, _lay_with_site),
}  # fmt: skip

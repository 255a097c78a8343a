"""Two rows for one enterprise become one; the other stays as a tombstone that leads to it."""

from dataclasses import replace
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
from anlan.register.actions.steps import check_version, let_see
from anlan.register.facts import EnterpriseFacts, difference
from anlan.register.merging import FOLLOWERS, Follower, moving
from anlan.register.models import DistinctPair, Enterprise, EnterpriseMerge, Licence, Site, StatusChange
from anlan.register.policies import check_can_merge
from anlan.register.searching import former_names, text_of_enterprise

FILLED = (
    "short_name",
    "legal_representative",
    "phone",
    "industry_code",
    "above_designated_size",
    "employee_count",
    "registered_address",
)
"""Facts the survivor takes over where it has none of its own."""


def merge_enterprise(
    *, actor: Actor, merged_id: UUID, into_id: UUID, reason: str, if_versions: frozenset[int] | None = None
) -> EnterpriseMerge:
    """Merge one enterprise into another: everything that hangs on it goes along, blanks are filled, it stays as a trace.

    ``if_versions`` are of the one that is merged. Raises Forbidden (403), NotInScope (404), Refused (409) when they are
    two legal persons or something stands in the way, Invalid (422), Stale (412).
    """
    require(actor, Permission.ENTERPRISE_MERGE)
    if merged_id == into_id:
        raise Invalid.at("/into", "不能并入自己，请选另一家企业。")
    if not reason.strip():
        raise Invalid.at("/reason", "请填写合并的理由。")
    if len(reason) > 500:
        raise Invalid.at("/reason", "理由不能超过 500 个字。")
    with transaction.atomic():
        merged, survivor = _lock_both(actor, merged_id, into_id)
        check_version(merged, if_versions)
        check_can_merge(merged, survivor)
        counts = {one.noun: one.count for one in moving(merged.id)}
        changed = _fill(merged, survivor)
        _hand_over_account(merged, survivor)
        for follower in FOLLOWERS.values():
            _move(follower, merged, survivor)
        for lying_with_it in (Licence, StatusChange):
            lying_with_it.objects.filter(enterprise=survivor, site=None).update(region_path=survivor.region_path)
        merge = EnterpriseMerge.objects.create(
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
            subject_type="enterprise",
            subject_id=survivor.id,
            region_path=survivor.region_path,
            event="enterprise.merged",
            payload={"merged": merged.id, "moved": counts, "changes": changed, "version": survivor.version},
        )
        return merge


def mark_distinct(*, actor: Actor, enterprise_id: UUID, other_id: UUID) -> DistinctPair:
    """Remember that the two are no duplicates; they are not suggested again. Idempotent."""
    require(actor, Permission.ENTERPRISE_MERGE)
    if enterprise_id == other_id:
        raise Invalid.at("/other", "请选另一家企业。")
    with transaction.atomic():
        first, second = (Enterprise.objects.get_visible(actor, id=one) for one in sorted((enterprise_id, other_id)))
        pair, is_new = DistinctPair.objects.get_or_create(
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
                subject_type="enterprise",
                subject_id=first.id,
                region_path=first.region_path,
                event="enterprise.marked_distinct",
                payload={"other": second.id},
            )
        return pair


def _lock_both(actor: Actor, merged_id: UUID, into_id: UUID) -> tuple[Enterprise, Enterprise]:
    """In one order, so that two offices cannot wait for each other."""
    found = {one: Enterprise.objects.lock_visible(actor, id=one) for one in sorted((merged_id, into_id))}
    return found[merged_id], found[into_id]


def _fill(merged: Enterprise, survivor: Enterprise) -> dict[str, Any]:
    before, other = EnterpriseFacts.of(survivor), EnterpriseFacts.of(merged)
    taken = {name: getattr(other, name) for name in FILLED if getattr(before, name) in ("", None)}
    after = replace(before, **{name: value for name, value in taken.items() if value not in ("", None)})
    for name in FILLED:
        setattr(survivor, "industry_id" if name == "industry_code" else name, getattr(after, name))
    if not after.industry_code:
        survivor.industry_id = None
    for name in (*merged.former_names, merged.name):
        survivor.former_names = former_names(survivor.former_names, name, survivor.name)
    survivor.search_text = text_of_enterprise(survivor)
    return difference(before, after)


def _hand_over_account(merged: Enterprise, survivor: Enterprise) -> None:
    """The survivor takes the account when it has none; otherwise both go on seeing the one record."""
    account = merged.organisation
    now = clock.now()
    merged.merged_into = survivor
    merged.changed_at, survivor.changed_at = now, now
    merged.version += 1
    survivor.version += 1
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


def _move(follower: Follower, merged: Enterprise, survivor: Enterprise) -> None:
    rows = follower.rows(merged.id)
    if follower.by_matter and survivor.organisation is not None:
        for matter_id, region_path in rows.values_list("id", "region_path"):
            _let_take_part(survivor.organisation, matter_id, region_path)
    follower.rows(merged.id).update(**{follower.column: survivor.id})


def _let_take_part(organisation: Organisation, matter_id: UUID, region_path: str) -> None:
    take_part(matter_id=matter_id, organisation=organisation, kind=ParticipationKind.PARTY, region_path=region_path)

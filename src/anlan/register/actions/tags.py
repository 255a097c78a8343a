"""Tags are set on and taken off lists of sites: one transaction, one ledger entry (requirements S2-33)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.ledger import api as ledger
from anlan.lib import clock, hashing, ids
from anlan.lib.refusals import FieldError, Invalid
from anlan.organisations import api as organisations
from anlan.register.actions.steps import common_path, lock_sites
from anlan.register.models import Site, SiteTag
from anlan.register.tags import TAGS


@dataclass(frozen=True)
class Tagged:
    """``changed`` sites carry it now (or no more); ``unchanged`` did so before."""

    changed: int
    unchanged: int


def tag_sites(
    *, actor: Actor, site_ids: Sequence[UUID], kind: str, since_on: date | None = None, note: str = ""
) -> Tagged:
    """Put a tag on sites; those that carry it already keep the day they have.

    Raises Forbidden (403), NotInScope (404) when one is outside the scope, Invalid (422).
    """
    require(actor, Permission.SITE_EDIT)
    since = since_on or clock.today()
    _check(kind, since, note, is_new=True)
    with transaction.atomic():
        sites = lock_sites(actor, site_ids)
        carried = set(SiteTag.objects.filter(site__in=sites, kind=kind, removed_at=None).values_list("site", flat=True))
        new = [site for site in sites if site.id not in carried]
        if new:
            batch, unit = ids.uuid7(), organisations.organisation_of(actor)
            SiteTag.objects.bulk_create(
                SiteTag(
                    site=site,
                    region_path=site.region_path,
                    kind=kind,
                    since_on=since,
                    note=note.strip(),
                    batch=batch,
                    set_by_id=actor.person_id,
                    set_for=unit,
                    set_at=clock.now(),
                )
                for site in new
            )
            _record(actor, "site_tags.set", batch, kind, new, since)
        return Tagged(len(new), len(sites) - len(new))


def untag_sites(
    *, actor: Actor, site_ids: Sequence[UUID], kind: str, note: str, removed_on: date | None = None
) -> Tagged:
    """Take a tag off sites, saying why; those without it are passed over. Raises as ``tag_sites``."""
    require(actor, Permission.SITE_EDIT)
    last = removed_on or clock.today()
    _check(kind, last, note, is_new=False)
    with transaction.atomic():
        sites = lock_sites(actor, site_ids)
        carried = list(SiteTag.objects.filter(site__in=sites, kind=kind, removed_at=None))
        if any(tag.since_on > last for tag in carried):
            raise Invalid.at("/removed_on", "去掉的日期不能早于设定的日期。")
        if carried:
            SiteTag.objects.filter(id__in=[tag.id for tag in carried]).update(
                removed_on=last, removed_by=actor.person_id, removed_at=clock.now(), removed_note=note.strip()
            )
            without = {tag.site_id for tag in carried}
            gone = [site for site in sites if site.id in without]
            _record(actor, "site_tags.removed", ids.uuid7(), kind, gone, last)
        return Tagged(len(carried), len(sites) - len(carried))


def _check(kind: str, day: date, note: str, *, is_new: bool) -> None:
    errors = []
    if kind not in TAGS or (is_new and TAGS[kind].closed):
        errors.append(FieldError("/kind", f"标签中没有“{kind}”。"))
    if day > clock.today():
        errors.append(FieldError("/since_on" if is_new else "/removed_on", "日期不能晚于今天。"))
    if len(note) > 200:
        errors.append(FieldError("/note", "说明不能超过 200 个字。"))
    if not is_new and not note.strip():
        errors.append(FieldError("/note", "请填写去掉标签的理由。"))
    if errors:
        raise Invalid(errors)


def _record(actor: Actor, event: str, batch: UUID, kind: str, sites: list[Site], day: date) -> None:
    """One entry for the whole list, with a hash over the ids in order."""
    ledger.record(
        actor=actor,
        subject_type="site_tags",
        subject_id=batch,
        region_path=common_path([site.region_path for site in sites]),
        event=event,
        payload={
            "kind": kind,
            "on": day,
            "count": len(sites),
            "rows_hash": hashing.leaf_hash([site.id for site in sites]).hex(),
        },
    )

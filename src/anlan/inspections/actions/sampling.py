"""抽查: a township draws filings to verify on site. The order of a draw follows from its seed alone."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.inspections import selectors
from anlan.inspections.choices import Verification
from anlan.inspections.models import SelfCheckSample, SelfCheckSampleItem
from anlan.ledger import api as ledger
from anlan.lib import clock
from anlan.lib.refusals import Invalid, Refused
from anlan.organisations import api as organisations


def order_of(seed: str, filing_ids: Iterable[UUID]) -> list[UUID]:
    """The filings in the order of the draw: by the SHA-256 of ``seed:id``. Anybody can repeat it."""
    return sorted(filing_ids, key=lambda filing: hashlib.sha256(f"{seed}:{filing}".encode()).digest())


def draw(*, actor: Actor, month: date, count: int | None = None, percent: int | None = None) -> SelfCheckSample:
    """Draw ``count`` or ``percent`` of the month's filings inside the actor's region, once a month."""
    with transaction.atomic():
        require(actor, Permission.SELF_CHECK_SAMPLE)
        if selectors.sample_of(actor, month) is not None:
            raise Refused("already_drawn", f"{month:%Y 年 %m 月}已经抽取过，每月抽取一次。")
        population = sorted(selectors.self_checks(actor, month).order_by().values_list("id", flat=True))
        size = _size(len(population), count, percent)
        seed = secrets.token_hex(16)
        own = organisations.organisation_of(actor)
        sample = SelfCheckSample.objects.create(
            region_path=own.region.path,
            organisation=own,
            month=month,
            seed=seed,
            population_count=len(population),
            population_sha256=hashlib.sha256("\n".join(map(str, population)).encode()).hexdigest(),
            drawn_at=clock.now(),
            drawn_by_id=actor.person_id,
        )
        drawn = order_of(seed, population)[:size]
        SelfCheckSampleItem.objects.bulk_create(
            SelfCheckSampleItem(sample=sample, region_path=sample.region_path, position=n, check_record_id=filing)
            for n, filing in enumerate(drawn, 1)
        )
        _record(actor, sample, "drawn", {
            "month": month, "seed": seed, "population": len(population),
            "population_sha256": sample.population_sha256, "drawn": drawn,
        })  # fmt: skip
        return sample


def verify(*, actor: Actor, sample_item_id: UUID, result: str, note: str = "") -> SelfCheckSampleItem:
    """What was found on site: 属实 or 不实, once; 不实 says why."""
    with transaction.atomic():
        require(actor, Permission.SELF_CHECK_SAMPLE)
        item: SelfCheckSampleItem = SelfCheckSampleItem.objects.lock_visible(actor, id=sample_item_id)
        if item.result:
            raise Refused("already_verified", "这一家已经核查过。")
        if result not in Verification:
            raise Invalid.at("/result", "请选择属实或者不实。")
        if result == Verification.FALSE and not note.strip():
            raise Invalid.at("/note", "不实的，请写明现场情况。")
        item.result, item.note = result, note.strip()[:500]
        item.verified_at, item.verified_by_id = clock.now(), actor.person_id
        item.save()
        _record(actor, item.sample, "verified", {"filing": item.check_record_id, "result": result})
        return item


def _size(population: int, count: int | None, percent: int | None) -> int:
    if not population:
        raise Refused("nothing_filed", "这个月还没有企业报送自查，无从抽取。")
    if count is not None and count > 0:
        return min(count, population)
    if percent is not None and 0 < percent <= 100:
        return -(-population * percent // 100)
    raise Invalid.at("/count", "请填写抽取家数，或者 1 到 100 的比例。")


def _record(actor: Actor, sample: SelfCheckSample, event: str, payload: dict[str, object]) -> None:
    ledger.record(
        actor=actor,
        subject_type="self_check_sample",
        subject_id=sample.id,
        region_path=sample.region_path,
        event=f"self_check_sample.{event}",
        payload=payload,
    )

"""Histories told in memory leave the rows that the real actions leave; only the ids and the ledger entries differ."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from anlan.authz.actors import Actor
from anlan.authz.models import Organisation, Participation
from anlan.authz.scope import acting
from anlan.files import api as files
from anlan.files.models import StoredFile
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.models import Extension, HiddenDanger, RectificationPlan, Suspension
from anlan.inspections import api as checks
from anlan.inspections.models import CheckFinding, CheckOfficer, CheckRecord
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.processes import api as processes
from anlan.processes.models import Deadline, DeadlineEffect, Event
from anlan.sheets.api import bulk
from anlan.supervision import actions as listings
from anlan.supervision import api as supervision
from anlan.supervision.models import ListingControl, ListingProgress, SupervisionListing
from tests.factories.cast import Cast
from tests.factories.matters import paper, picture, upload

pytestmark = pytest.mark.django_db

BEGUN = date(2026, 3, 2)
NOW = clock.start_of(date(2026, 4, 20)) + timedelta(hours=15)
CAUSE = {"cause": "STATE", "clause": "消防法第二十八条"}


def on(day: int, minute: int = 0) -> datetime:
    """So many days after the beginning, from nine o'clock on."""
    return clock.start_of(BEGUN + timedelta(days=day)) + timedelta(hours=9, minutes=minute)


class Real:
    """The methods of a chronicle, by the real actions; the sweep looks every morning and after every act."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.swept = cast, on(0) - timedelta(hours=1)
        self.matter: HiddenDanger
        self.listing: SupervisionListing

    def sweep_until(self, at: datetime) -> None:
        while self.swept < at:
            with clock.at(self.swept):
                processes.sweep(self.cast.system())
            morning = clock.start_of(clock.legal_date(self.swept) + timedelta(days=1)) + timedelta(hours=8, minutes=1)
            self.swept = morning

    @contextmanager
    def by(self, actor: Actor, at: datetime) -> Iterator[Actor]:
        self.sweep_until(at)
        with clock.at(at), acting(actor):
            yield actor
        self.swept = min(self.swept, at + timedelta(minutes=1))

    def act(self, actor: Actor, at: datetime, verb: str, **payload: Any) -> None:
        with self.by(actor, at):
            loop.act(actor, self.matter.id, verb, **payload)

    def photo(self, actor: Actor, at: datetime, kind: str) -> Any:
        with clock.at(at):
            return upload(actor, kind)

    def register(self, by: Actor, at: datetime, spot: loop.Spot, reporter: Organisation, screening: Organisation,
                 **said: Any) -> "Real":  # fmt: skip
        photo = self.photo(by, at, "BEFORE")
        with self.by(by, at):
            find = loop.Find(site_id=spot.site_id, place=spot.place, photo_ids=[photo], **said)
            self.matter = loop.register(actor=by, find=find)
        return self

    def return_to_reporter(self, told: Any, by: Actor, at: datetime, reason: str) -> None:
        self.act(by, at, "return_to_reporter", reason=reason)

    def register_again(self, told: Any, by: Actor, at: datetime, description: str) -> None:
        photo = self.photo(by, at, "BEFORE")
        more = {"source": self.matter.source, "place": self.matter.place, "photos": [photo]}
        self.act(by, at, "register", description=description, **more)

    def dismiss(self, told: Any, by: Actor, at: datetime, reason: str) -> None:
        self.act(by, at, "dismiss", reason=reason)

    def terminate(self, told: Any, by: Actor, at: datetime, reason: str) -> None:
        self.act(by, at, "terminate", reason=reason)

    def confirm(self, told: Any, by: Actor, at: datetime, *, cause: str, clause: str) -> None:
        self.act(by, at, "confirm", cause=cause, clause=clause)

    def propose_major(self, told: Any, by: Actor, at: datetime, decider: Any, reason: str, clause: str) -> None:
        self.act(by, at, "propose_major", reason=reason, clause=clause)

    def confirm_major(self, told: Any, by: Actor, at: datetime, *, cause: str, clause: str) -> None:
        self.act(by, at, "confirm_major", cause=cause, clause=clause)

    def refuse_major(self, told: Any, by: Actor, at: datetime, reason: str) -> None:
        self.act(by, at, "refuse_major", reason=reason)

    def dispatch(self, told: Any, by: Actor, at: datetime, lead: Organisation, due_on: date, note: str = "",
                 modes: Any = (loop.HandlingMode.BY_ENTERPRISE,), verb: str = "dispatch") -> None:  # fmt: skip
        self.act(by, at, verb, lead=lead.id, due_on=due_on, note=note, mode=[str(mode) for mode in modes])

    def bounce(self, told: Any, by: Actor, at: datetime, reason: str) -> None:
        self.act(by, at, "bounce", reason=reason)

    def acknowledge(self, told: Any, by: Actor, at: datetime, note: str = "") -> None:
        self.act(by, at, "acknowledge", note=note)

    def fill_five(
        self, told: Any, by: Actor, at: datetime, *, plan: str, person: str, funds: Decimal, measures: str
    ) -> None:
        with acting(by):
            due_on = loop.hidden_danger(by, self.matter.id).due_on
        self.act(by, at, "fill_five", plan=plan, due_on=due_on, person=person, funds_cny=funds, measures=measures)

    def extend(self, told: Any, by: Actor, at: datetime, until: date, reason: str, granter: Actor, granted_at: datetime,
               note: str = "") -> None:  # fmt: skip
        self.act(by, at, "request_extension", until=until, reason=reason)
        self.act(granter, granted_at, "approve_extension", note=note)

    def suspend(self, told: Any, by: Actor, at: datetime, review_on: date, controls: str, granter: Actor,
                granted_at: datetime, note: str = "") -> None:  # fmt: skip
        self.act(by, at, "request_suspension", controls=controls, review_on=review_on)
        self.act(granter, granted_at, "approve_suspension", note=note)

    def resume(self, told: Any, by: Actor, at: datetime, note: str = "") -> None:
        self.act(by, at, "resume", note=note)

    def submit_rectification(self, told: Any, by: Actor, at: datetime, note: str) -> None:
        self.act(by, at, "submit_rectification", note=note, photos=[self.photo(by, at, "AFTER")])

    def fix_on_the_spot(self, told: Any, by: Actor, at: datetime, note: str, *, cause: str, clause: str) -> None:
        photo = self.photo(by, at, "AFTER")
        self.act(by, at, "fix_on_the_spot", note=note, cause=cause, clause=clause, after=[photo])

    def return_rectification(self, told: Any, by: Actor, at: datetime, reason: str) -> None:
        self.act(by, at, "return", reason=reason)

    def accept_rectification(self, told: Any, by: Actor, at: datetime, note: str, officers: Any = (), *,
                             is_held: bool = False) -> None:  # fmt: skip
        more = {}
        if officers:
            with clock.at(at):
                more = {"officers": list(officers), "report": [upload(by, "REPORT", paper())]}
        self.act(by, at, "accept_rectification", note=note, **more)

    def close(self, told: Any, by: Actor, at: datetime) -> None:
        self.act(by, at, "close")

    def rest(self, told: Any, now: datetime) -> None:
        self.sweep_until(now)

    # listings

    def list_matter(self, matter: Any, by: Actor, lister: Organisation, at: datetime, due_on: date, leader: str,
                    note: str = "") -> "Real":  # fmt: skip
        with self.by(by, at):
            self.listing = listings.list_matter(
                actor=by, hidden_danger_id=self.matter.id, due_on=due_on, leader=leader, note=note
            )
        return self

    def follow(self, verb: Callable[..., Any], by: Actor, at: datetime, **more: Any) -> None:
        with self.by(by, at):
            verb(actor=by, listing_id=self.listing.id, **more)

    def report_progress(self, told: Any, by: Actor, at: datetime, note: str) -> None:
        self.follow(listings.report_progress, by, at, note=note)

    def set_controls(self, told: Any, by: Actor, at: datetime, measures: str, holder: str, check_on: date,
                     holder_phone: str = "") -> None:  # fmt: skip
        more = {"measures": measures, "holder": holder, "check_on": check_on, "holder_phone": holder_phone}
        self.follow(listings.set_controls, by, at, **more)

    def request_release(self, told: Any, by: Actor, at: datetime, note: str = "") -> None:
        self.follow(listings.request_release, by, at, note=note)

    def recheck(self, told: Any, by: Actor, at: datetime, note: str) -> None:
        self.follow(listings.recheck, by, at, note=note)

    def release(self, told: Any, by: Actor, at: datetime, note: str = "") -> None:
        self.follow(listings.release, by, at, note=note)


@pytest.fixture
def spot(cast: Cast) -> loop.Spot:
    site = cast.sites["firm"]
    return loop.Spot(site.region, site.address, site.id, site.enterprise_id, cast.enterprises["firm"].organisation)


Told = Any
History = Callable[[Cast, Any, Any, loop.Spot], tuple[Told, Told | None]]


def _found(cast: Cast, how: Any, spot: loop.Spot, by: Actor, source: str = "GRASSROOTS_CHECK", level: str = "") -> Told:
    own, town = cast.organisations.get(by.organisation_name), cast.organisations["古城街道"]
    reporter = own or spot.party
    direct = by.organisation_kind in ("TOWNSHIP", "DEPARTMENT", "FIRE_RESCUE")
    return how.register(
        by, on(0), spot, reporter, reporter if direct else town, description="疏散通道堆放纸箱", source=source,
        sector="FIRE", suggested_level=level,
    )  # fmt: skip


def closed_by_others(cast: Cast, how: Any, lists: Any, spot: loop.Spot) -> tuple[Told, Told | None]:
    """Found by the village, late, given more time, returned once."""
    one = _found(cast, how, spot, cast.village, "GRID_PATROL")
    how.confirm(one, cast.town, on(1), **CAUSE)
    how.dispatch(one, cast.town, on(1, 5), cast.organisations["文化社区"], BEGUN + timedelta(days=8), "请按期整改")
    how.acknowledge(one, cast.village, on(2), "已通知")
    how.extend(one, cast.firm, on(6), BEGUN + timedelta(days=12), "配件未到", cast.town, on(6, 8), "同意")
    how.submit_rectification(one, cast.firm, on(15), "已清理")
    how.return_rectification(one, cast.town, on(16), "没清干净")
    how.submit_rectification(one, cast.firm, on(17), "再清理")
    how.accept_rectification(one, cast.town, on(18), "到位")
    return one, None


def kept_to_itself(cast: Cast, how: Any, lists: Any, spot: loop.Spot) -> tuple[Told, Told | None]:
    """An unannounced check by the fire brigade, which leads itself; long overdue and open."""
    one = _found(cast, how, spot, cast.fire, "UNANNOUNCED_CHECK")
    how.confirm(one, cast.fire, on(0, 30), **CAUSE)
    how.dispatch(one, cast.fire, on(5), cast.organisations["临海消防大队"], BEGUN + timedelta(days=9))
    return one, None


def bounced_and_suspended(cast: Cast, how: Any, lists: Any, spot: loop.Spot) -> tuple[Told, Told | None]:
    one = _found(cast, how, spot, cast.town)
    how.confirm(one, cast.town, on(0, 9), **CAUSE)
    how.dispatch(one, cast.town, on(1), cast.organisations["临海应急局"], BEGUN + timedelta(days=14))
    how.bounce(one, cast.dept, on(2), "不归我局")
    how.dispatch(one, cast.town, on(7), cast.organisations["文化社区"], BEGUN + timedelta(days=17), verb="redispatch")
    how.acknowledge(one, cast.village, on(7, 9))
    how.suspend(one, cast.firm, on(9), BEGUN + timedelta(days=30), "停用设备", cast.town, on(9, 9), "同意")
    how.resume(one, cast.village, on(25), "备件已到")
    return one, None


def major_listed_and_released(cast: Cast, how: Any, lists: Any, spot: loop.Spot) -> tuple[Told, Told | None]:
    one = _found(cast, how, spot, cast.town, level="MAJOR")
    how.propose_major(one, cast.town, on(0, 9), cast.organisations["临海消防大队"], "住宿与车间同楼", "第三条")
    how.confirm_major(one, cast.fire, on(9), cause="STATE", clause="判定标准第三条")
    modes = [loop.HandlingMode.SUPERVISED, loop.HandlingMode.EXPERT_GUIDED]
    how.dispatch(one, cast.town, on(9, 9), cast.organisations["文化社区"], BEGUN + timedelta(days=29), "", modes)
    how.acknowledge(one, cast.village, on(10))
    listing = lists.list_matter(
        one, cast.leader, cast.organisations["临海政府"], on(11), BEGUN + timedelta(days=28), "林县长"
    )
    how.fill_five(one, cast.firm, on(11, 9), plan="方案", person="张三", funds=Decimal("50000.00"), measures="停用")
    lists.set_controls(listing, cast.firm, on(12), "停用二层，专人看守", "张三", BEGUN + timedelta(days=15))
    lists.report_progress(listing, cast.village, on(20), "已搬迁一半")
    lists.set_controls(listing, cast.village, on(21), "继续停用", "李四", BEGUN + timedelta(days=40), "13800000000")
    how.submit_rectification(one, cast.firm, on(24), "已搬迁")
    how.accept_rectification(one, cast.fire, on(25), "到位", ("甲", "乙"), is_held=True)
    lists.request_release(listing, cast.village, on(26), "申请摘牌")
    lists.recheck(listing, cast.leader, on(27), "合格")
    lists.release(listing, cast.leader, on(28))
    how.close(one, cast.system(), on(28, 1))
    return one, listing


def on_the_spot(cast: Cast, how: Any, lists: Any, spot: loop.Spot) -> tuple[Told, Told | None]:
    """Fixed by the village, returned by the township, then seen to by it."""
    one = _found(cast, how, spot, cast.village, "GRID_PATROL")
    how.fix_on_the_spot(one, cast.village, on(0, 9), "当场搬走", cause="ACT", clause="")
    how.return_rectification(one, cast.town, on(1), "又堆上了")
    return one, None


def not_major_after_all(cast: Cast, how: Any, lists: Any, spot: loop.Spot) -> tuple[Told, Told | None]:
    """Reported by the enterprise itself, sent back once; the department says it is not 重大."""
    one = _found(cast, how, spot, cast.firm, "SELF_CHECK")
    how.return_to_reporter(one, cast.town, on(1), "看不清")
    how.register_again(one, cast.firm, on(2), "疏散通道堆放纸箱（近照）")
    how.propose_major(one, cast.town, on(2, 9), cast.organisations["临海消防大队"], "疑似", "")
    how.refuse_major(one, cast.fire, on(3), "不够规模")
    how.confirm(one, cast.town, on(4), **CAUSE)
    how.terminate(one, cast.town, on(10), "已关停")
    return one, None


def dismissed(cast: Cast, how: Any, lists: Any, spot: loop.Spot) -> tuple[Told, Told | None]:
    one = _found(cast, how, spot, cast.city, "CITY_SUPERVISION")
    how.dismiss(one, cast.town, on(7), "误报")
    return one, None


HISTORIES = (closed_by_others, kept_to_itself, bounced_and_suspended, major_listed_and_released, on_the_spot,
             not_major_after_all, dismissed)  # fmt: skip


def tell(cast: Cast, history: History, spot: loop.Spot) -> tuple[Any, Any]:
    """Tell and write it; the ids of the matter and of its listing."""
    chronicle = processes.Chronicle(cast.system())
    with acting(cast.town) as town:
        kept = [files.store(actor=town, upload=picture(), kind="BEFORE")]
        evidence = loop.Evidence(kept, kept, [files.store(actor=town, upload=paper(), kind="REPORT")])
    with acting(cast.system()) as system:
        numbers = loop.Numbers(Random(1), cast.regions["331082"])
        matters = loop.MatterChronicle(chronicle, numbers, evidence, Random(1))
        lists = supervision.ListingChronicle(chronicle)
        one, listing = history(cast, matters, lists, spot)
        matters.rest(one, NOW)
        if listing is not None:
            lists.rest(listing, NOW)
        matters.write()
        lists.write()
        for model, columns, rows in chronicle.tables():
            bulk.append(model, columns, rows)
        chronicle.seal(system)
    return one.id, listing.id if listing else None


SKIPPED = {"id", "number", "salt", "remembered", "_state", "serial", "document_number"}


def plain(row: Any, names: dict[Any, str]) -> dict[str, Any]:
    """The columns of a row, with the ids of what was made called by ``names`` or left out."""
    found = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.attname not in SKIPPED}
    return {name: _named(value, names) for name, value in found.items()}


def _named(value: Any, names: dict[Any, str]) -> Any:
    if isinstance(value, dict):
        return {key: _named(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_named(one, names) for one in value]
    return names.get(str(value), value)


def rows_of(matter_id: Any, listing_id: Any) -> dict[str, list[dict[str, Any]]]:
    """Everything that is kept of the matter and its listing, in an order of its own."""
    subjects = [one for one in (matter_id, listing_id) if one]
    names = {str(matter_id): "the matter", str(listing_id): "the listing"}
    deadlines = Deadline.objects.filter(subject_id__in=subjects)
    names |= {str(one.id): f"period {one.kind} from {one.opened_at}" for one in deadlines}
    events = Event.objects.filter(subject_id__in=subjects)
    names |= {str(one.id): f"event {one.event} at {one.at}" for one in events}
    papers = StoredFile.objects.filter(subject_id__in=subjects)
    names |= {str(one.id): f"{one.kind} at {one.uploaded_at}" for one in papers}
    of_matter = {"hidden_danger_id": matter_id}
    tables: dict[str, Any] = {
        "matter": HiddenDanger.objects.filter(id=matter_id),
        "events": events,
        "deadlines": deadlines,
        "effects": DeadlineEffect.objects.filter(deadline__in=deadlines),
        "parts": Participation.objects.filter(matter_id__in=subjects),
        "files": papers,
        "plans": RectificationPlan.objects.filter(**of_matter),
        "extensions": Extension.objects.filter(**of_matter),
        "suspensions": Suspension.objects.filter(**of_matter),
        "listings": SupervisionListing.objects.filter(**of_matter),
        "progress": ListingProgress.objects.filter(listing_id=listing_id),
        "controls": ListingControl.objects.filter(listing_id=listing_id),
    }
    return {name: sorted((plain(row, names) for row in rows), key=repr) for name, rows in tables.items()}


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.__name__)
def test_a_told_history_leaves_the_rows_of_the_real_one(cast: Cast, spot: loop.Spot, history: History) -> None:
    real = Real(cast)
    one, listing = history(cast, real, real, spot)
    real.rest(one, NOW)
    told = tell(cast, history, spot)
    with acting(cast.system()):
        done = rows_of(real.matter.id, real.listing.id if listing else None)
        written = rows_of(*told)
        assert len(done["events"]) >= 2
        for table in done:
            assert written[table] == done[table], table
        sealed = LedgerEntry.objects.get(event="chronicle.written")
        assert sealed.payload["events"] == len(done["events"])


def test_the_table_and_the_roles_bind_a_told_history_too(cast: Cast, spot: loop.Spot) -> None:
    def skips(cast: Cast, how: Any, lists: Any, spot: loop.Spot) -> tuple[Told, Told | None]:
        one = _found(cast, how, spot, cast.town)
        how.acknowledge(one, cast.village, on(1))
        return one, None

    def presumes(cast: Cast, how: Any, lists: Any, spot: loop.Spot) -> tuple[Told, Told | None]:
        one = _found(cast, how, spot, cast.town)
        how.confirm(one, cast.firm, on(1), **CAUSE)
        return one, None

    with pytest.raises(ValueError, match="acknowledge does not go from REGISTERED"):
        tell(cast, skips, spot)
    with pytest.raises(ValueError, match="may not confirm"):
        tell(cast, presumes, spot)


def test_a_told_visit_leaves_the_rows_of_a_real_one(cast: Cast, spot: loop.Spot) -> None:
    officers = [checks.Officer("王应急", "演示0001"), checks.Officer("李四", "演示0002")]
    more = {"inspection_kind": "ROUTINE", "arrival": "NOTICE", "scan_no": "YS1", "plan_reference": "计划"}
    act = checks.ActClass.ADMINISTRATIVE_INSPECTION
    with clock.at(on(0, 40)), acting(cast.dept) as dept:
        facts = checks.CheckFacts(
            officers=officers, told_to="安全员", findings=[checks.FreeFinding("纸箱堵门", sector="FIRE")], **more
        )
        real = checks.file(actor=dept, start=checks.Start(act, spot.site_id, started_at=on(0)), facts=facts)
        found = real.findings.get().hidden_danger_id
    chronicle = processes.Chronicle(cast.system())
    with acting(cast.system()) as system:
        matters = loop.MatterChronicle(
            chronicle, loop.Numbers(Random(2), cast.regions["331082"]), loop.Evidence([], [], []), Random(2)
        )
        visits = checks.CheckChronicle(chronicle, checks.CheckNumbers(Random(2), cast.regions["331082"]))
        visit = checks.Visit(act, on(0), on(0, 40), officers, "安全员", 1, more)
        unit = cast.organisations["临海应急局"]
        check = visits.file(cast.dept, unit, spot, visit)
        matter = matters.register(
            cast.dept, on(0, 40), spot, unit, unit, description="纸箱堵门", source="GRASSROOTS_CHECK", sector="FIRE",
            with_photo=False,
        )  # fmt: skip
        visits.found(check, matter)
        matters.rest(matter, on(0, 45))
        visits.rest(check, on(0, 45))
        matters.write()
        visits.write()
        for model, columns, rows in chronicle.tables():
            bulk.append(model, columns, rows)
        chronicle.seal(system)
        assert _of_check(check.id, matter.id) == _of_check(real.id, found)


def _of_check(check_id: Any, matter_id: Any) -> list[list[dict[str, Any]]]:
    names = {str(check_id): "the check", str(matter_id): "the matter"}
    deadlines = Deadline.objects.filter(subject_id__in=(check_id, matter_id))
    tables: list[Any] = [
        CheckRecord.objects.filter(id=check_id),
        CheckOfficer.objects.filter(check_record_id=check_id),
        CheckFinding.objects.filter(check_record_id=check_id),
        Event.objects.filter(subject_id__in=(check_id, matter_id)),
        deadlines,
        Participation.objects.filter(matter_id__in=(check_id, matter_id)),
        HiddenDanger.objects.filter(id=matter_id),
    ]
    return [sorted((plain(row, names) for row in rows), key=repr) for rows in tables]

"""What does not hold is found: each rule is broken once in a world where all of them hold."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F

from anlan.authz.models import Participation
from anlan.authz.scope import acting
from anlan.hidden_dangers import invariants
from anlan.hidden_dangers.models import HiddenDanger, RectificationPlan
from anlan.inspections.models import CheckFinding, CheckOfficer, CheckRecord
from anlan.lib import clock
from anlan.organisations import api as organisations
from anlan.processes.invariants import Breach, kinds
from anlan.processes.models import Deadline, DeadlineEffect, Event
from anlan.supervision.models import ListingControl, ListingProgress, SupervisionLetter, SupervisionListing
from tests.factories.cast import Cast
from tests.integration import test_chronicles as told
from tests.integration.test_checks import checklist, inspect  # noqa: F401 - a fixture
from tests.integration.test_chronicles import spot  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

Breaks = Callable[["World"], Any]


class World:
    """One matter for each history, a check with a finding, and how to reach them."""

    def __init__(self, cast: Cast, ids: dict[str, Any], check: Any) -> None:
        self.cast, self.ids, self.check = cast, ids, check

    def matter(self, name: str, **columns: Any) -> None:
        assert HiddenDanger.objects.filter(id=self.ids[name]).update(**columns) == 1

    def events(self, name: str, **lookup: Any) -> Any:
        return Event.objects.filter(subject_id=self.ids[name], **lookup)

    def periods(self, name: str, **lookup: Any) -> Any:
        return Deadline.objects.filter(subject_id=self.ids[name], **lookup)

    def parts(self, name: str, kind: str) -> None:
        assert Participation.objects.filter(matter_id=self.ids[name], kind=kind).delete()[0]

    def listing(self, **columns: Any) -> None:
        assert SupervisionListing.objects.filter(hidden_danger_id=self.ids["major"]).update(**columns) == 1

    def record(self, **columns: Any) -> None:
        assert CheckRecord.objects.filter(id=self.check.id).update(**columns) == 1

    def organisation(self, name: str) -> Any:
        return self.cast.organisations[name]


@pytest.fixture
def world(cast: Cast, spot: Any, checklist: Any) -> World:  # noqa: F811
    histories = {"closed": told.closed_by_others, "open": told.kept_to_itself, "resumed": told.bounced_and_suspended,
                 "major": told.major_listed_and_released, "returned": told.on_the_spot,
                 "own": told.not_major_after_all, "dismissed": told.dismissed}  # fmt: skip
    ids = {name: told.tell(cast, history, spot)[0] for name, history in histories.items()}
    with clock.at(clock.start_of(date(2026, 4, 1)) + timedelta(hours=10)):
        check = inspect(cast.dept, cast.sites["firm"], checklist, failed=(1,))
    with acting(cast.system()):
        late = Event.objects.filter(event="hidden_danger.rectification_overdue").first()
        town, year = cast.organisations["古城街道"], 2026
        SupervisionLetter.objects.create(
            region_path=late.region_path, year=year, serial=1, document_number="督〔2026〕1号", issuer=town,
            issuer_path=town.path, addressee=cast.organisations["文化社区"], hidden_danger_id=late.subject_id, reason="逾期", event_id=late.id,
            issued_at=late.at, reply_due_on=date(2026, 4, 1),
        )  # fmt: skip
    return World(cast, ids, check)


def _moment(days: int) -> Any:
    return told.on(days)


def _accept_themselves(w: World) -> None:
    """Somebody above whom there is nobody is the party, and dispatched it."""
    alone = next(one for one in w.cast.organisations.values() if organisations.superior_of(one) is None)
    w.matter("closed", dispatcher=alone, party_kind="ORGANISATION", party_enterprise=None, party_organisation=alone)


BREAKS: dict[str, Breaks] = {
    # histories
    "没有办理历史": lambda w: (DeadlineEffect.objects.all().delete(), w.events("dismissed").delete()),
    "办理历史不是从登记开始": lambda w: w.events("dismissed", verb="register").delete(),
    "办理历史前后不接": lambda w: w.events("closed", verb="acknowledge").update(from_status="CONFIRMED"),
    "有流程表不允许的一步": lambda w: w.events("closed", verb="confirm").update(to_status="DISPATCHED"),
    "平台上办理之后又有导入的一步": lambda w: w.events("closed", verb="close").update(imported_at=clock.now()),
    "导入的一步带有撤回内容": lambda w: w.events("closed", verb="confirm").update(imported_at=clock.now()),
    "状态与办理历史的最后一步不符": lambda w: w.matter("open", status="SUBMITTED"),
    "版本号小于办理步数": lambda w: w.matter("closed", version=3),
    "办理历史的这一步没有账本记录": lambda w: Event.objects.create(
        subject_type="hidden_danger", subject_id=w.ids["closed"], region_path=w.cast.regions["331082"].path,
        kind="COMMENT", event="hidden_danger.commented", at=clock.now(), actor_label="x"),
    "成批写入的办理历史与账本的默克尔根不符": lambda w: w.events("closed", verb="return").update(note="改过的话"),
    "成批写入的办理历史应有": lambda w: w.events("dismissed", verb="dismiss").delete(),
    # periods
    "缺少在走的“整改”期限": lambda w: w.periods("open", kind="RECTIFY", ended_at=None).update(
        state="MET", ended_at=clock.now()),
    "不应有在走的“验收”期限": lambda w: w.periods("closed", kind="ACCEPT").filter(id__in=[
        w.periods("closed", kind="ACCEPT").first().id]).update(state="OPEN", ended_at=None),
    "期限的提醒与已发生的不符": lambda w: w.periods("open", kind="RECTIFY").update(next_step=0),
    "期限结束以后还有提醒或者逾期": lambda w: w.periods("resumed", kind="RECTIFY").update(
        state="CANCELLED", ended_at=told.on(1)),
    "没有提请判定而在等判定": lambda w: w.periods("own", kind="DECIDE_MAJOR").update(state="OPEN", ended_at=None),
    "整改计时的日期不是整改期限": lambda w: w.matter("open", due_on=date(2026, 6, 1)),
    # what a matter says
    "已成立而没有核定时间": lambda w: w.matter("closed", confirmed_at=None, confirmed_by=None),
    "整改中而没有交办": lambda w: w.matter(
        "open", dispatched_at=None, dispatcher=None, lead=None, due_on=None, original_due_on=None),
    "交办而没有处置方式": lambda w: w.matter("open", modes=[]),
    "报验以后而没有报验时间": lambda w: w.matter("closed", submitted_at=None, submitted_by=None),
    "状态与验收时间不符": lambda w: w.matter("closed", accepted_at=None, accepted_by=None),
    "没有描述或者地点": lambda w: w.matter("open", description=" \n"),
    "不在县（市、区）内": lambda w: w.matter(
        "open", region=w.cast.regions["3310"], region_path=w.cast.regions["3310"].path),
    "不该保密": lambda w: w.matter("open", concealed=True),
    "办理单位或者属地的路径不符": lambda w: w.matter("open", holder_path="x/"),
    "办理单位不对": lambda w: w.matter(
        "closed", holder=w.organisation("临海住建局"), holder_path=w.organisation("临海住建局").path),
    "confirmed_at 早于 registered_at": lambda w: w.matter("closed", confirmed_at=_moment(-1)),
    "dispatched_at 早于 registered_at": lambda w: w.matter("closed", dispatched_at=_moment(-1)),
    "dispatched_at 早于 confirmed_at": lambda w: w.matter("closed", dispatched_at=_moment(0)),
    "submitted_at 早于 registered_at": lambda w: w.matter("closed", submitted_at=_moment(-1)),
    "accepted_at 早于 registered_at": lambda w: w.matter("closed", accepted_at=_moment(-1)),
    "ended_at 早于 registered_at": lambda w: w.matter("closed", ended_at=_moment(-1)),
    "accepted_at 早于 submitted_at": lambda w: w.matter("closed", accepted_at=_moment(2)),
    "ended_at 早于 submitted_at": lambda w: w.matter("closed", ended_at=_moment(2)),
    "ended_at 早于 accepted_at": lambda w: w.matter("closed", ended_at=_moment(2)),
    "原定期限早于发现": lambda w: w.matter("closed", original_due_on=date(2026, 1, 1)),
    "更新时间晚于现在": lambda w: w.matter("closed", changed_at=clock.now() + timedelta(days=1)),
    "待判定而继续办理": lambda w: w.matter(
        "resumed", status="SUBMITTED", major_state="PROPOSED", major_proposed_at=_moment(1),
        major_decider=w.organisation("临海消防大队")),
    "重大而没有条款或者判定部门": lambda w: w.matter("major", clause=""),
    "重大由不是部门的单位判定": lambda w: w.matter("major", major_decider=w.organisation("古城街道")),
    "重大报验而五到位不全": lambda w: RectificationPlan.objects.update(funds_cny=None),
    "验收人就是报验人": lambda w: w.matter("closed", accepted_by=F("submitted_by")),
    "主办单位不能主办": lambda w: w.matter("open", lead=w.organisation("江南机械")),
    "渠道与上报单位不符": lambda w: w.matter("closed", source="SELF_CHECK"),
    "由责任单位自己验收": lambda w: _accept_themselves(w),
    "重大由不足两名执法人员验收": lambda w: w.events("major", verb="accept_rectification").update(payload={"officers": 1}),
    "重大按立即整改了结": lambda w: w.events("major", verb="submit_rectification").update(verb="fix_on_the_spot"),
    "已判定而历史里没有判定": lambda w: w.events("own", verb="refuse_major").update(verb="correct"),
    "上报单位没有参与办理": lambda w: w.parts("closed", "REPORTER"),
    "初审单位没有参与办理": lambda w: w.parts("closed", "SCREENING"),
    "交办单位没有参与办理": lambda w: w.parts("closed", "DISPATCHER"),
    "主办单位没有参与办理": lambda w: w.parts("closed", "LEAD"),
    "责任单位没有参与办理": lambda w: w.parts("closed", "PARTY"),
    "重大隐患判定单位没有参与办理": lambda w: w.parts("own", "MAJOR_DECIDER"),
    "没有报验人": lambda w: w.matter("closed", import_key=None, submitted_by=None),
    "导入标记与历史不符": lambda w: w.matter("closed", import_key="x"),
    "导入标记与台账记载不符": lambda w: w.matter("closed", import_key="x"),
    # listings and letters
    "挂牌单位或者属地的路径不符": lambda w: w.listing(lister_path="x/"),
    "摘牌早于挂牌": lambda w: w.listing(released_at=_moment(1)),
    "挂牌的隐患没有交办": lambda w: w.matter(
        "major", dispatched_at=None, dispatcher=None, lead=None, due_on=None, original_due_on=None),
    "挂牌早于隐患登记": lambda w: w.listing(listed_at=_moment(-1)),
    "隐患没有验收就申请摘牌": lambda w: w.matter("major", accepted_at=None, accepted_by=None),
    "进展次数与记录不符": lambda w: ListingProgress.objects.all().delete(),
    "管控措施的复查日期与记录不符": lambda w: w.listing(controls_check_on=None),
    "管控措施早于挂牌": lambda w: ListingControl.objects.update(set_at=_moment(1)),
    "没有管控人或者管控内容": lambda w: ListingControl.objects.update(holder=""),
    "管控措施复查的计时与复查日期不符": lambda w: w.listing(status="LISTED", released_at=None),
    "挂牌单位没有参与办理": lambda w: w.parts("major", "LISTER"),
    "还挂着牌就销号": lambda w: w.listing(status="LISTED", released_at=None),
    "已验收、没有挂牌而没有销号": lambda w: w.matter("closed", status="ACCEPTED", ended_at=None),
    "没有对应的逾期": lambda w: SupervisionLetter.objects.update(event_id=w.ids["closed"]),
    "发函单位的路径不符": lambda w: SupervisionLetter.objects.update(issuer_path="x/"),
    "自己督办自己": lambda w: SupervisionLetter.objects.update(addressee=F("issuer")),
    # checks
    "行政检查的检查人员不足两名": lambda w: CheckOfficer.objects.filter(position=2).delete(),
    "行政检查没有检查计划": lambda w: w.record(plan_reference=""),
    "行政检查没有扫码入企编号，也没有原因": lambda w: w.record(scan_no="", no_scan_reason=""),
    "提交早于结束": lambda w: w.record(filed_at=F("started_at"), ended_at=F("started_at") + timedelta(days=1)),
    "检查项数与答案不符": lambda w: w.record(item_count=99),
    "不合格项数与答案不符": lambda w: w.record(fail_count=99),
    "发现问题数与登记的不符": lambda w: w.record(finding_count=99),
    "检查单位或者属地的路径不符": lambda w: w.record(organisation_path="x/"),
    "企业不是场所的企业": lambda w: w.record(enterprise=w.cast.enterprises["firm2"]),
    "发现的隐患与检查的单位、场所或者时间不符": lambda w: HiddenDanger.objects.filter(
        id=CheckFinding.objects.get().hidden_danger_id).update(reporter=w.organisation("临海住建局")),
}  # fmt: skip
GUARDED_BY_DATABASE = {
    "已核定而没有等级",
    "没有报验人",
}


@contextmanager
def undone() -> Iterator[None]:
    sid = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(sid)


def breaches(cast: Cast) -> Iterator[Breach]:
    return (breach for kind in kinds() for breach in kind.breaches(cast.system("3310")))


def whats(cast: Cast) -> set[str]:
    return {breach.what for breach in breaches(cast)}


def test_all_is_well_and_each_thing_that_is_not_is_found(world: World) -> None:
    with acting(world.cast.system("3310")):
        assert whats(world.cast) == set()
        missed = [what for what, spoil in BREAKS.items() if not _is_found(world, what, spoil)]
        assert missed == []


def _is_found(world: World, what: str, spoil: Breaks) -> bool:
    """Whether the check says it once it is so; what the database itself does not let stand counts as found."""
    with undone():
        try:
            with transaction.atomic():
                spoil(world)
        except Exception:
            if what in GUARDED_BY_DATABASE:
                return True
            raise
        return any(breach.what.startswith(what) for breach in breaches(world.cast))


def test_no_rule_is_left_out() -> None:
    rules = {**invariants.FACTS, **invariants._days(), **invariants.MAJOR, **invariants.PEOPLE}
    assert set(rules) <= set(BREAKS) | GUARDED_BY_DATABASE


def test_the_command_counts_names_and_ends_with_one(world: World) -> None:
    out = io.StringIO()
    call_command("check", stdout=out)
    assert "隐患 8 件：符合" in out.getvalue()
    assert "全部符合。" in out.getvalue()
    with acting(world.cast.system("3310")):
        world.matter("open", modes=[])
        number = HiddenDanger.objects.get(id=world.ids["open"]).number
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check", stdout=out)
    assert ended.value.code == 1
    assert f"{number}：交办而没有处置方式" in out.getvalue()


def test_its_cost_does_not_grow_with_the_rows(world: World, spot: Any) -> None:  # noqa: F811
    def statements() -> int:
        with acting(world.cast.system("3310")), connection.execute_wrapper(count):
            seen.clear()
            assert whats(world.cast) == set()
        return len(seen)

    def count(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    seen: list[str] = []
    before = statements()
    for _ in range(5):
        told.tell(world.cast, told.closed_by_others, spot)
    assert statements() <= before + 5  # one for each chronicle

"""隐患台账 imported: matters in the right status with a truthful history, that go on by the real verbs."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from anlan.authz.scope import acting
from anlan.calendar import api as calendar
from anlan.hidden_dangers.invariants import check_invariants
from anlan.hidden_dangers.models import HiddenDanger
from anlan.jobs import api as jobs
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.notify.models import Message
from anlan.processes import api as processes
from anlan.sheets import selectors, tasks
from anlan.sheets.choices import ImportState
from anlan.sheets.models import SheetImport
from tests.factories.books import book
from tests.factories.cast import Cast
from tests.factories.matters import Matters, upload
from tests.integration.test_sheets import bad_rows, bring, counts, run

pytestmark = pytest.mark.django_db

LABELS = {
    "no": "隐患编号", "on": "检查时间", "who": "受检单位", "place": "隐患部位", "what": "存在问题", "level": "等级", "source": "检查类型",
    "sector": "行业领域", "clause": "判定依据", "due": "整改期限", "state": "整改情况", "done": "整改完成时间", "rechecked": "复查时间",
    "by": "复查人", "recheck": "复查结果", "lead": "督办单位", "person": "责任人", "decided_by": "认定部门", "decided_on": "认定时间",
    "plan": "治理方案", "measures": "整改措施", "funds": "资金", "cause": "成因", "found_by": "检查人", "town": "乡镇", "system": "来源系统",
}  # fmt: skip
FIRM = "临海市江南机械制造有限公司"


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def ago(days: int) -> date:
    return clock.today() - timedelta(days=days)


def row(**given: Any) -> dict[str, Any]:
    return {"on": ago(40), "who": FIRM, "what": "疏散通道堆放纸箱", "level": "一般", "due": ago(-10), **given}


def ledger(actor: Any, *rows: dict[str, Any], **more: Any) -> SheetImport:
    cells = [[one.get(name) for name in LABELS] for one in rows]
    return run(actor, bring(actor, book(list(LABELS.values()), *cells), "hidden_dangers"), **more)


def matter(actor: Any, **lookup: Any) -> HiddenDanger:
    with acting(actor):
        found: HiddenDanger = HiddenDanger.objects.get(**lookup)
        return found


def history(actor: Any, one: HiddenDanger) -> list[processes.Event]:
    with acting(actor):
        return list(processes.history_of(one.id))


def reasons(entry: SheetImport) -> list[str]:
    return [one[-1].split("行：", 1)[-1] for one in bad_rows(entry)[1:]] if entry.bad_count else []


STAGES: dict[str, tuple[dict[str, Any], str, list[str]]] = {
    "open": ({"state": "未整改", "lead": "文化社区"}, "DISPATCHED", ["register", "confirm", "dispatch"]),
    "late": ({"state": "逾期未整改", "lead": "文化社区", "due": ago(5)}, "DISPATCHED", ["register", "confirm", "dispatch"]),
    "own": ({"state": "未整改"}, "RECTIFYING", ["register", "confirm", "dispatch", "acknowledge"]),
    "under way": ({"state": "整改中", "lead": "文化社区"}, "RECTIFYING", ["register", "confirm", "dispatch", "acknowledge"]),
    "no date": ({"state": "", "due": None}, "CONFIRMED", ["register", "confirm"]),
    "nobody": ({"who": "", "town": "古城", "place": "人民路 3 号"}, "REGISTERED", ["register"]),
    "put right": (
        {"state": "已完成整改", "done": ago(20), "due": ago(18)},
        "SUBMITTED",
        ["register", "confirm", "dispatch", "acknowledge", "submit_rectification"],
    ),
    "closed": (
        {"state": "已销号", "done": ago(20), "rechecked": ago(19), "by": "王五", "due": ago(18)},
        "CLOSED",
        ["register", "confirm", "dispatch", "acknowledge", "submit_rectification", "accept_rectification", "close"],
    ),
    "rechecked": (
        {"state": "已整改", "recheck": "合格", "rechecked": ago(19), "due": ago(18)},
        "CLOSED",
        ["register", "confirm", "dispatch", "acknowledge", "submit_rectification", "accept_rectification", "close"],
    ),
    "on the spot": (
        {"state": "当场整改", "due": None, "rechecked": ago(39)},
        "CLOSED",
        ["register", "fix_on_the_spot", "accept_rectification", "close"],
    ),
    "at once": ({"state": "当场整改完毕", "due": "立即"}, "SUBMITTED", ["register", "fix_on_the_spot"]),
    "not right": (
        {"state": "已整改", "done": ago(9), "recheck": "复查不合格", "rechecked": ago(8)},
        "RECTIFYING",
        ["register", "confirm", "dispatch", "acknowledge", "submit_rectification", "return"],
    ),
    "gone": ({"state": "已注销"}, "TERMINATED", ["register", "terminate"]),
}  # fmt: skip


def test_every_stage_of_a_ledger_becomes_the_right_status(cast: Cast) -> None:
    rows = [row(what=name, **given) for name, (given, _, _) in STAGES.items()]
    entry = ledger(cast.town, *rows)
    assert counts(entry) == (len(rows), 0, 0, 0), reasons(entry)
    found = {name: matter(cast.town, description=name) for name in STAGES}
    assert {name: one.status for name, one in found.items()} == {
        name: status for name, (_, status, _) in STAGES.items()
    }
    steps = {name: history(cast.town, one) for name, one in found.items()}
    assert {name: [event.verb for event in events] for name, events in steps.items()} == {
        name: verbs for name, (_, _, verbs) in STAGES.items()
    }
    every = [event for events in steps.values() for event in events]
    assert all(event.imported_at and event.actor_label == "周古城" for event in every)
    days = {event.verb: clock.legal_date(event.at) for event in steps["closed"]}
    assert (days["register"], days["submit_rectification"], days["close"]) == (ago(40), ago(20), ago(19))
    assert "王五" in steps["closed"][-2].note
    with acting(cast.system()):
        assert check_invariants(cast.system()) == []
        assert Message.objects.count() == 0


def test_rows_of_real_actions_hold_the_same_invariants(cast: Cast) -> None:
    by = Matters(cast)
    made = [by.registered(), by.confirmed(), by.dispatched(), by.rectifying(), by.submitted(), by.closed(), by.major()]
    by.act(cast.town, by.submitted(), "return", reason="没清干净")
    by.act(cast.village, by.dispatched(), "bounce", reason="不归我")
    by.act(cast.town, by.registered(), "propose_major", reason="疑似")
    by.act(cast.town, by.registered(), "dismiss", reason="不是")
    with acting(cast.system()):
        assert check_invariants(cast.system()) == []
        HiddenDanger.objects.filter(id=made[3].id).update(status="SUBMITTED")
        HiddenDanger.objects.filter(id=made[5].id).update(
            accepted_by=cast.users["firm"], submitted_by=cast.users["firm"]
        )
        broken = check_invariants(cast.system())
    assert {one.number for one in broken} == {made[3].number, made[5].number}


def test_an_imported_one_goes_on_by_the_real_verbs(cast: Cast) -> None:
    ledger(cast.town, row(state="逾期", lead="文化社区", due=ago(5), person="张三"))
    one = matter(cast.town, description="疏散通道堆放纸箱")
    by = Matters(cast)
    by.act(cast.village, one, "acknowledge")
    photo = upload(cast.firm, "AFTER")
    by.act(cast.firm, one, "submit_rectification", note="已清理", photos=[photo])
    assert by.act(cast.town, one, "accept_rectification", note="到位").status == "CLOSED"
    with acting(cast.system()):
        assert check_invariants(cast.system()) == []


def test_what_was_late_before_the_import_reminds_nobody(cast: Cast) -> None:
    later = calendar.add_working_days(clock.today(), 2)  # a working day is over, whatever today is
    due = later + timedelta(days=2)
    ledger(cast.town, row(what="late", lead="文化社区", due=ago(30)), row(what="soon", lead="文化社区", due=due))
    with jobs.inline():
        assert processes.sweep(cast.system()) == 0
        with clock.at(clock.start_of(later) + timedelta(hours=9)):
            processes.sweep(cast.system())
    late, soon = (history(cast.town, matter(cast.town, description=what)) for what in ("late", "soon"))
    assert [event.event for event in late if event.kind == "DEADLINE"] == ["hidden_danger.acknowledgement_overdue"]
    assert "hidden_danger.rectification_due_soon" in [event.event for event in soon]


def test_scope_is_as_if_it_had_been_done_here(cast: Cast) -> None:
    ledger(cast.county, row(what="甲", lead="应急局"), row(what="乙", lead="大洋街道", who="东湖化工"))
    with acting(cast.dept):
        assert [one.description for one in HiddenDanger.objects.visible_to(cast.dept)] == ["甲"]
    with acting(cast.firm):
        assert [one.description for one in HiddenDanger.objects.visible_to(cast.firm)] == ["甲"]
    with acting(cast.other):
        assert not HiddenDanger.objects.visible_to(cast.other).exists()


def test_the_enterprise_is_not_told_by_which_channel(cast: Cast, client_of: Any) -> None:
    ledger(cast.town, row(system="热线平台", no="RX-1", lead="文化社区", found_by="李明"))
    path = reverse("hidden_dangers:case", args=[matter(cast.town).id])
    town, firm = (client_of(who).get(path).content.decode() for who in ("town", "firm"))
    for told in ("热线平台", "RX-1", "李明", "台账记载"):
        assert told in town
        assert told not in firm


class TestMajor:
    DECIDED = {
        "level": "重大",
        "sector": "消防",
        "clause": "判定标准第三条",
        "decided_by": "消防大队",
        "decided_on": ago(38),
    }

    def test_without_the_department_it_is_only_proposed(self, cast: Cast) -> None:
        rows = [
            row(what="甲", level="重大", sector="消防", state="未整改"),
            row(
                what="乙",
                level="重大",
                sector="消防",
                state="已销号",
                done=ago(9),
                decided_by="应急局",
                decided_on=ago(30),
            ),
        ]
        entry = ledger(cast.town, *rows)
        assert counts(entry) == (2, 0, 0, 0), reasons(entry)
        for what in "甲乙":
            one = matter(cast.town, description=what)
            assert (one.status, one.level, one.major_state) == ("RECTIFYING", "GENERAL", "PROPOSED")
            assert one.major_decider == cast.organisations["临海消防大队"]
        assert "应急局" in history(cast.town, one)[-1].note
        Matters(cast).act(cast.fire, one, "confirm_major", clause="判定标准第三条")
        with acting(cast.system()):
            assert check_invariants(cast.system()) == []

    def test_decided_by_the_department_it_is_major(self, cast: Cast) -> None:
        five = {"plan": "搬迁住宿", "person": "张三", "funds": "3万", "measures": "拆除隔间"}
        closed = {"state": "已销号", "done": ago(9), "rechecked": ago(5), "by": "赵一、钱二", "due": ago(6)}
        entry = ledger(cast.county, row(what="甲", **self.DECIDED), row(what="乙", **self.DECIDED, **five, **closed))
        assert counts(entry) == (2, 0, 0, 0), reasons(entry)
        for what, status in (("甲", "RECTIFYING"), ("乙", "CLOSED")):
            one = matter(cast.county, description=what)
            assert (one.status, one.level, one.major_state) == (status, "MAJOR", "CONFIRMED")
        with acting(cast.system()):
            assert check_invariants(cast.system()) == []

    def test_what_it_lacks_is_said(self, cast: Cast) -> None:
        closed = {"state": "已销号", "done": ago(9), "due": ago(6)}
        rows = [
            row(what="1", level="重大"),
            row(what="2", **{**self.DECIDED, "clause": ""}),
            row(what="3", **self.DECIDED, **closed),
        ]
        said = reasons(ledger(cast.county, *rows))
        assert [one.split("：")[0] for one in said] == ["行业领域", "依据条款", "治理方案"]


def test_every_refusal_names_the_column_and_what_to_do(cast: Cast) -> None:
    rows = {
        "受检单位": row(who="没有这家厂"),
        "统一社会信用代码": None,
        "整改期限": row(due=ago(50)),
        "检查时间": row(on=ago(-3)),
        "整改完成日期": row(state="已整改"),
        "整改情况": row(state="未整改", done=ago(3)),
        "复查日期": row(state="已销号", done=ago(3), rechecked=ago(5)),
        "复查人": row(state="已销号", done=ago(3), person="张三", by="张三"),
        "主办单位": row(lead="不存在局"),
        "隐患等级": row(level="特严重"),
    }
    del rows["统一社会信用代码"]
    said = reasons(ledger(cast.town, *({**one, "what": name} for name, one in rows.items())))
    assert [one.split("：")[0] for one in said] == list(rows)
    assert all(one.endswith(("。", "。）")) for one in said)


class TestWhatTownshipsWrite:
    def test_a_shop_is_a_persons_and_goes_on_by_the_real_verbs(self, cast: Cast) -> None:
        entry = ledger(cast.town, row(who="张三（沿街商铺）", lead="文化社区"), row(who="李四(民房)", what="乙"))
        assert counts(entry) == (2, 0, 0, 0), reasons(entry)
        one = matter(cast.town, description="疏散通道堆放纸箱")
        assert (one.party_kind, one.party_person, one.place) == ("PERSON", "张三", "张三（沿街商铺）")
        Matters(cast).act(cast.village, one, "acknowledge")
        with acting(cast.system()):
            assert check_invariants(cast.system()) == []

    @pytest.mark.parametrize("who", ["张三", "张三小吃店", "望江五金厂（沿街商铺）", "张三（已外出）"])
    def test_what_may_be_anything_comes_back_with_what_to_write(self, cast: Cast, who: str) -> None:
        assert "写成“张三（沿街商铺）”" in reasons(ledger(cast.town, row(who=who)))[0]

    def test_nobody_accepts_what_was_his_own(self, cast: Cast) -> None:
        closed = row(who="张三（沿街商铺）", state="已销号", done=ago(20), rechecked=ago(19), by="张三")
        assert "不能是整改人" in reasons(ledger(cast.town, closed))[0]

    @pytest.mark.parametrize(
        "who", ["文化社区", "文化社区居委会", "文化社区居民委员会", "古城街道文化社区", "古城街道文化社区居委会"]
    )
    def test_a_village_by_any_of_its_names(self, cast: Cast, who: str) -> None:
        entry = ledger(cast.town, row(lead=who), row(who=who, what="乙"))
        assert counts(entry) == (2, 0, 0, 0), reasons(entry)
        village = cast.village.organisation_id
        assert matter(cast.town, description="疏散通道堆放纸箱").lead_id == village
        assert matter(cast.town, description="乙").party_organisation_id == village

    @pytest.mark.parametrize("lead", ["古城街道", "古城街道办", "古城街道办事处", "临海市古城街道"])
    def test_a_township_too(self, cast: Cast, lead: str) -> None:
        entry = ledger(cast.county, row(lead=lead))
        assert counts(entry) == (1, 0, 0, 0), reasons(entry)

    @pytest.mark.parametrize("done", ["立即整改", "当场整改", "已当场整改"])
    @pytest.mark.parametrize("state", [None, "已整改"])
    def test_put_right_at_once(self, cast: Cast, done: str, state: str | None) -> None:
        entry = ledger(cast.town, row(done=done, state=state, due=None))
        assert counts(entry) == (1, 0, 0, 0), reasons(entry)
        steps = history(cast.town, matter(cast.town))
        assert [event.verb for event in steps] == ["register", "fix_on_the_spot"]
        assert clock.legal_date(steps[-1].at) == ago(40)

    def test_an_order_to_put_it_right_at_once_is_no_report(self, cast: Cast) -> None:
        entry = ledger(cast.town, row(done="立即整改", state="未整改", due=None))
        assert counts(entry) == (1, 0, 0, 0), reasons(entry)
        one = matter(cast.town)
        assert (one.status, one.due_on) == ("RECTIFYING", ago(40))

    @pytest.mark.parametrize(
        ("on", "due", "done", "expected"),
        [
            ("2025年12月30日", "1月20日前", "1月18日", ((2025, 12, 30), (2026, 1, 20), (2026, 1, 18))),
            ("2026-01-05", "1月底前", "1.20", ((2026, 1, 5), (2026, 1, 31), (2026, 1, 20))),
            ("12月30日", "2026年1月底", "1月5日", ((2025, 12, 30), (2026, 1, 31), (2026, 1, 5))),
            ("1月5日", "1月20日", "2026-01-18", ((2026, 1, 5), (2026, 1, 20), (2026, 1, 18))),
        ],
    )
    def test_a_date_without_its_year(self, cast: Cast, on: str, due: str, done: str, expected: Any) -> None:
        with clock.at(datetime(2026, 5, 6, tzinfo=UTC)):
            entry = ledger(cast.town, row(on=on, due=due, done=done, state="已整改"))
            assert counts(entry) == (1, 0, 0, 0), reasons(entry)
            steps = {event.verb: clock.legal_date(event.at) for event in history(cast.town, matter(cast.town))}
            again = ledger(cast.town, row(on=on, due=due, done=done, state="已整改"))
        found = (steps["register"], matter(cast.town).due_on, steps["submit_rectification"])
        assert found == tuple(date(*one) for one in expected)
        assert counts(again) == (0, 0, 1, 0)

    @pytest.mark.parametrize(
        ("given", "says"),
        [
            ({"on": "1月5日", "due": None}, "检查时间：“1月5日”没有年份"),
            ({"on": "2026-03-05", "due": "3月1日"}, "整改期限：“3月1日”没有年份，看不出是哪一年"),
            ({"on": "2026-03-05", "due": "2月30日"}, "没有“2月30日”这一天"),
            ({"on": "2026-01-05", "due": "2月29日"}, "没有“2月29日”这一天"),
        ],
    )
    def test_what_cannot_be_known_is_asked(self, cast: Cast, given: dict[str, Any], says: str) -> None:
        with clock.at(datetime(2026, 5, 6, tzinfo=UTC)):
            assert says in reasons(ledger(cast.town, row(**given)))[0]


class TestAgain:
    def test_the_same_number_is_the_same_matter(self, cast: Cast) -> None:
        first = row(no="YH-1", state="未整改", lead="文化社区", person="张三")
        ledger(cast.town, first, row(no="YH-2", what="乙"))
        one = matter(cast.town, external_no="YH-1")
        assert counts(ledger(cast.town, first)) == (0, 0, 1, 0)
        newer = {**first, "state": "已销号", "done": ago(3), "rechecked": ago(2), "person": None}
        assert counts(ledger(cast.town, newer)) == (0, 1, 0, 0)
        now = matter(cast.town, external_no="YH-1")
        assert (now.id, now.number, now.status) == (one.id, one.number, "CLOSED")
        assert "张三" in history(cast.town, now)[-3].note
        with acting(cast.system()):
            assert check_invariants(cast.system()) == []

    def test_without_a_number_words_and_day_tell(self, cast: Cast) -> None:
        ledger(cast.town, row())
        assert counts(ledger(cast.town, row(), row(what="另一条"), row())) == (1, 0, 1, 1)

    def test_what_is_worked_on_here_is_left_alone(self, cast: Cast) -> None:
        first = row(no="YH-1", lead="文化社区")
        ledger(cast.town, first)
        Matters(cast).act(cast.village, matter(cast.town), "acknowledge")
        entry = ledger(cast.town, {**first, "state": "已销号", "done": ago(3)})
        assert counts(entry) == (0, 0, 0, 1)
        assert "已经在平台上办理" in reasons(entry)[0]


class TestUndo:
    def test_an_untouched_import_is_gone_with_one_entry(self, cast: Cast) -> None:
        before = _entries(cast)
        entry = ledger(cast.town, *(row(what=name, **given) for name, (given, _, _) in STAGES.items()))
        assert _entries(cast) == before + 1
        entry = run(cast.town, entry, tasks.undo_sheet)
        assert (entry.state, entry.remaining_count, _entries(cast)) == (ImportState.UNDONE, 0, before + 2)
        with acting(cast.system()):
            assert not HiddenDanger.objects.exists()
            assert not processes.Event.objects.exists()
            assert not processes.Deadline.objects.exists()

    def test_what_somebody_has_acted_on_stays_with_its_reason(self, cast: Cast) -> None:
        entry = ledger(cast.town, row(what="甲", lead="文化社区"), row(what="乙"))
        Matters(cast).act(cast.village, matter(cast.town, description="甲"), "acknowledge")
        for _ in range(2):
            entry = run(cast.town, entry, tasks.undo_sheet)
            assert (entry.state, entry.remaining_count) == (ImportState.UNDONE, 1)
            with acting(cast.town):
                (kept,) = selectors.remaining(cast.town, entry)
                assert [one.description for one in HiddenDanger.objects.all()] == ["甲"]
            assert kept.number == 2
            assert "文化社区" in kept.remaining
            assert "办理过" in kept.remaining
        with acting(cast.system()):
            assert check_invariants(cast.system()) == []

    def test_an_update_is_taken_back_to_what_stood(self, cast: Cast) -> None:
        first = row(no="YH-1", lead="文化社区")
        earlier = ledger(cast.town, first)
        old = matter(cast.town)
        steps = [(event.verb, event.at, event.note) for event in history(cast.town, old)]
        entry = ledger(cast.town, {**first, "state": "已销号", "done": ago(3)})
        entry = run(cast.town, entry, tasks.undo_sheet)
        assert entry.state == ImportState.UNDONE
        now = matter(cast.town)
        assert (now.status, now.ended_at, now.holder_id) == (old.status, None, old.holder_id)
        assert [(event.verb, event.at, event.note) for event in history(cast.town, now)] == steps
        assert counts(ledger(cast.town, first)) == (0, 0, 1, 0)
        with acting(cast.system()):
            assert check_invariants(cast.system()) == []
        assert run(cast.town, earlier, tasks.undo_sheet).state == ImportState.UNDONE
        with acting(cast.system()):
            assert not HiddenDanger.objects.exists()


def _entries(cast: Cast) -> int:
    with acting(cast.system()):
        return LedgerEntry.objects.count()

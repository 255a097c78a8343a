"""检查台账 imported: records that count and open like the others, tied to the hidden dangers they found."""

from typing import Any

import pytest
from django.urls import reverse

from anlan.authz.scope import acting
from anlan.inspections import actions, selectors
from anlan.inspections import ledger_words as words
from anlan.inspections.models import CheckRecord
from anlan.lib import clock
from anlan.processes import api as processes
from anlan.sheets import tasks
from anlan.sheets.choices import ImportState
from anlan.sheets.models import SheetImport
from tests.factories.books import book
from tests.factories.cast import Cast
from tests.integration.test_ledger_import import FIRM, ago, reasons
from tests.integration.test_ledger_import import ledger as danger_ledger
from tests.integration.test_sheets import bring, counts, run

pytestmark = pytest.mark.django_db

LABELS = {
    "on": "检查时间", "unit": "检查单位", "who": "受检单位", "officers": "检查人员", "act": "检查类别", "list": "检查表", "count": "发现隐患数",
    "found": "存在问题", "result": "处理结果", "numbers": "隐患编号", "no": "检查编号", "place": "检查地点", "town": "乡镇", "system": "来源系统", "site": "场所",
}  # fmt: skip


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def row(**given: Any) -> dict[str, Any]:
    return {"on": ago(30), "who": FIRM, "officers": "王强、李明", **given}


def ledger(actor: Any, *rows: dict[str, Any]) -> SheetImport:
    cells = [[one.get(name) for name in LABELS] for one in rows]
    return run(actor, bring(actor, book(list(LABELS.values()), *cells), "checks"))


def check(actor: Any, **lookup: Any) -> CheckRecord:
    with acting(actor):
        found: CheckRecord = CheckRecord.objects.select_related("organisation").get(**lookup)
        return found


def test_a_row_becomes_a_record_that_counts_and_opens(cast: Cast, client_of: Any) -> None:
    danger_ledger(
        cast.county, {"no": "YH-1", "on": ago(30), "who": FIRM, "what": "通道堵塞", "level": "一般", "due": ago(-9)}
    )
    given = row(unit="应急局", act="双随机", found="1、通道堵塞；2、灭火器过期", result="限期整改", numbers="YH-1")
    entry = ledger(cast.county, given)
    assert counts(entry) == (1, 0, 0, 0), reasons(entry)
    one = check(cast.county)
    assert (one.status, one.act_class, one.inspection_kind) == ("FILED", "ADMINISTRATIVE_INSPECTION", "SPECIAL")
    assert (one.organisation.short_name, one.finding_count, one.is_imported) == ("临海应急局", 2, True)
    assert clock.legal_date(one.started_at) == ago(30)
    with acting(cast.dept):
        filters = selectors.Filters(started_from=ago(31), started_to=ago(29), imported=True)
        assert selectors.checks(cast.dept, filters).count() == 1
        assert selectors.checks(cast.dept, selectors.Filters(imported=False)).count() == 0
    for who in ("county", "dept", "firm"):
        page = client_of(who).get(reverse("inspections:record", args=[one.id])).content.decode()
        assert "通道堵塞" in page
        assert "导入" in page
        assert "评价这次检查" not in page
    assert "台账记载" in client_of("dept").get(reverse("inspections:record", args=[one.id])).content.decode()
    assert "导入" in client_of("dept").get(reverse("inspections:list") + "?imported=yes").content.decode()


def test_refusals_name_the_column(cast: Cast) -> None:
    rows = {
        "受检单位": row(who="没有这家厂"),
        "检查时间": row(on=ago(-3)),
        "检查类别": row(act="日常检查", unit="文化社区"),
        "检查单位": row(unit="不存在局"),
        "检查表": row(list="没有的表"),
        "隐患编号": row(numbers="YH-404", on=ago(9)),
    }
    said = reasons(ledger(cast.town, *rows.values(), row(act="企业自查"), row(act="莫名其妙", on=ago(8))))
    assert [one.split("：")[0] for one in said] == [*rows, "检查类别", "检查类别"]


def test_a_department_imports_its_own_only(cast: Cast) -> None:
    entry = ledger(cast.dept, row(), row(unit="住建局"))
    assert counts(entry) == (1, 0, 0, 1)
    assert "不是本单位" in reasons(entry)[0]


def test_the_same_check_is_not_there_twice(cast: Cast) -> None:
    assert counts(ledger(cast.town, row(no="J1"), row(on=ago(20)))) == (2, 0, 0, 0)
    assert counts(ledger(cast.town, row(no="J1"), row(on=ago(20)), row(no="J1"))) == (0, 0, 2, 1)
    assert counts(ledger(cast.town, row(no="J1", officers=None))) == (0, 0, 1, 0)


class TestAgain:
    def test_a_newer_row_brings_the_facts_up_to_date(self, cast: Cast, client_of: Any) -> None:
        dangers(cast.town, "YH-1", "YH-2")
        ledger(cast.town, row(no="J1", numbers="YH-1", found="1.通道堵塞", result="责令改正"), row(no="J2"))
        one = check(cast.town, note__contains="责令改正")
        newer = row(
            no="J1",
            numbers="YH-1、YH-2",
            found="1.通道堵塞 2.灭火器过期",
            officers="赵六",
            place="东车间",
            act="专项检查",
        )
        entry = ledger(cast.town, newer)
        assert counts(entry) == (0, 1, 0, 0), reasons(entry)
        now = check(cast.town, id=one.id)
        assert (now.number, now.version, now.place, now.finding_count) == (one.number, one.version + 1, "东车间", 2)
        assert (now.inspection_kind, now.note.count("责令改正"), now.started_at) == ("SPECIAL", 1, one.started_at)
        page = client_of("town").get(reverse("inspections:record", args=[one.id])).content.decode()
        assert "赵六" in page
        assert "王强" not in page
        assert [numbers(event) for event in history(cast.town, one)] == [2]
        assert counts(ledger(cast.town, newer, row(no="J2"))) == (0, 0, 2, 0)

    @pytest.mark.parametrize(
        ("other", "column"),
        [({"on": ago(29)}, "检查时间"), ({"who": "东湖化工"}, "受检单位"), ({"act": "走访"}, "检查类别"),
         ({"unit": "应急局"}, "检查单位"), ({"numbers": "YH-2"}, "隐患编号")],
    )  # fmt: skip
    def test_another_check_under_the_same_number_comes_back(
        self, cast: Cast, other: dict[str, Any], column: str
    ) -> None:
        dangers(cast.county, "YH-1", "YH-2")
        ledger(cast.county, row(no="J1", unit="消防大队", numbers="YH-1"))
        before = check(cast.county)
        entry = ledger(cast.county, row(**{"no": "J1", "unit": "消防大队", "officers": "赵六", **other}))
        assert counts(entry) == (0, 0, 0, 1)
        assert reasons(entry)[0].startswith(column)
        assert check(cast.county).version == before.version

    def test_where_no_site_says_it_the_township_tells_too(self, cast: Cast) -> None:
        ledger(cast.county, row(no="J1", who="文化社区", town="古城"))
        assert "古城街道" in reasons(ledger(cast.county, row(no="J1", who="文化社区", town="大洋")))[0]

    def test_what_is_worked_on_here_is_left_alone(self, cast: Cast) -> None:
        ledger(cast.town, row(no="J1"))
        with acting(cast.town):
            actions.void(actor=cast.town, check_id=check(cast.town).id, reason="重了")
        entry = ledger(cast.town, row(no="J1", officers="赵六"))
        assert "已经在平台上办理" in reasons(entry)[0]

    def test_it_is_the_word_of_the_office_that_gave_it_or_that_checked(self, cast: Cast) -> None:
        ledger(
            cast.county,
            row(no="J1", system="执法系统", unit="大洋街道"),
            row(no="J2", system="执法系统", unit="应急局"),
        )
        newer = [
            row(no=no, system="执法系统", unit=unit, officers="赵六")
            for no, unit in (("J1", "大洋街道"), ("J2", "应急局"))
        ]
        assert "由它或者检查单位更新" in reasons(ledger(cast.town, newer[1]))[0]
        assert counts(ledger(cast.dept, newer[1])) == (0, 1, 0, 0)
        assert counts(ledger(cast.county, newer[0])) == (0, 1, 0, 0)

    def test_undone_it_is_as_it_was_and_the_first_import_can_be_undone_too(self, cast: Cast) -> None:
        dangers(cast.town, "YH-1", "YH-2")
        first = row(no="J1", numbers="YH-1", found="1.通道堵塞")
        earlier = ledger(cast.town, first)
        stood = as_it_is(cast.town)
        later = ledger(cast.town, row(no="J1", numbers="YH-1、YH-2", officers="赵六", found="没有"), row(on=ago(3)))
        assert counts(later) == (1, 1, 0, 0)
        assert as_it_is(cast.town) != stood
        assert run(cast.town, earlier, tasks.undo_sheet).state == ImportState.IMPORTED
        assert run(cast.town, later, tasks.undo_sheet).state == ImportState.UNDONE
        assert as_it_is(cast.town) == stood
        assert counts(ledger(cast.town, first)) == (0, 0, 1, 0)
        assert run(cast.town, earlier, tasks.undo_sheet).state == ImportState.UNDONE
        with acting(cast.system()):
            assert not CheckRecord.objects.exists()


def dangers(actor: Any, *numbers: str) -> None:
    rows = ({"no": no, "on": ago(30), "who": FIRM, "what": no, "level": "一般", "due": ago(-9)} for no in numbers)
    danger_ledger(actor, *rows)


def numbers(event: processes.Event) -> Any:
    return event.payload["findings"]


def history(actor: Any, one: CheckRecord) -> list[processes.Event]:
    with acting(actor):
        return list(processes.history_of(one.id))


def as_it_is(actor: Any) -> list[Any]:
    """The one check of number J1 with its parts and its history, without what every write changes."""
    with acting(actor):
        one = CheckRecord.objects.get(stated__external_no="J1")
        columns = CheckRecord.objects.filter(id=one.id).values().get()
        parts = [list(rows.values().order_by("id")) for rows in (one.officers.all(), one.findings.all())]
        events = list(processes.Event.objects.filter(subject_id=one.id).values())
    return [{name: value for name, value in columns.items() if name not in ("version", "changed_at")}, *parts, events]


def test_undone_but_for_what_somebody_has_acted_on(cast: Cast) -> None:
    danger_ledger(
        cast.town, {"no": "YH-1", "on": ago(30), "who": FIRM, "what": "通道堵塞", "level": "一般", "due": ago(-9)}
    )
    entry = ledger(cast.town, row(numbers="YH-1"), row(on=ago(3)))
    entry = run(cast.town, entry, tasks.undo_sheet)
    assert entry.state == ImportState.UNDONE
    with acting(cast.town):
        assert not CheckRecord.objects.exists()
    entry = ledger(cast.town, row(numbers="YH-1"), row(on=ago(3)))
    with acting(cast.town):
        late = CheckRecord.objects.order_by("-started_at").first()
        assert late is not None
        actions.void(actor=cast.town, check_id=late.id, reason="重了")
    entry = run(cast.town, entry, tasks.undo_sheet)
    assert (entry.state, entry.remaining_count) == (ImportState.UNDONE, 1)
    with acting(cast.town):
        assert CheckRecord.objects.get().id == late.id


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("", 0),
        ("无", 0),
        ("未发现问题", 0),
        ("1、甲；2、乙", 2),
        ("1.甲 2.乙\n3.丙", 3),
        ("甲\n乙", 2),
        ("通道 1.2 米宽处堵塞", 1),
    ],
)
def test_problems_are_counted(said: str, count: int) -> None:
    assert words.problems_in(said) == count

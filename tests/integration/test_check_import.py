"""检查台账 imported: records that count and open like the others, tied to the hidden dangers they found."""

from typing import Any

import pytest
from django.urls import reverse

from anlan.authz.scope import acting
from anlan.inspections import ledger_words as words
from anlan.inspections import selectors
from anlan.inspections.models import CheckRecord
from anlan.lib import clock
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
    "found": "存在问题", "result": "处理结果", "numbers": "隐患编号", "no": "检查编号", "place": "检查地点", "town": "乡镇",
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
    assert counts(ledger(cast.town, row(no="J1", found="有问题"))) == (0, 0, 0, 1)


def test_undone_as_a_whole_unless_somebody_has_acted(cast: Cast) -> None:
    from anlan.inspections import actions

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
    assert entry.state == ImportState.IMPORTED
    with acting(cast.town):
        assert CheckRecord.objects.count() == 2


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

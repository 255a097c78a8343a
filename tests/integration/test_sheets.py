"""Imports: ugly files in, good rows in the register, bad rows back with their reasons, all of it undone."""

import gc
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from python_calamine import CalamineWorkbook

from anlan.authz.actors import Actor
from anlan.authz.scope import acting
from anlan.jobs import api as jobs
from anlan.ledger.models import LedgerEntry
from anlan.lib import merkle
from anlan.lib.refusals import Forbidden, Invalid, NotInScope, Refused
from anlan.register import api as register
from anlan.register.models import Enterprise
from anlan.register.searching import text_of_enterprise
from anlan.sheets import actions, runs, selectors, tasks
from anlan.sheets.choices import ImportState
from anlan.sheets.models import ColumnMemory, ImportedRow, SheetImport
from tests.factories.books import book
from tests.factories.cast import Cast

HEADER = ["企业名称", "统一社会信用代码", "所属乡镇", "所属村", "行业代码", "法人", "联系电话", "职工人数"]
GOOD_CODES = ["91331082MA2K3XQ59U", "91331082712510938T", "913310821480643223"]


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def run(actor: Actor, entry: SheetImport, work: jobs.LongWork = tasks.import_sheet) -> SheetImport:
    """Start the work over an import and let it run to its end."""
    check = actions.check_undoable if work is tasks.undo_sheet else actions.check_ready
    with jobs.inline():
        with acting(actor):
            actions.start(actor=actor, import_id=entry.id, work=work, title="", check=check)
        if connection.in_atomic_block:
            jobs.run_pending()
    with acting(actor):
        return selectors.sheet_import(actor, entry.id)


def bring(actor: Actor, file: SimpleUploadedFile, kind: str = "enterprises") -> SheetImport:
    with acting(actor):
        return actions.upload(actor=actor, kind_code=kind, file=file)


def enterprise(actor: Actor, **lookup: Any) -> Enterprise:
    with acting(actor):
        found: Enterprise = Enterprise.objects.get(**lookup)
        return found


def bad_rows(entry: SheetImport) -> list[list[Any]]:
    path = selectors.bad_rows_path(entry)
    rows: list[list[Any]] = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    return rows


def counts(entry: SheetImport) -> tuple[int, int, int, int]:
    return entry.created_count, entry.updated_count, entry.unchanged_count, entry.bad_count


def firms(*names: str, township: str = "古城") -> list[list[Any]]:
    return [
        [name, code, township, "", "3311", "掌柜", 13712345678, 12]
        for name, code in zip(names, GOOD_CODES, strict=False)
    ]


@pytest.mark.django_db
class TestImport:
    def test_good_rows_go_in_and_bad_ones_come_back(self, cast: Cast) -> None:
        rows = [
            *firms("望江五金厂"),
            ["数字代码厂", 913310827125109380, "古城", "", "", "", "", ""],
            ["抄错代码厂", "91331082712510938A", "古城", "", "", "", "", ""],
            ["远方厂", "913310821480643223", "太平街道", "", "", "", "", ""],
            ["", GOOD_CODES[1], "古城", "", "", "", "", ""],
            ["望江又一厂", GOOD_CODES[0], "古城", "", "", "", "", ""],
            ["没人行业厂", "", "古城", "文化", "9999", "", "", "一百多"],
        ]
        entry = run(cast.county, bring(cast.county, book(HEADER, *rows)))
        assert entry.state == ImportState.IMPORTED
        assert counts(entry) == (1, 0, 0, 6)
        made = enterprise(cast.county, name="望江五金厂")
        assert (made.unified_social_credit_code, made.phone, made.employee_count) == (GOOD_CODES[0], "13712345678", 12)
        assert (made.region.name, made.industry_id, made.status) == ("古城街道", "3311", "OPERATING")
        header, *returned = bad_rows(entry)
        assert header == [*HEADER, "未导入的原因"]
        reasons = [row[-1] for row in returned]
        assert [row[0] for row in returned] == ["数字代码厂", "抄错代码厂", "远方厂", "", "望江又一厂", "没人行业厂"]
        assert "后几位已经变成 0" in reasons[0]
        assert entry.first_bad[0]["label"].split("\u3000")[1] == "913310827125109000"  # as Excel has it
        assert "校验码" in reasons[1]
        assert "不在您的管辖范围内" in reasons[2]
        assert "企业名称：没有填写" in reasons[3]
        assert "原表第 2 行是同一家企业" in reasons[4]
        assert "行业代码" in reasons[5]
        assert "从业人数" in reasons[5]

    def test_corrected_rows_go_in_from_the_file_that_came_back(self, cast: Cast) -> None:
        rows = [*firms("望江五金厂"), ["抄错代码厂", "91331082712510938A", "古城", "", "", "", "", ""]]
        entry = run(cast.county, bring(cast.county, book(HEADER, *rows)))
        header, row = bad_rows(entry)
        again = run(cast.county, bring(cast.county, book(header, [row[0], GOOD_CODES[1], *row[2:]])))
        assert counts(again) == (1, 0, 0, 0)

    def test_the_name_of_one_that_was_merged_leads_to_where_it_went(self, cast: Cast) -> None:
        firm, old = cast.enterprises["firm"], ["江南机械老厂", "", "古城", "", "", "", "", ""]
        run(cast.county, bring(cast.county, book(HEADER, old)))
        with acting(cast.county) as actor:
            twin = Enterprise.objects.get(name=old[0])
            register.merge_enterprise(actor=actor, merged_id=twin.id, into_id=firm.id, reason="同一家")
        rows = [[*old[:2], "", *old[3:7], 77], ["又一家", "", "古城", "", "", "", "", ""]]
        entry = run(cast.county, bring(cast.county, book(HEADER, *rows)))
        assert counts(entry) == (1, 1, 0, 0)
        now = enterprise(cast.county, id=firm.id)
        assert (now.employee_count, now.name, now.former_names) == (77, firm.name, [old[0]])
        twice = [*rows, [firm.name, firm.unified_social_credit_code, "", "", "", "", "", ""]]
        entry = run(cast.county, bring(cast.county, book(HEADER, *twice)))
        assert counts(entry) == (0, 0, 2, 1)
        assert "同一家企业" in bad_rows(entry)[1][-1]
        with acting(cast.county) as actor:
            anew = register.EnterpriseFacts(name=old[0], region_id=twin.region_id)
            made = register.register_enterprise(actor=actor, facts=anew)
        entry = run(cast.county, bring(cast.county, book(HEADER, [*old[:7], 5])))
        assert counts(entry) == (0, 1, 0, 0)
        assert enterprise(cast.county, id=made.id).employee_count == 5

    def test_a_dry_run_writes_nothing_and_foretells(self, cast: Cast) -> None:
        entry = bring(cast.county, book(HEADER, *firms("望江五金厂", "第二厂")))
        entry = run(cast.county, entry, tasks.check_sheet)
        assert (entry.state, counts(entry)) == (ImportState.CHECKED, (2, 0, 0, 0))
        with acting(cast.county):
            assert not Enterprise.objects.filter(name="望江五金厂").exists()
            assert not ImportedRow.objects.exists()
        assert counts(run(cast.county, entry)) == (2, 0, 0, 0)

    def test_again_changes_nothing_and_blanks_keep_what_is_there(self, cast: Cast) -> None:
        run(cast.county, bring(cast.county, book(HEADER, *firms("望江五金厂", "第二厂"))))
        assert counts(run(cast.county, bring(cast.county, book(HEADER, *firms("望江五金厂", "第二厂"))))) == (
            0,
            0,
            2,
            0,
        )
        changed = ["望江五金总厂", GOOD_CODES[0], "", "井头", "", "", "", ""]
        entry = run(cast.county, bring(cast.county, book(HEADER, changed)))
        assert counts(entry) == (0, 1, 0, 0)
        now = enterprise(cast.county, unified_social_credit_code=GOOD_CODES[0])
        assert (now.name, now.phone, now.region.name, now.version) == ("望江五金总厂", "13712345678", "井头社区", 1)

    @pytest.mark.parametrize("size", [1, 2, 5000])
    def test_two_rows_about_one_enterprise_are_not_both_taken(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch, size: int
    ) -> None:
        monkeypatch.setattr(runs, "SIZE", size)
        run(cast.county, bring(cast.county, book(HEADER, *firms("望江五金厂"))))
        rows = [["望江五金厂", GOOD_CODES[0], "", "", "", "新掌柜", "", ""], ["望江五金厂", "", "", "", "", "", "", 99]]
        entry = run(cast.county, bring(cast.county, book(HEADER, *rows)))
        assert counts(entry) == (0, 1, 0, 1)
        assert "原表第 2 行是同一家企业（名称相同）" in bad_rows(entry)[1][-1]
        now = enterprise(cast.county, name="望江五金厂")
        assert (now.legal_representative, now.employee_count, now.version) == ("新掌柜", 12, 1)

    def test_many_chunks_do_what_one_does(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        run(cast.county, bring(cast.county, book(HEADER, *firms("甲厂", "乙厂"))))
        monkeypatch.setattr(runs, "SIZE", 2)
        rows = [
            ["甲厂改名", GOOD_CODES[0], "", "", "", "", "", ""],
            *[[f"无码{number}厂", "", "古城", "", "", "", "", number] for number in range(4)],
            ["坏厂", "91331082712510938A", "古城", "", "", "", "", ""],
            *firms("", "乙厂")[1:],
        ]
        entry = run(cast.county, bring(cast.county, book(HEADER, *rows)))
        assert counts(entry) == (4, 1, 1, 1)
        with acting(cast.county):
            kept = list(entry.rows.order_by("id"))
            assert [row.number for row in kept] == [2, 3, 4, 5, 6]
        assert merkle.tree_hash([bytes(row.leaf_hash) for row in kept]).hex() == entry.merkle_root

    def test_an_enterprise_without_code_is_found_by_its_name_and_gets_it(self, cast: Cast) -> None:
        run(cast.county, bring(cast.county, book(HEADER, ["无码厂", "", "古城", "", "", "", "", ""])))
        first = enterprise(cast.county, name="无码厂")
        assert first.own_no is not None
        entry = run(cast.county, bring(cast.county, book(HEADER, ["无码厂", GOOD_CODES[2], "古城", "", "", "", "", 7])))
        assert counts(entry) == (0, 1, 0, 0)
        assert enterprise(cast.county, id=first.id).unified_social_credit_code == GOOD_CODES[2]

    def test_one_ledger_entry_with_the_root_of_the_rows(self, cast: Cast) -> None:
        before = ledger_count(cast.county)
        entry = run(cast.county, bring(cast.county, book(HEADER, *firms("望江五金厂", "第二厂", "第三厂"))))
        assert ledger_count(cast.county) == before + 1
        with acting(cast.county):
            written = LedgerEntry.objects.get(subject_id=entry.id)
            leaves = [bytes(row.leaf_hash) for row in ImportedRow.objects.filter(sheet_import=entry)]
        assert written.event == "sheet.imported"
        assert written.payload["merkle_root"] == entry.merkle_root == merkle.tree_hash(leaves).hex()
        assert written.payload["rows"] == 3
        assert "望江" not in str(written.payload)


def ledger_count(actor: Actor) -> int:
    with acting(actor):
        return LedgerEntry.objects.count()


@pytest.mark.django_db
class TestScope:
    def test_another_townships_enterprise_is_out_of_reach(self, cast: Cast) -> None:
        row = ["东湖化工", "91331082704719231X", "", "", "", "", "", ""]
        entry = run(cast.town, bring(cast.town, book(HEADER, row)))
        assert counts(entry) == (0, 0, 0, 1)
        assert "不在您的管辖范围内" in bad_rows(entry)[1][-1]

    def test_a_township_needs_no_place_and_may_not_name_another(self, cast: Cast) -> None:
        rows = [
            ["自家厂", GOOD_CODES[0], "", "", "", "", "", ""],
            ["别家厂", GOOD_CODES[1], "大洋街道", "", "", "", "", ""],
        ]
        entry = run(cast.town, bring(cast.town, book(HEADER, *rows)))
        assert counts(entry) == (1, 0, 0, 1)
        assert enterprise(cast.town, name="自家厂").region == cast.regions["331082001"]

    def test_another_county_has_its_own_row(self, cast: Cast) -> None:
        run(cast.county, bring(cast.county, book(HEADER, *firms("两地厂"))))
        entry = run(cast.other, bring(cast.other, book(HEADER, *firms("两地厂", township="太平"))))
        assert counts(entry) == (1, 0, 0, 0)
        with pytest.raises(NotInScope), acting(cast.county):
            selectors.sheet_import(cast.county, entry.id)

    def test_only_the_office_that_brought_it_goes_on(self, cast: Cast) -> None:
        entry = bring(cast.town, book(HEADER, *firms("望江五金厂")))
        with acting(cast.county), pytest.raises(Forbidden):
            actions.set_mapping(actor=cast.county, import_id=entry.id, mapping=entry.mapping)
        with acting(cast.town2), pytest.raises(NotInScope):
            actions.set_mapping(actor=cast.town2, import_id=entry.id, mapping=entry.mapping)
        with acting(cast.village), pytest.raises(Forbidden):
            actions.upload(actor=cast.village, kind_code="enterprises", file=book(HEADER))


@pytest.mark.django_db
class TestMapping:
    def test_what_the_office_says_is_remembered(self, cast: Cast) -> None:
        header = ["对象", "某号", "哪里", "杂项"]
        row = ["望江五金厂", GOOD_CODES[0], "古城", "x"]
        entry = bring(cast.county, book(header, row))
        assert entry.mapping == ["", "", "", ""]
        chosen = ["name", "unified_social_credit_code", "township", ""]
        with acting(cast.county):
            actions.set_mapping(actor=cast.county, import_id=entry.id, mapping=chosen)
        assert counts(run(cast.county, entry)) == (1, 0, 0, 0)
        assert bring(cast.county, book(header, row)).mapping == chosen
        assert bring(cast.town, book(header, row)).mapping == ["", "", "", ""]
        with acting(cast.county):
            assert ColumnMemory.objects.get().meanings["对象"] == "name"

    def test_a_required_column_has_to_be_there(self, cast: Cast) -> None:
        entry = bring(cast.county, book(["某号", "哪里"], [GOOD_CODES[0], "古城"]))
        with acting(cast.county), pytest.raises(Invalid, match="企业名称"):
            actions.set_mapping(actor=cast.county, import_id=entry.id, mapping=["unified_social_credit_code", ""])
        with acting(cast.county), pytest.raises(Invalid, match="两列"):
            actions.set_mapping(actor=cast.county, import_id=entry.id, mapping=["name", "name"])

    @pytest.mark.parametrize(
        ("content", "says"), [(b"", "空"), (b"%PDF-1.7", "不是 Excel"), (b"PK\x03\x04rubbish", "打不开")]
    )
    def test_what_is_no_table_is_refused(self, cast: Cast, content: bytes, says: str) -> None:
        with acting(cast.county), pytest.raises(Invalid, match=says):
            actions.upload(actor=cast.county, kind_code="enterprises", file=SimpleUploadedFile("a.xlsx", content))

    def test_a_kind_nobody_declared(self, cast: Cast) -> None:
        with acting(cast.county), pytest.raises(Invalid, match="enterprises（企业）"):
            actions.upload(actor=cast.county, kind_code="moons", file=book(HEADER))


@pytest.mark.django_db
def test_the_process_is_as_it_was(cast: Cast) -> None:
    before = sys.getswitchinterval(), gc.get_threshold(), gc.get_freeze_count()
    run(cast.county, bring(cast.county, book(HEADER, *firms("望江五金厂"))))
    assert (sys.getswitchinterval(), gc.get_threshold(), gc.get_freeze_count()) == before


@pytest.mark.django_db
class TestUndo:
    def test_everything_is_as_it_was(self, cast: Cast) -> None:
        earlier = run(cast.county, bring(cast.county, book(HEADER, *firms("望江五金厂"))))
        rows = [["望江新厂", GOOD_CODES[0], "", "井头", "", "新掌柜", "", 99], *firms("", "第二厂")[1:]]
        entry = run(cast.county, bring(cast.county, book(HEADER, *rows)))
        assert counts(entry) == (1, 1, 0, 0)
        new = enterprise(cast.county, unified_social_credit_code=GOOD_CODES[0])
        assert new.former_names == ["望江五金厂"]
        assert new.search_text == text_of_enterprise(new)
        entry = run(cast.county, entry, tasks.undo_sheet)
        assert (entry.state, entry.remaining_count) == (ImportState.UNDONE, 0)
        old = enterprise(cast.county, unified_social_credit_code=GOOD_CODES[0])
        assert old.former_names == []
        assert old.search_text == text_of_enterprise(old)
        assert (old.name, old.legal_representative, old.employee_count) == ("望江五金厂", "掌柜", 12)
        assert (old.region.name, old.region_path) == ("古城街道", old.region.path)
        with acting(cast.county):
            assert not Enterprise.objects.filter(name="第二厂").exists()
        with pytest.raises(Refused, match="已经撤销"):
            run(cast.county, entry, tasks.undo_sheet)
        assert run(cast.county, earlier, tasks.undo_sheet).remaining_count == 0
        with acting(cast.county):
            assert not Enterprise.objects.filter(unified_social_credit_code=GOOD_CODES[0]).exists()

    def test_what_others_built_upon_stays_and_says_why(self, cast: Cast) -> None:
        entry = run(cast.county, bring(cast.county, book(HEADER, *firms("有场所厂", "被改厂", "没事厂"))))
        with acting(cast.county):
            facts = register.SiteFacts(name="厂区", address="路 1 号", region_id=cast.regions["331082001"].id)
            with_site = enterprise(cast.county, name="有场所厂")
            register.register_site(actor=cast.county, enterprise_id=with_site.id, facts=facts)
            edited = enterprise(cast.county, name="被改厂")
            register.edit_enterprise(actor=cast.county, enterprise_id=edited.id, changes={"employee_count": 3})
        entry = run(cast.county, entry, tasks.undo_sheet)
        assert entry.remaining_count == 2
        with acting(cast.county):
            kept = {row.label: row.remaining for row in selectors.remaining(cast.county, entry)}
            left = set(
                Enterprise.objects.filter(name__in=["有场所厂", "被改厂", "没事厂"]).values_list("name", flat=True)
            )
        assert left == set(kept) == {"有场所厂", "被改厂"}
        assert "场所" in kept["有场所厂"]
        assert "又被修改过" in kept["被改厂"]

    def test_so_does_what_a_reference_without_a_way_back_holds(self, cast: Cast) -> None:
        entry = run(cast.county, bring(cast.county, book(HEADER, *firms("像一厂", "像二厂", "没事厂"))))
        pair = [enterprise(cast.county, name=name).id for name in ("像一厂", "像二厂")]
        with acting(cast.county):
            register.mark_distinct(actor=cast.county, enterprise_id=pair[0], other_id=pair[1])
        assert run(cast.county, entry, tasks.undo_sheet).remaining_count == 2
        with acting(cast.county):
            kept = {row.record_id: row.remaining for row in selectors.remaining(cast.county, entry)}
            assert not Enterprise.objects.filter(name="没事厂").exists()
        assert set(kept) == set(pair)
        assert all("不是重复的两家企业" in why for why in kept.values())


@pytest.mark.django_db
def test_a_job_that_fails_leaves_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = bring(cast.county, book(HEADER, *firms("望江五金厂", "第二厂")))

    def die(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the machine is gone")

    with monkeypatch.context() as patch:
        patch.setattr(actions, "_record", die)
        entry = run(cast.county, entry)
    assert entry.state == ImportState.UPLOADED
    with acting(cast.county):
        assert not Enterprise.objects.filter(name="望江五金厂").exists()
    job = selectors.job_of(entry)
    assert job is not None
    assert job.state == "FAILED"
    assert run(cast.county, entry).created_count == 2


@pytest.mark.django_db
def test_what_fails_behind_ends_the_import_and_says_why(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "SIZE", 1)
    entry = bring(cast.county, book(HEADER, *firms("望江五金厂", "第二厂", "第三厂")))
    written: list[int] = []

    def stop(done: int, total: int) -> None:
        written.append(done)
        if done == 2:
            raise RuntimeError("stopped after the second row")

    with acting(cast.county), pytest.raises(RuntimeError, match="after the second row"):
        actions.run_import(actor=cast.county, import_id=entry.id, bad_rows=Path("unused"), progress=stop)
    assert written == [1, 2]
    with acting(cast.county):
        assert not Enterprise.objects.filter(name="望江五金厂").exists()


def test_the_template_is_read_back(cast: Cast, tmp_path: Path) -> None:
    from anlan.sheets.kinds import kind_of
    from anlan.sheets.writing import write_template

    with (tmp_path / "t.xlsx").open("wb") as target:
        write_template(target, kind_of("enterprises"))
    kind = kind_of("enterprises")
    entry = bring(cast.county, SimpleUploadedFile("t.xlsx", (tmp_path / "t.xlsx").read_bytes()))
    assert entry.mapping == [column.name for column in kind.columns]
    assert counts(run(cast.county, entry)) == (0, 0, 0, 0)

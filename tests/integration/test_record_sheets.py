"""Sites, objects, people, grids and what lies in them, from ledgers as offices have them: in, in again, and back."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from anlan.authz.models import Participation
from anlan.authz.scope import acting
from anlan.lib.refusals import Invalid, Refused
from anlan.register.models import Enterprise, ObjectGrid, Site, SiteGrid, SitePerson, SiteRegulator, SupervisedObject
from anlan.sheets import actions, selectors, tasks
from anlan.sheets.choices import ImportState
from anlan.sheets.kinds import kinds_for
from anlan.territory.api import Grid, GridMember
from tests.data.sheets.make import OF_KINDS
from tests.factories.books import book
from tests.factories.cast import Cast
from tests.integration.test_sheets import bad_rows, bring, counts, run

GRID = ["网格名称", "类别", "所属乡镇", "所属村"]


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def ugly(tmp_path: Path, name: str) -> tuple[str, SimpleUploadedFile]:
    kind, write = OF_KINDS[name]
    write(tmp_path / name)
    return kind, SimpleUploadedFile(name, (tmp_path / name).read_bytes())


def held(actor: Any, model: Any) -> set[str]:
    """Everything the county holds of a model, but for the columns that count acts."""
    passing = {"version", "changed_at"}
    names = [field.attname for field in model._meta.concrete_fields if field.attname not in passing]
    with acting(actor):
        return {repr(row) for row in model._base_manager.values_list(*names)}


@pytest.mark.parametrize(
    ("name", "good", "says", "model"),
    [
        ("sites.xlsx", 2, "企业名称：没有找到“没登记的厂”", Site),
        ("objects.xls", 2, "类别：“游乐园”不在可选的内容里", SupervisedObject),
        ("people.xlsx", 2, "职务：“保安”不在可选的内容里", SitePerson),
        ("grids.ods", 1, "太平街道", Grid),
        ("grid-members.xlsx", 2, "岗位：文化一格的网格长（1 人）已满", GridMember),
        ("grid-sites.xlsx", 1, "不在文化一格的区划内", SiteGrid),
    ],
)
def test_an_ugly_ledger_goes_in_once_and_comes_back(
    cast: Cast, tmp_path: Path, name: str, good: int, says: str, model: Any
) -> None:
    if model in (GridMember, SiteGrid):
        row = ["文化一格", "综合", "古城街道", "文化社区"]
        run(cast.county, bring(cast.county, book(GRID, row), "grids"))
    before = held(cast.county, model)
    kind, file = ugly(tmp_path, name)
    entry = run(cast.county, bring(cast.county, file, kind))
    bad = 2 if model is Grid else 1
    assert counts(entry) == (good, 0, 0, bad), entry.first_bad
    assert says in bad_rows(entry)[-1][-1]
    assert len(held(cast.county, model)) == len(before) + good
    again = run(cast.county, bring(cast.county, ugly(tmp_path, name)[1], kind))
    assert counts(again) == (0, 0, good, bad)
    entry = run(cast.county, entry, tasks.undo_sheet)
    assert entry.remaining_count == 0
    assert held(cast.county, model) == before


def test_a_grid_lies_in_one_of_the_same_file(cast: Cast) -> None:
    before = held(cast.county, Grid)
    head = [*GRID, "上级网格"]
    rows = [
        ["一微", "微网格", "古城街道", "文化社区", "文化一格"],
        ["二微", "微网格", "古城街道", "文化社区", "没有的格"],
        ["文化一格", "综合", "古城街道", "文化社区", "古城总格"],
        ["古城总格", "综合", "古城街道", "", ""],
    ]
    entry = run(cast.county, bring(cast.county, book(head, *rows), "grids"))
    assert counts(entry) == (3, 0, 0, 1), entry.first_bad
    assert "没有找到“没有的格”" in bad_rows(entry)[-1][-1]
    with acting(cast.county):
        micro = Grid.objects.select_related("parent__parent").get(name="一微")
    assert (micro.parent.name, micro.parent.parent.name) == ("文化一格", "古城总格")
    assert counts(run(cast.county, bring(cast.county, book(head, *rows), "grids"))) == (0, 0, 3, 1)
    entry = run(cast.county, entry, tasks.undo_sheet)
    assert (entry.remaining_count, held(cast.county, Grid)) == (0, before)


def test_what_stayed_goes_once_nothing_stands_against_it(cast: Cast) -> None:
    """An enterprise before its sites: undone in the wrong order nothing is lost, and the right order is still open."""
    before = held(cast.county, Enterprise), held(cast.county, Site)
    firms = [["甲厂", "古城街道"], ["乙厂", "古城街道"]]
    first = run(cast.county, bring(cast.county, book(["企业名称", "所属乡镇"], *firms), "enterprises"))
    sites = ["甲厂", "二号厂区", "工业路 2 号", "古城街道"]
    second = run(
        cast.county, bring(cast.county, book(["企业名称", "场所名称", "场所地址", "所属乡镇"], sites), "sites")
    )
    assert (counts(first), counts(second)) == ((2, 0, 0, 0), (1, 0, 0, 0)), (first.first_bad, second.first_bad)
    first = run(cast.county, first, tasks.undo_sheet)
    assert (first.state, first.remaining_count) == (ImportState.UNDONE, 1)
    second = run(cast.county, second, tasks.undo_sheet)
    assert (second.state, second.remaining_count) == (ImportState.UNDONE, 0)
    first = run(cast.county, first, tasks.undo_sheet)
    assert (first.state, first.remaining_count) == (ImportState.UNDONE, 0)
    assert (held(cast.county, Enterprise), held(cast.county, Site)) == before
    with acting(cast.county), pytest.raises(Refused):
        actions.check_undoable(first)


def test_where_everything_stays_the_import_is_still_one(cast: Cast) -> None:
    firm = book(["企业名称", "所属乡镇"], ["甲厂", "古城街道"])
    first = run(cast.county, bring(cast.county, firm, "enterprises"))
    head = ["企业名称", "场所名称", "场所地址", "所属乡镇"]
    second = run(cast.county, bring(cast.county, book(head, ["甲厂", "厂区", "某路 2 号", "古城街道"]), "sites"))
    first = run(cast.county, first, tasks.undo_sheet)
    assert (first.state, first.remaining_count) == (ImportState.IMPORTED, 1)
    assert run(cast.county, second, tasks.undo_sheet).state == ImportState.UNDONE
    first = run(cast.county, first, tasks.undo_sheet)
    assert (first.state, first.remaining_count) == (ImportState.UNDONE, 0)


def test_the_words_of_the_street_are_known(cast: Cast) -> None:
    kinds = ["小旅馆", "三小场所", "小作坊", "沿街商铺", "民房"]
    rows = [[f"{kind}一", kind, "古城街道", "某路 1 号"] for kind in kinds]
    entry = run(cast.county, bring(cast.county, book(["名称", "类别", "所属乡镇", "地址"], *rows), "objects"))
    assert counts(entry) == (5, 0, 0, 0), entry.first_bad
    row = ["文化一格", "基础网格", "古城街道", "文化社区"]
    assert counts(run(cast.county, bring(cast.county, book(GRID, row), "grids"))) == (1, 0, 0, 0)
    rows = [["临海市江南机械制造有限公司", "钱总", "总经理"], ["临海市江南机械制造有限公司", "孙科", "安全科长"]]
    entry = run(cast.county, bring(cast.county, book(["企业名称", "姓名", "职务"], *rows), "people"))
    assert counts(entry) == (2, 0, 0, 0), entry.first_bad


class TestSites:
    HEAD = ["企业名称", "场所名称", "场所地址", "所属乡镇", "主管行业", "经营状态"]
    FIRM = "临海市江南机械制造有限公司"

    def test_what_the_ledger_says_stands_in_the_register(self, cast: Cast, tmp_path: Path) -> None:
        entry = run(cast.county, bring(cast.county, ugly(tmp_path, "sites.xlsx")[1], "sites"))
        with acting(cast.county):
            made = Site.objects.select_related("region", "local_unit").get(name="二号厂区")
            sectors = set(SiteRegulator.objects.filter(site=made).values_list("sector", flat=True))
            assert Participation.objects.filter(matter_id=made.id).count() == 1
        assert (made.region.name, made.local_unit.short_name, made.address) == ("文化社区", "古城街道", "工业路 2号")
        assert sectors == {"INDUSTRY", "FIRE"}
        assert made.longitude is not None
        assert 121.12 < made.longitude < 121.13  # Gaode lies 500 m east
        run(cast.county, entry, tasks.undo_sheet)
        with acting(cast.county):
            assert not Participation.objects.filter(matter_id=made.id).exists()

    def test_a_change_is_undone_with_the_departments(self, cast: Cast) -> None:
        site = cast.sites["firm"]
        sectors = lambda: set(SiteRegulator._base_manager.filter(site=site).values_list("sector", flat=True))  # noqa: E731
        with acting(cast.county):
            before = sectors()
        row = [self.FIRM, "", "工业路 99 号", "", "消防、特种设备", ""]
        entry = run(cast.county, bring(cast.county, book(self.HEAD, row), "sites"))
        assert counts(entry) == (0, 1, 0, 0), entry.first_bad
        with acting(cast.county):
            assert Site.objects.get(id=site.id).address == "工业路 99 号"
            assert sectors() == {"FIRE", "SPECIAL_EQUIPMENT"}
        run(cast.county, entry, tasks.undo_sheet)
        with acting(cast.county):
            assert Site.objects.get(id=site.id).address == site.address
            assert sectors() == before

    def test_status_and_place_are_acts_of_their_own(self, cast: Cast) -> None:
        rows = [[self.FIRM, "", "", "", "", "停产"], [self.FIRM, "江南机械厂区", "", "大洋街道", "", ""]]
        for row, says in zip(rows, ("凭证明材料变更", "移交"), strict=True):
            entry = run(cast.county, bring(cast.county, book(self.HEAD, row), "sites"))
            assert says in bad_rows(entry)[-1][-1]

    def test_another_townships_firm_is_out_of_reach(self, cast: Cast) -> None:
        row = ["临海市东湖化工有限公司", "偷加的", "某路", "", "", ""]
        entry = run(cast.town, bring(cast.town, book(self.HEAD, row), "sites"))
        assert counts(entry) == (0, 0, 0, 1)
        assert "不在您的管辖范围内" in bad_rows(entry)[-1][-1]


def test_a_person_gets_another_number_and_the_old_one_back(cast: Cast) -> None:
    head = ["企业名称", "姓名", "职务", "联系电话"]
    row = ["临海市江南机械制造有限公司", "韩安全", "安全员", "13711112222"]
    entry = run(cast.county, bring(cast.county, book(head, row), "people"))
    assert counts(entry) == (0, 1, 0, 0)
    phone = lambda: SitePerson._base_manager.get(site=cast.sites["firm"], name="韩安全").phone  # noqa: E731
    with acting(cast.county):
        assert phone() == "13711112222"
        SitePerson._base_manager.filter(name="韩安全", site=cast.sites["firm"]).update(phone="13700009999")
    entry = run(cast.county, entry, tasks.undo_sheet)
    with acting(cast.county):
        assert phone() == "13700009999"
        assert "又被修改过" in selectors.remaining(cast.county, entry).get().remaining


def test_who_may_import_what(cast: Cast) -> None:
    offered = {name: {kind.code for kind in kinds_for(cast.actors[name])} for name in ("county", "town", "firm")}
    everything = {"sites", "objects", "people", "grids", "grid_members", "grid_sites", "grid_objects"}
    assert everything <= offered["county"]
    assert everything <= offered["town"]
    assert not offered["firm"]
    with acting(cast.town), pytest.raises(Invalid, match="不能导入这一类"):
        actions.upload(actor=cast.town, kind_code="nothing", file=book(GRID))
    entry = run(cast.town, bring(cast.town, book(GRID, ["越界格", "综合", "大洋街道", ""]), "grids"))
    assert "不在您的管辖范围内" in bad_rows(entry)[-1][-1]


class TestObjectsOfGrids:
    """网格内监管对象: by the name within the township; two of a name are not guessed between."""

    HEAD = ["网格名称", "对象名称", "类别", "所属乡镇", "所属村"]

    @pytest.fixture(autouse=True)
    def there(self, cast: Cast, place) -> None:
        run(cast.county, bring(cast.county, book(GRID, ["文化一格", "综合", "古城街道", "文化社区"]), "grids"))
        head = ["名称", "类别", "地址", "所属乡镇", "所属村"]
        rows = [
            ["小吃店", "九小场所", "文化路 1 号", "古城街道", "文化社区"],
            ["便民店", "九小场所", "文化路 2 号", "古城街道", "文化社区"],
            ["便民店", "自建房", "文化路 3 号", "古城街道", "文化社区"],
            ["东边的店", "九小场所", "大洋路 1 号", "大洋街道", ""],
        ]
        assert counts(run(cast.county, bring(cast.county, book(head, *rows), "objects"))) == (4, 0, 0, 0)

    def test_they_join_once_and_come_back(self, cast: Cast) -> None:
        before = held(cast.county, ObjectGrid)
        file = lambda: book(self.HEAD, ["文化一格", "小吃店", "", "", ""], ["文化一格", "便民店", "自建房", "", ""])  # noqa: E731
        entry = run(cast.county, bring(cast.county, file(), "grid_objects"))
        assert counts(entry) == (2, 0, 0, 0), entry.first_bad
        with acting(cast.county):
            placed = ObjectGrid.objects.filter(left_at=None).values_list("supervised_object__address", "kind")
            assert set(placed) == {("文化路 1 号", "COMPREHENSIVE"), ("文化路 3 号", "COMPREHENSIVE")}
        assert counts(run(cast.county, bring(cast.county, file(), "grid_objects"))) == (0, 0, 2, 0)
        assert run(cast.county, entry, tasks.undo_sheet).remaining_count == 0
        assert held(cast.county, ObjectGrid) == before

    @pytest.mark.parametrize(
        ("row", "says"),
        [
            (["文化一格", "便民店", "", "", ""], "叫“便民店”的有 2 处，请写明类别"),
            (["文化一格", "没有的店", "", "", ""], "没有找到“没有的店”"),
            (["文化一格", "东边的店", "", "", ""], "没有找到“东边的店”"),
            (["没有的格", "小吃店", "", "", ""], "没有找到“没有的格”"),
        ],
    )
    def test_what_cannot_be_told_is_refused(self, cast: Cast, row: list[str], says: str) -> None:
        entry = run(cast.county, bring(cast.county, book(self.HEAD, row), "grid_objects"))
        assert counts(entry) == (0, 0, 0, 1)
        assert says in bad_rows(entry)[-1][-1]

    def test_one_of_another_grid_stays_there(self, cast: Cast) -> None:
        run(cast.county, bring(cast.county, book(GRID, ["文化二格", "综合", "古城街道", "文化社区"]), "grids"))
        run(cast.county, bring(cast.county, book(self.HEAD, ["文化一格", "小吃店", "", "", ""]), "grid_objects"))
        entry = run(
            cast.county, bring(cast.county, book(self.HEAD, ["文化二格", "小吃店", "", "", ""]), "grid_objects")
        )
        assert "小吃店已在文化一格" in bad_rows(entry)[-1][-1]

    def test_an_object_moved_by_a_ledger_leaves_its_grid(self, cast: Cast) -> None:
        run(cast.county, bring(cast.county, book(self.HEAD, ["文化一格", "小吃店", "", "", ""]), "grid_objects"))
        moved = book(["名称", "类别", "所属乡镇", "所属村"], ["小吃店", "九小场所", "古城街道", "井头社区"])
        entry = run(cast.county, bring(cast.county, moved, "objects"))
        assert counts(entry) == (0, 1, 0, 0), entry.first_bad
        with acting(cast.county):
            left = ObjectGrid.objects.select_related("supervised_object").get()
            assert left.left_at is not None
            assert left.region_path == left.supervised_object.region_path

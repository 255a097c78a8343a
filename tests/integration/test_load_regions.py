"""``anlan load_regions``: the whole country in one idempotent command."""

from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from anlan.authz.actors import system_actor
from anlan.authz.choices import RegionLevel
from anlan.authz.models import Region
from anlan.authz.scope import acting
from anlan.ledger.models import LedgerEntry
from anlan.lib.refusals import Forbidden, NotInScope
from anlan.territory import api as territory
from anlan.territory.actions import RegionLoad, load_regions
from anlan.territory.reference import Division
from tests.factories.cast import COUNTRY, DIVISIONS, Cast

pytestmark = pytest.mark.django_db


def load(divisions: list[Division]) -> RegionLoad:
    actor = system_actor(COUNTRY)
    with acting(actor):
        return load_regions(actor=actor, divisions=divisions)


def entries() -> list[LedgerEntry]:
    with acting(system_actor(COUNTRY)):
        return list(LedgerEntry.objects.filter(event="region.loaded"))


def test_the_whole_country_twice() -> None:
    for added in (45_381, 0):
        out = StringIO()
        call_command("load_regions", "--county", "331082", stdout=out)
        counts = Counter(Region.objects.values_list("level", flat=True).order_by())
        assert counts == {"PROVINCE": 31, "CITY": 342, "COUNTY": 2_978, "TOWNSHIP": 41_352, "VILLAGE": 678}
        lines = out.getvalue().splitlines()
        assert [line.split("（新增")[0] for line in lines] == [
            "省 31",
            "市 342",
            "县（市、区） 2978",
            "乡镇（街道） 41352",
            "村（社区） 678",
        ]
        assert sum(int(line.split("新增 ")[1].split("，")[0]) for line in lines) == added
    [entry] = entries()
    assert sum(entry.payload["added"].values()) == 45_381


def test_paths_walls_and_parents() -> None:
    load(DIVISIONS)
    village = territory.find_region("331082001001")
    assert (village.path, village.wall_path) == ("33/10/82/001/001/", "33/10/82/")
    assert village.parent is not None
    assert village.parent.name == "古城街道"
    assert territory.find_region("331082").wall_path == "33/10/82/"
    assert territory.find_region("3310").wall_path == "33/10/"
    assert territory.find_region("33").parent is None


def test_a_changed_name_is_taken_over_and_nothing_is_deleted() -> None:
    load(DIVISIONS)
    before = territory.find_region("331082002")
    result = load([*DIVISIONS[:4], Division("331082002", "新大洋街道")])
    after = territory.find_region("331082002")
    assert (after.id, after.path, after.name) == (before.id, before.path, "新大洋街道")
    assert result.renamed == {RegionLevel.TOWNSHIP: 1}
    assert not result.added
    assert Region.objects.count() == len(DIVISIONS)
    assert entries()[-1].payload["renamed"] == {"TOWNSHIP": 1}


def test_a_path_survives_its_code() -> None:
    """A county whose code changed keeps its path; the old code, given to another county, gets another path."""
    load(DIVISIONS)
    Region.objects.filter(code="331082").update(code="331099")
    load([*DIVISIONS[:2], Division("331082", "新县")])
    assert territory.find_region("331099").path == "33/10/82/"
    assert territory.find_region("331082").path == "33/10/82-2/"


def test_only_the_system_loads(cast: Cast) -> None:
    with acting(cast.county), pytest.raises(Forbidden):
        load_regions(actor=cast.county, divisions=[])


def test_a_county_without_village_data() -> None:
    with pytest.raises(CommandError, match="--villages"):
        call_command("load_regions", "--county", "110101", stdout=StringIO())
    assert not Region.objects.exists()


def test_reading(cast: Cast, django_assert_num_queries) -> None:
    village = cast.regions["331082001002"]
    with django_assert_num_queries(1):
        assert territory.breadcrumb(village) == "浙江省 › 台州市 › 临海市 › 古城街道 › 井头社区"
    assert [one.code for one in territory.children(cast.regions["331082"])] == ["331082001", "331082002"]
    assert [one.code for one in territory.search_regions("社区", parent="331082002")] == [
        "331082002001",
        "331082002002",
    ]
    assert [one.name for one in territory.regions_of(cast.town, RegionLevel.VILLAGE)] == ["文化社区", "井头社区"]
    assert territory.region(village.id) == village
    with pytest.raises(NotInScope):
        territory.find_region("999999")

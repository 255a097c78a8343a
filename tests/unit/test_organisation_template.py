"""The templates of organs: complete, consistent, correctly worded."""

from collections import Counter
from pathlib import Path

import pytest

from anlan.authz.choices import Capacity, OrganisationKind, RegionLevel, Sector
from anlan.authz.models import Region
from anlan.organisations.selectors import REGULATORS
from anlan.organisations.template import read_template, stem, township_organ, village_organ

TEMPLATES = Path(__file__).parents[2] / "data" / "reference" / "organisation-templates"
COUNTY = Region(code="331082", name="临海市", level=RegionLevel.COUNTY, path="33/10/82/", wall_path="33/10/82/")
TOWNSHIP = Region(code="331082001", name="古城街道", level=RegionLevel.TOWNSHIP, parent=COUNTY, path="33/10/82/001/")
VILLAGE = Region(name="文化社区", level=RegionLevel.VILLAGE, parent=TOWNSHIP, path="33/10/82/001/001/")

# Those without capacity in law, whatever a county writes into its template (DOMAIN §1).
POWERLESS = {
    OrganisationKind.COMMITTEE,
    OrganisationKind.COMMITTEE_OFFICE,
    OrganisationKind.SPECIAL_COMMITTEE,
    OrganisationKind.SPECIAL_COMMITTEE_OFFICE,
    OrganisationKind.VILLAGE,
}


def plan_of(name: str = "county") -> list:
    return list(read_template(TEMPLATES / f"{name}.toml").plan(COUNTY, [TOWNSHIP, VILLAGE]))


def test_every_sector_has_exactly_one_regulator_in_a_county() -> None:
    regulators = Counter(sector for one in plan_of() if one.kind in REGULATORS for sector in one.sectors)
    assert regulators == Counter(list(Sector))


@pytest.mark.parametrize("name", ["county", "city"])
def test_no_capacity_where_the_law_gives_none(name: str) -> None:
    assert not [one.name for one in plan_of(name) if one.kind in POWERLESS and one.capacity != Capacity.NONE]


@pytest.mark.parametrize("name", ["county", "city"])
def test_parents_come_first_and_names_are_unique(name: str) -> None:
    seen: set[str] = set()
    for one in plan_of(name):
        assert not one.parent_key or one.parent_key in seen, one.name
        assert one.key not in seen
        seen.add(one.key)
    names = [one.name for one in plan_of(name)]
    assert len(names) == len(set(names))
    assert not [name for name in names if "{" in name]


def test_names_below_the_county() -> None:
    below = {one.kind: one for one in plan_of() if one.region is not COUNTY}
    assert below[OrganisationKind.TOWNSHIP].name == "临海市古城街道办事处"
    assert below[OrganisationKind.TOWNSHIP].document_prefix == "临古城"
    assert below[OrganisationKind.TOWNSHIP_OFFICE].short_name == "古城街道应急办"
    assert below[OrganisationKind.VILLAGE].name == "古城街道文化社区居民委员会"
    assert below[OrganisationKind.VILLAGE].seal_name == ""


def test_words_of_divisions() -> None:
    assert [stem(name) for name in ("临海市", "沙县", "玉环市", "三门县", "景宁畲族自治县")] == [
        "临海",
        "沙县",
        "玉环",
        "三门",
        "景宁畲族",
    ]
    assert township_organ("汛桥镇") == "汛桥镇人民政府"
    assert township_organ("头门港经济开发区") == "头门港经济开发区"
    assert village_organ("谢里王村") == "谢里王村村民委员会"
    assert village_organ("南浦居") == "南浦居民委员会"
    assert village_organ("兰辽林场生活区") == "兰辽林场生活区"

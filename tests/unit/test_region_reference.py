"""The published divisions as files."""

from collections import Counter
from pathlib import Path

import pytest

from anlan.authz.choices import RegionLevel
from anlan.territory.actions import mint_path
from anlan.territory.reference import Division, read_divisions, village_name

DIVISIONS = Path(__file__).parents[2] / "data" / "reference" / "divisions"


def test_the_files_hold_the_whole_country() -> None:
    found = Counter(division.level for division in read_divisions(DIVISIONS, ["331082"]))
    assert found == {
        RegionLevel.PROVINCE: 31,
        RegionLevel.CITY: 342,
        RegionLevel.COUNTY: 2_978,
        RegionLevel.TOWNSHIP: 41_352,
        RegionLevel.VILLAGE: 678,
    }


def test_each_parent_comes_before_its_children() -> None:
    seen = {""}
    for division in read_divisions(DIVISIONS, ["331082", "620902"]):
        assert division.parent_code in seen
        assert division.code not in seen
        seen.add(division.code)


def test_a_county_without_villages_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="110101"):
        list(read_divisions(DIVISIONS, ["110101"]))


def test_villages_of_the_county_only_from_a_larger_file(tmp_path: Path) -> None:
    file = tmp_path / "villages.csv"
    file.write_text("code,name,streetCode\n331081001001,甲居委会,1\n331082001001,乙村委会,1\n", encoding="utf-8")
    villages = [d for d in read_divisions(DIVISIONS, ["331081"], file) if d.level == RegionLevel.VILLAGE]
    assert villages == [Division("331081001001", "甲居")]


def test_tails() -> None:
    assert [Division(code, "").tail for code in ("33", "3310", "331082", "331082001", "331082001002")] == [
        "33",
        "10",
        "82",
        "001",
        "002",
    ]


def test_names_of_villages() -> None:
    names = ["谢里王村委会", "南浦居委会", "文化社区居委会", "文化社区", "东方村民委员会", "兰辽林场生活区"]
    assert [village_name(name) for name in names] == [
        "谢里王村",
        "南浦居",
        "文化社区",
        "文化社区",
        "东方村",
        "兰辽林场生活区",
    ]


def test_a_taken_path_gets_a_suffix() -> None:
    assert mint_path("33/", "10", set()) == "33/10/"
    assert mint_path("33/", "10", {"33/10/"}) == "33/10-2/"
    assert mint_path("33/", "10", {"33/10/", "33/10-2/"}) == "33/10-3/"
    assert not "33/10-2/".startswith("33/10/")

"""Parameters of places: an installation's own tables of data, beside the delivered ones."""

import pytest

from anlan.rules import RuleError, evaluate, replay
from anlan.rules.console import main

ON = "2024-06-01"
PLACE = """
region = "{region}"
name = "虚构县"
[sources.fiction]
document = "测试用的虚构裁量基准"
[[version]]
in_force_from = 2022-01-01
cite = "fiction 第一条"
[version.circumstances]
FEW = "涉及 3 人以下"
MANY = "涉及 3 人以上"
[version.violations."97-3"]
cite = "fiction 第九十七条第三项"
grades = [
    {{ grade = "一", text = "轻", when = ["FEW"], unit = [0, 3] }},
    {{ grade = "二", text = "重", when = ["MANY"], unit = [3, {most}] }},
]
"""
FINE = {"violation": "WORK_SAFETY_LAW-97-3", "circumstances": ["MANY"], "province": "990101"}


@pytest.fixture
def own_law(tmp_path, monkeypatch):
    """The folder in which an installation keeps the parameters of its places."""
    monkeypatch.setenv("ANLAN_HOME", str(tmp_path))
    folder = tmp_path / "law" / "penalty_discretion"
    folder.mkdir(parents=True)
    return folder


def test_an_installation_adds_the_table_of_its_place_and_changes_it(own_law):
    assert evaluate("penalty_discretion", FINE, on=ON).figures["grade"] is None
    province, county = own_law / "99.toml", own_law / "990101.toml"
    province.write_text(PLACE.format(region="99", most=10), "utf-8")
    graded = evaluate("penalty_discretion", FINE, on=ON)
    assert (graded.figures["grade"], graded.figures["grade_unit_max_wan"]) == ("二", 10)
    assert graded.version.endswith("+99@2022-01-01.1")
    assert {"document": "测试用的虚构裁量基准", "article": "第九十七条第三项"} in [
        one["citation"] for one in graded.because
    ]
    county.write_text(PLACE.format(region="990101", most=7), "utf-8")
    narrower = evaluate("penalty_discretion", FINE, on=ON)
    assert narrower.figures["grade_unit_max_wan"] == 7
    county.write_text(PLACE.format(region="990101", most=9), "utf-8")
    assert evaluate("penalty_discretion", FINE, on=ON).figures["grade_unit_max_wan"] == 9


def test_a_grade_outside_the_law_is_not_repeated(own_law):
    (own_law / "99.toml").write_text(PLACE.format(region="99", most=11), "utf-8")
    said = evaluate("penalty_discretion", FINE, on=ON)
    assert (said.figures["grade"], said.figures["grade_unit_max_wan"]) == ("二", None)
    assert "超出法律的幅度" in said.to_json()


def test_a_finding_made_before_a_table_is_replayed_without_it(own_law):
    before = evaluate("penalty_discretion", FINE, on=ON)
    (own_law / "99.toml").write_text(PLACE.format(region="99", most=10), "utf-8")
    after = evaluate("penalty_discretion", FINE, on=ON)
    assert replay(before) == before != after == replay(after)
    (own_law / "99.toml").unlink()
    assert replay(after) != after


@pytest.mark.parametrize("text", ["= no toml", 'region = "x"', PLACE.format(region="99", most="-1"), 'region = "99"'])
def test_a_table_that_is_written_wrongly_is_named_and_breaks_nothing(own_law, text, capsys):
    (own_law / "99.toml").write_text(text, "utf-8")
    assert evaluate("penalty_discretion", FINE, on=ON).figures["grade"] is None
    with pytest.raises(SystemExit):
        main("rules", [])
    assert "99.toml" in capsys.readouterr().err


SCHEME = """
region = "99"
name = "虚构省"
[sources.fiction]
document = "测试用的虚构分级"
[[version]]
in_force_from = 2022-01-01
cite = "fiction 第一条"
[version.schemes.FICTION]
cite = "fiction 第二条"
bands = [["MAJOR", ">=", 400], ["LARGER", ">", 200]]
rest = "LOW"
"""


def test_a_province_adds_a_scheme_as_data(own_law):
    folder = own_law.parent / "lec"
    folder.mkdir()
    named = {"D": 400, "scheme": "FICTION", "region": "990000"}
    with pytest.raises(RuleError) as refused:
        evaluate("lec", named, on=ON)
    assert (refused.value.code, refused.value.pointer) == ("bad_shape", "/scheme")
    (folder / "99.toml").write_text(SCHEME, "utf-8")
    said = evaluate("lec", named, on=ON)
    assert (said.value, said.because[0]["citation"]["article"]) == ("MAJOR", "第二条")
    assert evaluate("lec", {**named, "D": 200}, on=ON).value == "LOW"
    assert replay(said) == said
    (folder / "99.toml").write_text(SCHEME.replace('"LOW"', '"NO_LEVEL"'), "utf-8")
    with pytest.raises(RuleError):
        evaluate("lec", named, on=ON)

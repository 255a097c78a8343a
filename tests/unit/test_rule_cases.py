"""Every case in every ``cases.toml`` comes out as it says, and every number of every rule has a citation."""

import json
import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from anlan.rules import RULE_IDS, RuleError, evaluate, load
from anlan.rules.finding import FIGURES
from anlan.rules.local import places, problems
from anlan.rules.params import FOLDER, HEAD, raw_parameters
from anlan.rules.wire import loads


def cases() -> Iterator[Any]:
    for rule_id in RULE_IDS:
        for case in tomllib.loads((FOLDER / rule_id / "cases.toml").read_text("utf-8"), parse_float=Decimal)["case"]:
            yield pytest.param(rule_id, case, id=f"{rule_id}: {case['name']}")


@pytest.mark.parametrize(("rule_id", "case"), list(cases()))
def test_case(rule_id: str, case: dict[str, Any]) -> None:
    if "error" in case:
        with pytest.raises(RuleError) as caught:
            evaluate(rule_id, case["facts"], on=case["on"])
        assert caught.value.code == case["error"]
        assert caught.value.pointer == case.get("pointer", caught.value.pointer)
        assert caught.value.near == case.get("near", caught.value.near)
        return
    finding = evaluate(rule_id, case["facts"], on=case["on"])
    said = loads(finding.to_json())
    assert said["unknown"] == case.get("unknown", [])
    assert said["value"] == case.get("value")
    wanted = case.get("figures", {})
    assert {name: like(said["figures"][name], wanted[name]) for name in wanted} == plain(wanted)
    assert {name: said["figures"][name] for name in case.get("nulls", [])} == dict.fromkeys(case.get("nulls", []))
    assert case.get("because", "") in "；".join(reason["text"] for reason in said["because"])
    assert bool(said["unverified"]) == case.get("unverified", bool(said["unverified"]))


def like(said: Any, wanted: Any) -> Any:
    """``said`` with those keys only that ``wanted`` names."""
    if isinstance(wanted, dict) and isinstance(said, dict):
        return {name: like(said.get(name), item) for name, item in wanted.items()}
    if isinstance(wanted, list) and isinstance(said, list) and len(wanted) == len(said):
        return [like(one, other) for one, other in zip(said, wanted, strict=True)]
    return said


def plain(value: Any) -> Any:
    """A TOML value as the JSON has it."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime) else value


@pytest.mark.parametrize("rule_id", RULE_IDS)
def test_a_rule_is_whole(rule_id: str) -> None:
    rule, parameters = load(rule_id)
    assert rule.id == rule_id
    readme = (FOLDER / rule_id / "README.md").read_text("utf-8")
    assert "存疑" in readme
    assert "影响" in readme.partition("## 变更")[2]
    days = [version.name for version in parameters.versions]
    assert days == sorted(set(days))
    on = max(version.in_force_from for version in parameters.versions)
    empty = evaluate(rule_id, {}, on=on)
    assert (empty.value is None) == bool(empty.unknown)
    assert empty.value in {None, FIGURES, *rule.values}


@pytest.mark.parametrize("rule_id", RULE_IDS)
def test_every_number_has_a_citation(rule_id: str) -> None:
    raw = raw_parameters(rule_id)
    for version in raw["version"]:
        assert version["cite"].split(" ")[0] in raw["sources"]
        tables = {name: value for name, value in version.items() if name not in HEAD}
        assert list(uncited(tables, cited=False)) == []
    assert list(uncited(raw.get("common", {}), cited=False)) == []


def uncited(value: Any, *, cited: bool, path: str = "") -> Iterator[str]:
    """Paths of numbers that stand in no table with a ``cite``."""
    if isinstance(value, dict):
        here = cited or "cite" in value
        for name, item in value.items():
            yield from uncited(item, cited=here, path=f"{path}/{name}")
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from uncited(item, cited=cited, path=f"{path}/{place}")
    elif isinstance(value, int | Decimal) and not isinstance(value, bool) and not cited:
        yield path


def test_every_delivered_table_of_a_place_reads_and_has_citations():
    for rule_id in RULE_IDS:
        rule, _ = load(rule_id)
        assert rule.read_local is not None or not places(rule_id)
        assert problems({rule_id: rule.read_local or dict}) == []
        for path in sorted((FOLDER / rule_id).glob("local/*.toml")):
            raw = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
            assert path.stem == raw["region"]
            for version in raw["version"]:
                tables = {name: value for name, value in version.items() if name not in HEAD}
                assert list(uncited(tables, cited=False)) == []


def test_a_number_without_a_citation_is_found() -> None:
    assert list(uncited({"a": {"cite": "x 1", "n": 1}, "b": {"n": [2]}}, cited=False)) == ["/b/n/0"]


def test_a_finding_is_json_that_any_reader_reads() -> None:
    said = json.loads(evaluate("accident_grade", {"deaths": 3}, on="2024-03-01").to_json())
    assert list(said) == [
        *("rule", "version", "in_force_from", "on", "value", "label", "unknown", "because"),
        *("citation", "unverified", "inputs", "figures"),
    ]

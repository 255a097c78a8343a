"""Properties of the rules, the kernel's errors, and the command."""

import io
import itertools
import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.rules import RULE_IDS, RuleError, evaluate, load
from anlan.rules.console import answer_lines
from anlan.rules.facts import schema_of
from anlan.rules.grades import ORDER
from anlan.rules.major_hidden_danger.rule import judge
from anlan.rules.wire import dumps, loads, number_text

QUICK = settings(max_examples=40, deadline=None)
ON = "2024-06-01"
numbers = st.fixed_dictionaries(
    {
        "deaths": st.integers(0, 60),
        "serious_injuries": st.integers(0, 160),
        "direct_loss_wan": st.decimals(0, 25000, places=2),
    }
)


def error_of(rule_id: str, facts: object, on: str = ON) -> RuleError:
    with pytest.raises(RuleError) as caught:
        evaluate(rule_id, facts, on=on)
    return caught.value


@QUICK
@given(numbers, st.sampled_from(["deaths", "serious_injuries", "direct_loss_wan"]), st.integers(0, 50))
def test_more_harm_never_lowers_a_grade(facts, measure, more):
    before = evaluate("accident_grade", facts, on=ON).value
    after = evaluate("accident_grade", {**facts, measure: facts[measure] + more}, on=ON).value
    assert ORDER.index(after) >= ORDER.index(before)


@QUICK
@given(numbers, st.sampled_from(["deaths", "serious_injuries", "direct_loss_wan"]))
def test_a_withheld_measure_is_unknown_only_if_it_can_still_change_the_grade(facts, withheld):
    whole = evaluate("accident_grade", facts, on=ON)
    part = evaluate("accident_grade", {**facts, withheld: None}, on=ON)
    if part.value is None:
        assert part.unknown == [withheld]
        assert part.figures["at_least"] != "EXTRAORDINARY"
    else:
        assert part.value == whole.value == "EXTRAORDINARY"
    assert ORDER.index(part.figures["at_least"]) <= ORDER.index(whole.value) <= ORDER.index(part.figures["at_most"])


@pytest.mark.parametrize(
    ("measure", "edge", "grade", "below"),
    [
        ("deaths", 30, "EXTRAORDINARY", "MAJOR"),
        ("deaths", 10, "MAJOR", "LARGER"),
        ("deaths", 3, "LARGER", "ORDINARY"),
        ("serious_injuries", 100, "EXTRAORDINARY", "MAJOR"),
        ("serious_injuries", 50, "MAJOR", "LARGER"),
        ("serious_injuries", 10, "LARGER", "ORDINARY"),
        ("direct_loss_wan", 10000, "EXTRAORDINARY", "MAJOR"),
        ("direct_loss_wan", 5000, "MAJOR", "LARGER"),
        ("direct_loss_wan", 1000, "LARGER", "ORDINARY"),
    ],
)
def test_both_sides_of_every_threshold_of_the_grade(measure, edge, grade, below):
    none = {"deaths": 0, "serious_injuries": 0, "direct_loss_wan": 0}
    step = Decimal("0.000001") if measure == "direct_loss_wan" else 1
    assert evaluate("accident_grade", {**none, measure: edge}, on=ON).value == grade
    assert evaluate("accident_grade", {**none, measure: edge - step}, on=ON).value == below


@QUICK
@given(numbers, st.integers(0, 30), st.integers(0, 3))
def test_a_fine_stays_inside_the_frame_and_grows_with_the_harm(facts, more, place):
    name = ["deaths", "serious_injuries", "direct_loss_wan"][place % 3]
    facts = {**facts, "deaths": facts["deaths"] + 1, "act": "LIABLE"}
    for sector in ("GENERAL", "COAL_MINE"):
        less = evaluate("accident_fine", {**facts, "sector": sector}, on=ON).figures
        worse = evaluate("accident_fine", {**facts, "sector": sector, name: facts[name] + more}, on=ON).figures
        assert less["unit_law_min_wan"] <= less["unit_min_wan"] <= less["unit_max_wan"] <= less["unit_law_max_wan"]
        assert worse["unit_min_wan"] >= less["unit_min_wan"]
        assert worse["unit_max_wan"] >= less["unit_max_wan"]


NAMES = ["氨", "液氯", "甲醇", "汽油", "光气", "天然气", "乙炔", "苯"]
substances = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(NAMES),
            "class": st.sampled_from(["W2", "W5.3", "J1"]),
            "q_t": st.decimals(0, 900, places=3),
        }
    ),
    max_size=5,
)
populations = st.integers(0, 200)


def severity(value: str) -> int:
    return 5 if value == "NOT_MAJOR" else int(value[-1])


@QUICK
@given(substances, populations, st.randoms())
def test_adding_never_lowers_s_or_r_and_order_does_not_matter(some, population, random):
    whole = evaluate("major_hazard_source", {"substances": some, "population_500m": population}, on=ON)
    less = evaluate("major_hazard_source", {"substances": some[:-1], "population_500m": population}, on=ON)
    assert whole.figures["S"] >= less.figures["S"]
    assert whole.figures["R"] >= less.figures["R"]
    assert severity(whole.value) <= severity(less.value)
    shuffled = random.sample(some, len(some))
    again = evaluate("major_hazard_source", {"substances": shuffled, "population_500m": population}, on=ON)
    assert (again.value, again.figures["S"], again.figures["R"]) == (
        *(whole.value, whole.figures["S"], whole.figures["R"]),
    )


@QUICK
@given(substances.filter(bool), populations, st.sampled_from(["class", "population_500m"]))
def test_a_level_withheld_facts_leave_open_can_really_differ(some, population, withheld):
    facts = {"substances": [dict(one) for one in some], "population_500m": population}
    whole = evaluate("major_hazard_source", facts, on=ON).value
    if withheld == "class":
        facts["substances"][0].pop("class")
        others = [{**facts["substances"][0], "class": symbol} for symbol in ("W2", "W3", "J1", "J3")]
        every = [{**facts, "substances": [one, *facts["substances"][1:]]} for one in others]
    else:
        facts.pop("population_500m")
        every = [{**facts, "population_500m": people} for people in (0, 1, 30, 50, 100)]
    part = evaluate("major_hazard_source", facts, on=ON)
    possible = {evaluate("major_hazard_source", one, on=ON).value for one in every}
    assert (part.value is None) == (len(possible) > 1)
    if part.value is not None:
        assert possible == {part.value} == {whole}


@pytest.mark.parametrize(
    ("population", "alpha"),
    [(0, "0.5"), (1, "1"), (29, "1"), (30, "1.2"), (49, "1.2"), (50, "1.5"), (99, "1.5"), (100, "2")],
)
def test_both_sides_of_every_band_of_alpha(population, alpha):
    facts = {"substances": [{"name": "氨", "q_t": 10}], "population_500m": population}
    assert evaluate("major_hazard_source", facts, on=ON).figures["alpha"] == Fraction(alpha)


@pytest.mark.parametrize(
    ("q_t", "value"),
    [("49.99", "LEVEL_4"), ("50", "LEVEL_3"), ("249.99", "LEVEL_3"), ("250", "LEVEL_2"), ("500", "LEVEL_1")],
)
def test_both_sides_of_every_level(q_t, value):
    """Ammonia: Q 10 t, β 2, one person around: R = q / 5."""
    facts = {"substances": [{"name": "氨", "q_t": Decimal(q_t)}], "population_500m": 1}
    assert evaluate("major_hazard_source", facts, on=ON).value == value


@pytest.mark.parametrize(
    ("facts", "code", "pointer"),
    [
        ([], "bad_shape", ""),
        ({"deaths": True}, "bad_shape", "/deaths"),
        ({"deaths": "3"}, "bad_shape", "/deaths"),
        ({"deaths": 1.5}, "bad_shape", "/deaths"),
        ({"deaths": 10**40}, "bad_shape", "/deaths"),
        ({"direct_loss_wan": Decimal("1E+999999")}, "bad_shape", "/direct_loss_wan"),
        ({"direct_loss_wan": Decimal("NaN")}, "bad_shape", "/direct_loss_wan"),
        ({"kind": "road"}, "bad_shape", "/kind"),
        ({"later": [{"day": 1, "dead": 1}]}, "unknown_key", "/later/0/dead"),
        ({"later": {}}, "bad_shape", "/later"),
    ],
)
def test_refusals_point_at_what_was_sent(facts, code, pointer):
    error = error_of("accident_grade", facts)
    assert (error.code, error.pointer) == (code, pointer)


@pytest.mark.parametrize("text", ["", "{", "NaN", '{"a":1,"a":2}', "[" * 100000, b"\xff", '{"n":' + "9" * 5000 + "}"])
def test_what_is_no_json_is_a_bad_shape(text):
    with pytest.raises(RuleError) as caught:
        loads(text)
    assert caught.value.code == "bad_shape"


@QUICK
@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_numbers_keep_their_digits(number):
    assert loads(dumps({"n": number}))["n"] == number
    assert Decimal(number_text(Fraction(number))) == number
    assert "E" not in number_text(number)


def test_a_quotient_has_its_digits_and_no_noise():
    assert number_text(Fraction(11, 10)) == "1.1"
    assert number_text(Fraction(1, 3)).startswith("0.333333333333")
    assert number_text(Decimal("1000")) == "1000"


def test_a_stored_finding_is_replayed_under_its_own_version():
    facts = {"grade": "ORDINARY", "act": "LIABLE"}
    today = evaluate("accident_fine", facts, on=ON)
    then = evaluate("accident_fine", facts, on=ON, version_name="2021-09-01.1")
    assert (today.version, today.value) == ("2024-05-01.1", None)
    assert (then.version, then.figures["unit_max_wan"]) == ("2021-09-01.1", 100)
    assert evaluate("accident_fine", then.inputs, on=then.on, version_name=then.version) == then


def test_one_line_out_for_one_line_in():
    lines = io.BytesIO(b'{"deaths":30}\n\nnot json\n{"grade":1}\n{"deaths":3,"serious_injuries":0,"direct_loss_wan":0}')
    out = io.StringIO()
    assert answer_lines("accident_grade", ON, lines, out) == 2
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [answer.get("value") or answer["error"]["code"] for answer in answers] == [
        *("EXTRAORDINARY", "bad_shape", "bad_shape", "unknown_key", "LARGER")
    ]


def test_a_broken_letter_goes_back_as_it_came():
    lines = io.BytesIO(b'\xef\xbb\xbf{"deaths":30}\n{"\\ud800":1}\n')
    out = io.StringIO()
    answer_lines("accident_grade", ON, lines, out)
    first, second = out.getvalue().encode().decode().splitlines()
    assert json.loads(first)["value"] == "EXTRAORDINARY"
    assert json.loads(second)["error"]["code"] == "unknown_key"


def run(*words: str, facts: str = "") -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("anlan")), *words]
    return subprocess.run(command, input=facts, capture_output=True, text=True, check=False)


def test_the_command_answers_and_refuses():
    said = run("rule", "accident_grade", "--on", ON, facts='{"deaths": 30}')
    assert (said.returncode, json.loads(said.stdout)["value"]) == (0, "EXTRAORDINARY")
    refused = run("rule", "accident_grade", "--on", "2001-01-01", facts="{}")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert json.loads(refused.stderr)["error"]["code"] == "before_first_version"
    assert run("rule", "accident_grad", "--on", ON).returncode == 2


def test_rules_load_no_django():
    seen = "import sys, anlan.config.cli, anlan.rules.console, anlan.rules as r\nfor i in r.RULE_IDS: r.load(i)\n"
    seen += "assert not [m for m in sys.modules if m.split('.')[0] in ('django', 'ninja', 'psycopg')]"
    subprocess.run([sys.executable, "-c", seen], check=True)


def open_facts(rule_id: str, choices: dict[str, list], fixed: dict) -> list[str]:
    """Facts whose withholding is not answered with null exactly when their values differ in the outcome."""
    wrong = []
    for values in itertools.product(*choices.values()):
        facts = {**fixed, **dict(zip(choices, values, strict=True))}
        for name, every in choices.items():
            possible = {evaluate(rule_id, {**facts, name: one}, on="2026-08-01").value for one in every}
            part = evaluate(rule_id, {**facts, name: None}, on="2026-08-01")
            if (part.value is None) != (len(possible) > 1) or (part.value is not None and part.value not in possible):
                wrong.append(f"{name} in {facts}: {part.value} {part.unknown}, {possible}")
    return wrong


VISIT = {"on": "2026-02-01", "organ": "晋城市应急管理局"}
AT = {"sampled_at": "2024-06-01T08:00:00+08:00", "starts_at": "2024-06-01T08:10:00+08:00"}


@pytest.mark.parametrize(
    ("rule_id", "choices", "fixed"),
    [
        (
            "no_penalty",
            {
                "minor": [True, False],
                "corrected_in_time": [True, False],
                "harm": ["NONE", "MINOR", "SERIOUS"],
                "earlier_violations": [0, 1],
            },
            {},
        ),
        ("safety_staff", {"industry": ["OTHER", "TRANSPORT"], "employees": [100, 101]}, {}),
        (
            "confined_space_entry",
            {
                "o2_vol_percent": [20, 19],
                "gas_vol_percent": [Decimal("0.1"), Decimal("0.3"), Decimal("0.6")],
                "lel_vol_percent": [5, 3],
                "guardian": [True, False],
                "toxics": [[], [{"mg_m3": 2, "limit_mg_m3": 1}]],
            },
            {**AT, "interrupted_minutes": 0, "ventilated": True, "isolated": True},
        ),
        (
            "hot_work_gas",
            {"interrupted_minutes": [0, 45, 61], "work_level": ["FIRST", "SECOND"], "guardian": [True, False]},
            {**AT, "gas_vol_percent": 0},
        ),
        (
            "inspection_cap",
            {"standing": ["GRADE_1", "GRADE_2", "GRADE_3", "NOT_GRADED"], "inspections": [[], [VISIT], [VISIT] * 6]},
            {"region": "140500", "industry": "OTHER", "organ": VISIT["organ"]},
        ),
        ("risk_matrix", {"likelihood": [1, 2, 3, 4, 5], "severity": [1, 2, 3, 4, 5]}, {}),
        ("risk_colour", {"level": ["MAJOR", "LOW"]}, {"conditions": [{"at_least": "RED"}]}),
        (
            "accident_type_code",
            {"deaths": [0, 1], "serious_injuries": [0, 1], "minor_injuries": [0, 1]},
            {"by": "INJURY"},
        ),
    ],
)
def test_a_withheld_fact_is_unknown_exactly_when_it_can_change_the_value(rule_id, choices, fixed):
    assert open_facts(rule_id, choices, fixed) == []


def test_a_clause_is_open_only_while_it_can_still_hold():
    parts = [["a", "b"], ["c"]]
    assert judge(parts, {"a": True, "b": True}) == ("ESTABLISHED", [])
    assert judge(parts, {"a": True}) == ("OPEN", ["b", "c"])
    assert judge(parts, {"a": False}) == ("OPEN", ["c"])
    assert judge(parts, {"a": False, "c": False}) == ("NOT", [])


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**20),
    st.decimals(-1, 10**6, places=2),
    st.sampled_from(["", "x", "2024-02-30", "2024-01-05", "2024-01-05T00:00:00+08:00", "氨"]),
    st.just([]),
    st.just({}),
    st.just([None]),
    st.just([{"a": 1}]),
)


def conforming(schema: dict) -> st.SearchStrategy:
    """Values that a published schema of facts allows, and null."""
    if "enum" in schema:
        return st.sampled_from([*schema["enum"], None])
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    if kind == "object":
        fields = {name: conforming(inner) for name, inner in schema["properties"].items()}
        return st.fixed_dictionaries({}, optional=fields) if len(fields) < 30 else st.just({})
    if kind == "array":
        return st.lists(conforming(schema["items"]), max_size=2) | st.none()
    if kind == "integer":
        return st.integers(schema.get("minimum", -2), 130) | st.none()
    if kind == "number":
        return st.decimals(schema.get("minimum", 0), schema.get("maximum", 12000), places=2) | st.none()
    if kind == "boolean":
        return st.booleans() | st.none()
    by_format = {"date": st.dates(date(1901, 1, 1), date(2990, 1, 1)).map(date.isoformat)}
    by_format["date-time"] = st.sampled_from(["2024-05-01T08:00:00+08:00", "2024-05-01T00:20:00Z", None])
    return by_format.get(schema.get("format", ""), st.sampled_from(["A", "330000", "5523", None]))


def answer(rule_id: str, facts: object, on: object) -> dict:
    """The JSON that a caller gets, finding or error."""
    try:
        return json.loads(evaluate(rule_id, facts, on=on).to_json())
    except RuleError as error:
        return json.loads(dumps(error.as_json()))


@pytest.mark.parametrize("rule_id", RULE_IDS)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_facts_that_fit_the_schema_get_a_finding_or_a_refusal(rule_id, data):
    rule, parameters = load(rule_id)
    facts = data.draw(conforming(schema_of(rule.facts)))
    said = answer(
        rule_id, facts, data.draw(st.sampled_from([version.in_force_from for version in parameters.versions]))
    )
    if "error" in said:
        assert said["error"]["code"] != "before_first_version"
        return
    assert (said["value"] is None) == bool(said["unknown"])
    assert set(said["figures"]) == set(rule.figures)
    assert all(reason["text"] for reason in said["because"])


@pytest.mark.parametrize("rule_id", RULE_IDS)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_junk_is_refused_and_never_breaks_a_rule(rule_id, data):
    rule, _ = load(rule_id)
    facts = data.draw(st.dictionaries(st.sampled_from([*rule.facts, "x/~y"]), JUNK, max_size=3))
    said = answer(rule_id, facts, "2026-08-01")
    if "x/~y" in facts:
        assert "error" in said
    assert ("error" in said) or said["rule"] == rule_id

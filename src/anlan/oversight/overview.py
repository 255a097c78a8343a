"""The page of numbers: one pass over each table it counts, however many rows, indicators and parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.html import format_html

from anlan.authz.actors import Actor
from anlan.oversight.addresses import number_at, number_url, rows_at, said
from anlan.oversight.catalogue import INDICATORS, Indicator, narrows_for, splits_for
from anlan.oversight.populations import AGES, OLDEST
from anlan.oversight.questions import Question
from anlan.oversight.selectors import Arm, Counted, Figure, count, labels_of

MONTHS = 12
LATE_UNITS = 10
TONES = {"overdue": ("red", "due-late"), "major_open": ("red", "level-major")}
TILES = (
    *("found", "rectification_rate", "open", "overdue", "major_found", "major_rectification_rate", "on_time_rate"),
    *(
        "release_rate",
        "controls_rate",
        "bounce_rate",
        "checks",
        "enterprises_checked",
        "findings_per_check",
        "self_found",
    ),
)
SOURCES = {"hidden_danger": "隐患台账", "check": "检查台账", "self_check_finding": "企业自查"}
TABLE = ("found", "closed", "rectification_rate", "open", "overdue")
COLUMNS = {
    "month": TABLE[:3],
    "age": ("open", "overdue"),
    "organisation": ("overdue", "open"),
    "region": (*TABLE, "major_found"),
    "sector": TABLE,
    "source": TABLE[:3],
}
"""What the table of each split shows."""
APART = ("open", "overdue")
"""Beside these stands what enterprises found themselves, which is not among them."""
LEFT = ("overdue", "open")
"""Drawn as one bar: what is late, and the rest of what is open."""


@dataclass(frozen=True)
class Tile:
    label: str
    value: str | None
    unit: str
    url: str
    note: str
    title: str
    source: str
    updated: datetime | None
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Cell:
    text: str
    url: str = ""
    is_late: bool = False

    @property
    def td(self) -> str:
        """Put together here: a page has some hundreds of them, and a template takes ten times as long."""
        late = " late" if self.is_late else ""
        if not self.url:
            return format_html('<td class="num{}"><span class="muted">{}</span></td>', late, self.text)
        return format_html('<td class="num{}"><a href="{}">{}</a></td>', late, self.url, self.text)


@dataclass(frozen=True)
class Row:
    label: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Table:
    """A table, and the chart that draws it. ``chart`` goes into the page as JSON under ``id``; one of
    ``shape`` full stands across the page with its table open, a tall one beside two others."""

    id: str
    heading: str
    hint: str
    first_column: str
    columns: Sequence[str]
    rows: Sequence[Row]
    chart: dict[str, Any]
    total: Row | None = None
    shape: str = ""


@dataclass(frozen=True)
class Overview:
    tiles: Sequence[Tile]
    tables: Sequence[Table]
    left_out: Sequence[str]


def arms_of(actor: Actor, asked: Question) -> list[Arm]:
    """The whole, and every way the page splits it."""
    splits = ["region", "sector", "organisation", "source", "age"]
    if actor.is_enterprise:
        splits.remove("source")
    trend = asked.last_months(MONTHS)
    return [Arm("all", asked), Arm("month", trend, "month"), *(Arm(split, asked, split) for split in splits)]


def indicators_for(actor: Actor, asked: Question) -> list[Indicator]:
    """Those that the filters in force narrow; the others would say more than was asked."""
    in_force = {name for name in ("sector", "source", "level") if getattr(asked, name)}
    return [one for one in INDICATORS.values() if in_force <= set(narrows_for(actor, one))]


def _shown_of(arm: Arm) -> Arm:
    """Of a split no more than its table shows is counted."""
    return replace(arm, codes=COLUMNS[arm.split]) if arm.split else arm


def overview(actor: Actor, asked: Question) -> Overview:
    shown = indicators_for(actor, asked)
    arms = [_shown_of(arm) for arm in arms_of(actor, asked)]
    counted = count(actor, arms, shown)
    present = {one.code for one in shown}
    tiles = [_tile(counted, INDICATORS[code], asked) for code in TILES if code in present]
    return Overview(
        tiles=tiles,
        tables=[table for table in tables_of(actor, counted, arms) if table.rows],
        left_out=[INDICATORS[code].name for code in TILES if code not in present],
    )


def _tile(counted: Counted, one: Indicator, asked: Question) -> Tile:
    found = counted.figure(one, "all")
    kind = one.measures[0].population.code
    tone, icon = TONES.get(one.code, ("", "")) if found.numerator else ("", "")
    return Tile(
        label=one.name,
        value=text_of(found),
        unit=one.unit if found.value is not None else "",
        url=number_url(one, asked),
        note=_note(counted, one, found),
        title=one.formula,
        source=SOURCES[kind],
        updated=counted.changed_at.get(kind),
        tone=tone,
        icon=icon,
    )


def _note(counted: Counted, one: Indicator, found: Figure) -> str:
    """Both numbers of a rate; what became of a count; what enterprises found themselves, where it is counted apart."""
    if one.denominator:
        return f"{found.numerator:,} ÷ {found.denominator:,}" if found.denominator else "没有可算的数"
    if one.code in APART:
        apart = counted.figure(INDICATORS[f"self_{one.code}"], "all").numerator
        return f"另有企业自查 {apart:,}" if apart else ""
    follows = {
        "found": ("closed", "已销号"),
        "major_found": ("major_closed", "已销号"),
        "self_found": ("self_closed", "已改"),
    }
    if one.code not in follows:
        return ""
    code, word = follows[one.code]
    return f"{word} {counted.figure(INDICATORS[code], 'all').numerator:,}"


def text_of(found: Figure) -> str | None:
    """As it is read; None where there is nothing to divide by."""
    return None if found.value is None else f"{found.value:,}"


# ── tables and their charts ──────────────────────────────────────────────────────────────────────────────────────────


def tables_of(actor: Actor, counted: Counted, arms: Sequence[Arm]) -> list[Table]:
    asked = {arm.name: arm.asked for arm in arms}
    by_region = _by(counted, asked["region"], "region", "按属地")
    found = [
        _trend(counted, asked["month"]),
        _ages(counted, asked["age"]),
        _late_units(counted, asked["organisation"]),
        replace(by_region, shape="full", total=_total(counted, asked["all"])),
        _by(counted, asked["sector"], "sector", "按行业领域"),
    ]
    if "source" in splits_for(actor, INDICATORS["found"]):
        found.append(_by(counted, asked["source"], "source", "排查渠道", ("found", "closed")))
    return found


def _trend(counted: Counted, asked: Question) -> Table:
    """Each month's finds with their state at the end of the period; months without any are there too."""
    parts = [(key, key, key) for key in asked.months]
    table = _table(counted, asked, "month", "近 12 个月", parts, COLUMNS["month"], "columns")
    return replace(table, shape="tall", first_column="登记月份", hint="按登记月份，状态取截止日")


def _by(counted: Counted, asked: Question, split: str, heading: str, drawn: Sequence[str] = LEFT) -> Table:
    any_of = [code for code in ("found", "open") if code in COLUMNS[split]]
    keys = [key for key in counted.keys(split) if any(_n(counted, code, split, key) for code in any_of)]
    labels = labels_of(split, keys, counted.names)
    parts = [(key, *labels[key]) for key in keys]
    found = {key: 0 if split == "region" else -_n(counted, "found", split, key) for key in keys}
    parts.sort(key=lambda part: (part[0] == "", found[part[0]], part[0]))
    return _table(counted, asked, split, heading, parts, drawn, "bars")


def _n(counted: Counted, code: str, split: str, key: str) -> int:
    return counted.figure(INDICATORS[code], split, key).numerator


def _ages(counted: Counted, asked: Question) -> Table:
    parts = [(str(days), str(days), label) for days, label in AGES] + [("more", "more", OLDEST)]
    if not any(counted.figure(INDICATORS["open"], "age", key).numerator for key, _, _ in parts):
        parts = []
    table = _table(counted, asked, "age", "未销号有多久", parts, LEFT, "bars")
    return replace(table, hint="自登记之日起", first_column="已有")


def _late_units(counted: Counted, asked: Question) -> Table:
    split, late = "organisation", INDICATORS["overdue"]
    keys = [key for key in counted.keys(split) if counted.figure(late, split, key).numerator]
    keys.sort(key=lambda key: (-counted.figure(late, split, key).numerator, counted.names.get(key, "")))
    parts = [(key, *labels_of(split, [key], counted.names)[key]) for key in keys[:LATE_UNITS]]
    table = _table(counted, asked, split, "整改逾期按主办单位", parts, ("overdue",), "bars")
    hint = f"共 {len(keys)} 家，只列前 {LATE_UNITS}" if len(keys) > LATE_UNITS else ""
    return replace(table, hint=hint, first_column="主办单位")


SERIES_TONES = {
    "found": "slate",
    "closed": "green",
    "open": "teal",
    "overdue": "red-solid",
    "rectification_rate": "indigo",
}
FIRST_COLUMN = {"region": "属地", "sector": "行业领域", "source": "渠道"}


def _table(
    counted: Counted,
    asked: Question,
    split: str,
    heading: str,
    parts: Sequence[tuple[str, str, str]],
    drawn: Sequence[str],
    kind: str,
) -> Table:
    codes = COLUMNS[split]
    queries = {key: said(asked.part(split, public)) for key, public, _ in parts}
    rows = [_row(counted, split, codes, key, label, queries[key]) for key, _, label in parts]
    shown = [part for part in parts if kind == "columns" or any(_n(counted, code, split, part[0]) for code in drawn)]
    series = [_series(counted, split, code, [key for key, *_ in shown], queries) for code in drawn]
    if drawn == LEFT:
        late, rest = series
        rest |= {"name": "其余未销号", "values": [n - m for n, m in zip(rest["values"], late["values"], strict=True)]}
        late["stack"] = rest["stack"] = "open"
    return Table(
        id=f"chart-{split}",
        heading=heading,
        hint="",
        first_column=FIRST_COLUMN.get(split, ""),
        columns=[INDICATORS[code].name for code in codes],
        rows=rows,
        chart={"kind": kind, "categories": [label for _, _, label in shown], "series": series},
    )


def _total(counted: Counted, asked: Question) -> Row:
    return _row(counted, "", COLUMNS["region"], "", "合计", said(asked.part("", "")))


def _row(counted: Counted, split: str, codes: Sequence[str], key: str, label: str, query: str) -> Row:
    """``query`` is what the row's addresses ask."""
    cells = []
    for code in codes:
        one = INDICATORS[code]
        found = counted.figure(one, split or "all", key)
        text = text_of(found)
        url = number_at(one, query) if found.numerator or found.denominator else ""
        unit = "%" if one.is_percent and text else ""
        cells.append(Cell(f"{text or '—'}{unit}", url, code == "overdue" and bool(found.numerator)))
    return Row(label, cells)


def _series(counted: Counted, split: str, code: str, keys: Sequence[str], queries: Mapping[str, str]) -> dict[str, Any]:
    one = INDICATORS[code]
    values = [counted.figure(one, split, key).value for key in keys]
    return {
        "name": one.name,
        "tone": SERIES_TONES[code],
        "unit": one.unit,
        "values": [None if value is None else float(value) for value in values],
        "urls": [rows_at(one, "numerator", queries[key]) for key in keys],
    }

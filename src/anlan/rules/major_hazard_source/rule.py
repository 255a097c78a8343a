"""Major hazard sources by GB 18218—2018: S, R and the level of every unit, with the table of why."""

from fractions import Fraction
from typing import Any

from anlan.rules.errors import RuleError
from anlan.rules.facts import Field, amount, choice, count, group, many, words
from anlan.rules.major_hazard_source.book import Book, book_of, plain
from anlan.rules.major_hazard_source.units import KEYS, KINDS, NOT_MAJOR, Scale, Substance, Sums, Unit, join
from anlan.rules.registry import Case, Rule
from anlan.rules.wire import number_text

SYMBOLS = (
    *("J1", "J2", "J3", "J4", "J5", "W1.1", "W1.2", "W1.3", "W2", "W3", "W4", "W5.1", "W5.2", "W5.3", "W5.4"),
    *("W6.1", "W6.2", "W7.1", "W7.2", "W8", "W9.1", "W9.2", "W10", "W11"),
)
VALUES = {
    "NOT_MAJOR": "不构成重大危险源",
    "LEVEL_1": "一级重大危险源",
    "LEVEL_2": "二级重大危险源",
    "LEVEL_3": "三级重大危险源",
    "LEVEL_4": "四级重大危险源",
}


def decide(case: Case) -> str | None:
    """The level of the most serious unit, by bounds where something is not known."""
    if case["substances"] is not None and case["places"] is not None:
        raise RuleError("contradiction", "substances 和 places 只能给一种", "/places")
    if case["substances"] is None and case["places"] is None:
        case.lacks("substances")
        return None
    book = book_of(case.version)
    units, joined, lacking = _units(case, book)
    alpha = _alpha(case)
    scale = Scale(
        Fraction(case.law["identify"]["S"]),
        tuple((Fraction(edge), level) for edge, level in case.law["levels"]["bands"]),
        (alpha, alpha) if alpha is not None else _alpha_bounds(case),
        book.beta_bounds,
    )
    found = [(unit, scale.sums(unit)) for unit in units]
    apart = [scale.levels(sums) for _, sums in found]
    together = (
        [(unit, scale.levels(scale.sums(unit))) for unit in joined] if lacking else list(zip(units, apart, strict=True))
    )
    least = min((low for low, _ in apart), default=NOT_MAJOR)
    worst = min((high for _, (_, high) in together), default=NOT_MAJOR)
    _fill(case, found, apart, alpha)
    case.figures["is_major"] = True if least != NOT_MAJOR else False if worst == NOT_MAJOR else None
    if least != worst:
        case.lacks(*lacking)
        for unit, (low, high) in together:
            # A unit that cannot become the most serious one needs nothing more.
            if high < least or (low != high and high <= least):
                case.lacks(*_missing(unit, alpha))
        return None
    case.figures["level"] = None if least == NOT_MAJOR else least
    return "NOT_MAJOR" if least == NOT_MAJOR else f"LEVEL_{least}"


def _units(case: Case, book: Book) -> tuple[list[Unit], list[Unit], list[str]]:
    """Substances read and joined to units; the second list and the facts are for what is open."""
    lacking: list[str] = []
    if case["substances"] is not None:
        unit = Unit(None, [], _substances(case, book, case["substances"], "/substances"))
        units, joined = [unit], [unit]
    else:
        places = [place or dict.fromkeys(PLACE) for place in case["places"]]
        found = [
            _held(case, book, place["substances"], f"/places/{number}/substances")
            for number, place in enumerate(places)
        ]
        units, joined, lacking = join(places, found)
        case.say("按切断阀、防火堤、独立库房划分单元，隔间只作说明", case.law["units"]["cite"])
    case.figures["substances"] = [substance.shown for unit in units for substance in unit.substances]
    if case["places"] is not None:
        case.figures["substances"] = [substance.shown for each in found for substance in each if substance.shown]
    return units, joined, lacking


def _held(case: Case, book: Book, given: list[Any] | None, pointer: str) -> list[Substance]:
    """What a place holds; when that is not known, a substance of which nothing is."""
    if given is None:
        return [Substance(pointer[1:], {}, None, Fraction(1), book.beta_bounds[0])]
    return _substances(case, book, given, pointer)


def _substances(case: Case, book: Book, given: list[Any], pointer: str) -> list[Substance]:
    return [_substance(case, book, one or dict.fromkeys(SUBSTANCE), f"{pointer}/{n}") for n, one in enumerate(given)]


def _substance(case: Case, book: Book, given: dict[str, Any], pointer: str) -> Substance:
    """Look Q and β up: the tables first, what is stated last."""
    row = book.row_of(given, pointer)
    symbols = list(
        dict.fromkeys([*([given["class"]] if given["class"] else []), *filter(None, given["classes"] or [])])
    )
    # Several hazards: the lowest Q decides (4.1.2 b); of equal ones the higher β.
    symbol = min(symbols, key=lambda code: (book.classes[code][0], -book.classes[code][1]), default=None)
    critical, critical_from = _critical(book, given, row.critical_t if row else None, symbol, pointer)
    beta, beta_from = _beta(book.gas_beta(row, given["name"]), book, given, symbol, pointer)
    q_t = given["q_t"]
    shown = {
        "given": str(next((given[key] for key in ("name", "label", "cas", "row", "class") if given[key]), symbol)),
        "matched_name": row.name if row else None,
        "row": row.number if row else None,
        "cas": given["cas"] or (";".join(row.cas) if row and row.cas else None),
        "class": symbol,
        "q_t": q_t,
        "critical_t": critical,
        "beta": beta,
        "ratio": None if q_t is None else q_t / critical,
        "critical_from": critical_from,
        "beta_from": beta_from,
    }
    return Substance(pointer[1:], shown, q_t, critical, beta)


def _critical(
    book: Book, given: dict[str, Any], table_1: Fraction | None, symbol: str | None, pointer: str
) -> tuple[Fraction, str]:
    stated = given["critical_t"]
    if table_1 is not None:
        if stated not in (None, table_1):
            raise RuleError("contradiction", f"表1的临界量是 {number_text(table_1)} 吨", f"{pointer}/critical_t")
        return table_1, "TABLE_1"
    if symbol:
        return book.classes[symbol][0], "TABLE_2"
    if stated is not None:
        return stated, "STATED"
    name = given["name"] or given["label"] or given["cas"] or ""
    key = next((key for key in ("name", "cas", "label") if given[key]), "")
    raise RuleError(
        "unknown_substance",
        f"“{name}”不在表1里，也没有给出危险类别或临界量",
        f"{pointer}/{key}" if key else pointer,
        book.near(name) if name else [],
    )


def _beta(
    table_3: Fraction | None, book: Book, given: dict[str, Any], symbol: str | None, pointer: str
) -> tuple[Fraction | None, str | None]:
    stated = given["beta"]
    if table_3 is not None:
        if stated not in (None, table_3):
            raise RuleError("contradiction", f"表3的 β 是 {number_text(table_3)}", f"{pointer}/beta")
        return table_3, "TABLE_3"
    if symbol:
        return book.classes[symbol][1], "TABLE_4"
    return (stated, "STATED") if stated is not None else (None, None)


def _alpha(case: Case) -> Fraction | None:
    population = case["population_500m"]
    if population is None:
        return None
    table = case.law["alpha"]
    found = next(Fraction(alpha) for least, alpha in table["bands"] if population >= least)
    case.say(f"厂区边界外 500 米内常住 {population} 人，α = {number_text(found)}", table["cite"])
    return found


def _alpha_bounds(case: Case) -> tuple[Fraction, Fraction]:
    every = [Fraction(alpha) for _, alpha in case.law["alpha"]["bands"]]
    return min(every), max(every)


def _missing(unit: Unit, alpha: Fraction | None) -> list[str]:
    """Facts of a unit that are not known: amounts, classes, and who lives around."""
    missing = [one.pointer + ("/q_t" if one.shown else "") for one in unit.substances if one.q_t is None]
    missing += [f"{one.pointer}/class" for one in unit.substances if one.beta is None and one.q_t != 0]
    return [*missing, *(["population_500m"] if alpha is None else [])]


def _fill(case: Case, found: list[tuple[Unit, Sums]], levels: list[tuple[int, int]], alpha: Fraction | None) -> None:
    """The table of why, every unit, and the figures of the most serious one."""
    shown: list[dict[str, Any]] = []
    for (unit, sums), (low, high) in zip(found, levels, strict=True):
        level = low if low == high != NOT_MAJOR else None
        s, r = sums.exact_s, sums.exact_r(alpha)
        shown.append({"unit": unit.name, "places": unit.places, "S": s, "R": r, "level": level})
        _say(case, unit, s, r)
    figures = case.figures
    figures.update(units=shown, alpha=alpha)
    if not found:
        figures.update(S=Fraction(0), R=Fraction(0))
        return
    top = min(range(len(found)), key=lambda number: (levels[number][1], -(shown[number]["S"] or 0)))
    figures.update(S=shown[top]["S"], R=shown[top]["R"])


def _say(case: Case, unit: Unit, s: Fraction | None, r: Fraction | None) -> None:
    law = case.law
    for one in [substance.shown for substance in unit.substances if substance.shown]:
        amounts = "？" if one["q_t"] is None else number_text(one["q_t"])
        ratio = "？" if one["ratio"] is None else number_text(one["ratio"])[:14]
        beta = "不知道" if one["beta"] is None else number_text(one["beta"])
        table = {"TABLE_1": law["table_1"], "TABLE_2": law["classes"]}.get(one["critical_from"])
        where = f"{one['given']}：{amounts} ÷ {number_text(one['critical_t'])} = {ratio}，β = {beta}"
        case.say(where + ("" if table else "（临界量由填写人给出）"), table["cite"] if table else None)
    name = f"单元 {unit.name}：" if unit.name else ""
    if s is not None:
        verdict = "构成" if s >= case.law["identify"]["S"] else "不构成"
        case.say(f"{name}S = {number_text(s)[:14]}，{verdict}重大危险源", law["identify"]["cite"])
    if r is not None:
        case.say(f"{name}R = {number_text(r)[:14]}", law["levels"]["cite"])


def _symbol(label: str) -> Field:
    plainly = {plain(symbol): symbol for symbol in SYMBOLS}
    strict = choice(label, dict.fromkeys(SYMBOLS, ""))

    def read(value: Any, pointer: str) -> str:
        found = plainly.get(plain(value)) if isinstance(value, str) else None
        return found or strict.read(value, pointer)

    return Field(label, read, {"enum": list(SYMBOLS)}, codes=dict.fromkeys(SYMBOLS, ""))


def _positive(label: str) -> Field:
    inner = amount(label)

    def read(value: Any, pointer: str) -> Fraction:
        number: Fraction = inner.read(value, pointer)
        if number == 0:
            raise RuleError("bad_shape", f"{label}应当大于零", pointer)
        return number

    return Field(label, read, {"type": "number", "exclusiveMinimum": 0})


SUBSTANCE = {
    "name": words("名称"),
    "cas": words("CAS 号"),
    "row": count("表1序号"),
    "class": _symbol("危险类别（表2符号）"),
    "classes": many("几种危险类别", _symbol("危险类别（表2符号）")),
    "label": words("标签（只作显示）"),
    "q_t": amount("设计最大量（吨）"),
    "critical_t": _positive("评估报告给出的临界量（吨）"),
    "beta": _positive("评估报告给出的 β"),
}
PLACE = {
    "id": words("场所编号"),
    "kind": choice("种类", KINDS),
    "section": words("切断阀之间的区段"),
    "dike": words("防火堤"),
    "building": words("独立库房"),
    "compartment": words("隔间（只作说明）"),
    "substances": many("物质", group("物质", SUBSTANCE)),
}

RULE = Rule(
    id="major_hazard_source",
    title="危险化学品重大危险源",
    decides="是否构成重大危险源、几级，S 和 R 怎样算出",
    facts={
        "substances": many("一个单元的物质", group("物质", SUBSTANCE)),
        "places": many("场所", group("场所", PLACE)),
        "population_500m": count("厂区边界外 500 米内常住人口"),
    },
    values=VALUES,
    figures={
        "S": "辨识指标",
        "R": "分级指标",
        "alpha": "α",
        "is_major": "是否构成",
        "level": "级别",
        "substances": "各物质",
        "units": "各单元",
    },
    decide=decide,
)

assert set(KEYS) == set(KINDS)

"""What ledgers of checks write into their cells, made into what was meant."""

import re
from typing import Any

from anlan.inspections.choices import ActClass, InspectionKind
from anlan.sheets.api import values

_ACTS = (
    ("SELF_CHECK", "", r"自查|自检"),
    ("SERVICE_VISIT", "", r"走访|帮扶|服务|指导|专家|会诊|体检|宣传"),
    ("GOVERNMENT_SUPERVISION", "", r"督查|督导|督办|巡察"),
    ("PATROL", "", r"巡查|巡检|巡逻|网格"),
    ("ADMINISTRATIVE_INSPECTION", "INDIVIDUAL", r"个案|举报|复查|核查|专案"),
    ("ADMINISTRATIVE_INSPECTION", "SPECIAL", r"专项|双随机|联合|抽查|综合查一次|暗查|四不两直|交叉"),
    ("ADMINISTRATIVE_INSPECTION", "ROUTINE", r"日常|常规|一般检查|执法检查|行政检查|监督检查|定期|例行|^检查$"),
)
_NONE = re.compile(r"^(无|未发现|没有|没发现|正常|合格|良好|符合|0)")
_NUMBERED = re.compile(r"(?:^|[\n；;。\s])\s*[（(]?\d{1,2}[)）、.．]\s*(?=\D)")


def act(cell: values.Cell) -> str:
    """``ADMINISTRATIVE_INSPECTION/ROUTINE``: what the visit was in law, and the kind of inspection. Raises Unreadable."""
    written = values.text(cell)
    for act_class, kind, pattern in _ACTS:
        if re.search(pattern, written):
            return f"{act_class}/{kind}"
    raise values.Unreadable(
        f"看不出“{written[:20]}”是哪种检查，请写：日常检查、专项检查、个案检查、走访帮扶、巡查、督查。"
    )


def how_many(cell: values.Cell) -> int:
    """How many problems were found. Raises Unreadable."""
    if isinstance(cell, str) and _NONE.match(values.text(cell)):
        return 0
    if isinstance(cell, str):
        cell = re.sub(r"[条处项个起]$", "", values.text(cell))
    number = values.integer(cell)
    if not 0 <= number <= 10_000:
        raise values.Unreadable("应为 0 至 1 万之间的整数。")
    return number


def people(cell: values.Cell) -> tuple[str, ...]:
    """The names in a cell. Blanks part names, but also stand inside those of two letters. Raises Unreadable."""
    written = cell if isinstance(cell, str) else values.text(cell)
    parts = [part for part in re.split(r"[、，,；;/\n|]+", written) if part.strip()]
    names: list[str] = []
    for part in parts:
        pieces = part.split()
        names += [values.text(one) for one in pieces] if all(len(one) > 1 for one in pieces) else [values.text(part)]
    return tuple(dict.fromkeys(name for name in names if name))


def problems_in(text: str) -> int:
    """How many problems a text tells of: its numbered parts, else its lines; none where it says so."""
    if not text or _NONE.match(text):
        return 0
    return len(_NUMBERED.findall(text)) or len([line for line in text.split("\n") if line.strip()])


def in_words(name: str, value: Any) -> str:
    """A fact of a row as a person reads it."""
    if name == "act":
        act_class, _, kind = str(value).partition("/")
        return InspectionKind(kind).label if kind else ActClass(act_class).label
    return "、".join(value) if isinstance(value, list) else str(value)

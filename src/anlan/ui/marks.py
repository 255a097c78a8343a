"""Every state has one word, one colour and one icon, everywhere the same.

Colours say whose hand a matter is in; red, orange, yellow and blue are left to risk and lateness (docs/explanation/look.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Tone = Literal["slate", "indigo", "teal", "green", "plum", "grey", "red", "orange", "yellow", "blue"]

SOON_DAYS = 3


@dataclass(frozen=True, slots=True)
class Mark:
    word: str
    tone: Tone
    icon: str


STATUSES: Mapping[str, Mark] = {
    "REGISTERED": Mark("已登记", "slate", "loop-registered"),
    "RETURNED_TO_REPORTER": Mark("已退回", "plum", "loop-returned"),
    "DISMISSED": Mark("不成立", "grey", "loop-dismissed"),
    "MERGED": Mark("已合并", "grey", "loop-merged"),
    "CONFIRMED": Mark("已核定", "indigo", "loop-confirmed"),
    "DISPATCHED": Mark("已交办", "indigo", "loop-dispatched"),
    "RECTIFYING": Mark("整改中", "teal", "loop-rectifying"),
    "SUSPENDED": Mark("暂缓整改", "plum", "loop-suspended"),
    "SUBMITTED": Mark("待验收", "teal", "loop-submitted"),
    "ACCEPTED": Mark("已验收", "green", "loop-accepted"),
    "CLOSED": Mark("已销号", "green", "loop-closed"),
    "TERMINATED": Mark("已终结", "grey", "loop-terminated"),
}

LEVELS: Mapping[str, Mark] = {
    "GENERAL": Mark("一般", "grey", "level-general"),
    "MAJOR": Mark("重大", "red", "level-major"),
    "MAJOR_PROPOSED": Mark("疑似重大", "red", "level-major-proposed"),
}

RISKS: Mapping[str, Mark] = {
    "RED": Mark("重大风险", "red", "risk-4"),
    "ORANGE": Mark("较大风险", "orange", "risk-3"),
    "YELLOW": Mark("一般风险", "yellow", "risk-2"),
    "BLUE": Mark("低风险", "blue", "risk-1"),
}


def due_mark(
    due_on: date, *, today: date, finished_on: date | None = None, how: str = "办结", past: str = "逾期"
) -> Mark:
    """剩余n天 · 今天到期 · 逾期n天; once finished, whether it was in time, and how it was in a word. A paper is not late
    but no longer in force: that is the word ``past``."""
    if finished_on is not None:
        late = (finished_on - due_on).days
        return Mark(f"逾期{late}天{how}", "grey", "due-late") if late > 0 else Mark(f"按期{how}", "grey", "due-met")
    days = (due_on - today).days
    if days < 0:
        return Mark(f"{past}{-days}天", "red", "due-late")
    if days == 0:
        return Mark("今天到期", "orange", "due-today")
    return Mark(f"剩余{days}天", "yellow" if days <= SOON_DAYS else "grey", "due-soon" if days <= SOON_DAYS else "due")


StepState = Literal["done", "current", "held", "ended", "ahead"]


@dataclass(frozen=True, slots=True)
class Step:
    word: str
    state: StepState
    note: str = ""
    at: date | datetime | None = None

    @property
    def label(self) -> str:
        """What a screen reader says after the word; the picture says it by shape."""
        return {"done": "已完成", "current": "当前", "held": self.note, "ended": self.note, "ahead": "未开始"}[
            self.state
        ]


LOOP = ("登记", "核定", "交办", "签收", "整改", "报验", "验收", "销号")

_CURRENT = {
    "REGISTERED": 1,
    "CONFIRMED": 2,
    "DISPATCHED": 3,
    "RECTIFYING": 4,
    "SUBMITTED": 6,
    "ACCEPTED": 7,
    "CLOSED": 8,
}
_HELD = {"RETURNED_TO_REPORTER": 0, "SUSPENDED": 4}
_ENDED = ("DISMISSED", "MERGED", "TERMINATED")


def loop_steps(
    status: str, *, reached: Mapping[str, date | datetime] | None = None, ended_at: str = "核定"
) -> Sequence[Step]:
    """The eight steps as they stand. *reached* maps a step's word to its time; *ended_at* is where an ended matter stopped."""
    times = reached or {}
    word = STATUSES[status].word
    if status in _HELD:
        current, state = _HELD[status], "held"
    elif status in _ENDED:
        current, state = LOOP.index(ended_at), "ended"
    else:
        current, state = _CURRENT[status], "current"
    return [
        Step(name, "done", at=times.get(name))
        if position < current
        else Step(name, state, note="" if state == "current" else word, at=times.get(name))  # type: ignore[arg-type]
        if position == current
        else Step(name, "ahead")
        for position, name in enumerate(LOOP)
    ]

"""Months and quarters."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from anlan.lib import clock, months
from anlan.supervision.choices import PeriodKind

_WRITTEN = re.compile(r"(20\d\d)(?:-(0[1-9]|1[0-2])|Q([1-4]))", re.ASCII)
_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3}


@dataclass(frozen=True)
class Period:
    """``first`` is the first day of a month or of a quarter."""

    kind: PeriodKind
    first: date

    @classmethod
    def read(cls, text: str) -> Self | None:
        """``2026-10`` or ``2026Q3``; None when it is neither."""
        match = _WRITTEN.fullmatch(text)
        if match is None:
            return None
        year, month, quarter = match.groups()
        if month:
            return cls(PeriodKind.MONTH, date(int(year), int(month), 1))
        return cls(PeriodKind.QUARTER, date(int(year), int(quarter) * 3 - 2, 1))

    @classmethod
    def of(cls, day: date, kind: PeriodKind = PeriodKind.MONTH) -> Self:
        """The one in which a day lies."""
        return cls(kind, day.replace(day=1, month=day.month - (day.month - 1) % _MONTHS[kind]))

    @classmethod
    def latest(cls) -> Self:
        """The last month that is over."""
        return cls.of(clock.today().replace(day=1) - timedelta(days=1))

    @property
    def last(self) -> date:
        return months.end_of_month(self.first, _MONTHS[self.kind] - 1)

    @property
    def is_over(self) -> bool:
        return self.last < clock.today()

    @property
    def before(self) -> "Period":
        return Period.of(self.first - timedelta(days=1), self.kind)

    @property
    def code(self) -> str:
        if self.kind == PeriodKind.MONTH:
            return f"{self.first:%Y-%m}"
        return f"{self.first.year}Q{(self.first.month + 2) // 3}"

    @property
    def label(self) -> str:
        if self.kind == PeriodKind.MONTH:
            return f"{self.first.year} 年 {self.first.month} 月"
        return f"{self.first.year} 年第 {(self.first.month + 2) // 3} 季度"

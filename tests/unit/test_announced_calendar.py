"""What the library knows, in our words."""

from datetime import date

import pytest

from anlan.calendar.announced import announced_days, announced_years, weekend_label

DAYS_2026 = {found.day: found for found in announced_days(2026)}


@pytest.mark.parametrize(
    ("day", "is_working", "label"),
    [
        (date(2026, 1, 1), False, "元旦"),
        (date(2026, 1, 2), False, "元旦（调休）"),
        (date(2026, 1, 4), True, "元旦调休上班"),
        (date(2026, 1, 10), False, "周末"),
        (date(2026, 1, 12), True, ""),
        (date(2026, 2, 17), False, "春节"),
        (date(2026, 10, 1), False, "国庆节"),
    ],
)
def test_the_announcement_for_2026(day: date, is_working: bool, label: str) -> None:
    found = DAYS_2026[day]
    assert (found.is_working, found.label) == (is_working, label)


def test_every_day_of_every_announced_year_is_there_once() -> None:
    for year in announced_years():
        days = [found.day for found in announced_days(year)]
        assert days[0] == date(year, 1, 1)
        assert days[-1] == date(year, 12, 31)
        assert len(set(days)) == len(days) == (date(year + 1, 1, 1) - date(year, 1, 1)).days


def test_no_label_is_english() -> None:
    labels = {found.label for year in announced_years() for found in announced_days(year)}
    assert not [label for label in labels if label.isascii() and label]
    assert weekend_label(date(2099, 1, 1)) == ""

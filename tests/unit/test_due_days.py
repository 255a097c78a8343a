"""One bound for every deadline, to the day."""

from datetime import UTC, date, datetime

import pytest

from anlan.lib import clock
from anlan.lib.due_days import ahead, last_due_day
from anlan.lib.refusals import Invalid


def test_three_years_to_the_day() -> None:
    with clock.at(datetime(2026, 11, 29, 4, tzinfo=UTC)):
        assert ahead(date(2029, 11, 29), "due_on", "期限") == date(2029, 11, 29)
        with pytest.raises(Invalid, match="最远 3 年，不能晚于 2029-11-29"):
            ahead(date(2029, 11, 30), "due_on", "期限")
        with pytest.raises(Invalid, match="不能早于今天"):
            ahead(date(2026, 11, 28), "due_on", "期限")


def test_from_a_leap_day_it_ends_on_the_last_of_february() -> None:
    with clock.at(datetime(2028, 2, 29, 4, tzinfo=UTC)):
        assert last_due_day() == date(2031, 2, 28)

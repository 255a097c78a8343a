"""Counting statutory working days on the table as it is seeded."""

import io
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.calendar import api
from anlan.calendar.announced import announced_years
from anlan.calendar.models import CalendarDay

pytestmark = pytest.mark.django_db

LAST = announced_years()[-1]
DAYS = st.dates(date(2004, 1, 1), date(LAST + 3, 12, 31))
in_one_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    api.forget()
    yield
    api.forget()


def test_spring_festival_2026_is_stepped_over() -> None:
    # 15–23 February are off; Saturday the 14th and Saturday the 28th are worked
    assert api.add_working_days(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert api.add_working_days(date(2026, 2, 13), 2) == date(2026, 2, 24)
    assert api.is_working_day(date(2026, 2, 28))
    assert api.next_working_day(date(2026, 2, 15)) == date(2026, 2, 24)
    assert api.working_days_between(date(2026, 2, 13), date(2026, 2, 24)) == 2


def test_a_year_not_announced_is_weekends_and_says_so() -> None:
    monday = date(LAST + 2, 1, 1)
    while monday.weekday() != 0:
        monday += timedelta(days=1)
    assert api.add_working_days(monday, 5) == monday + timedelta(days=7)
    found = api.day_of(monday + timedelta(days=5))
    assert (found.is_working, found.label, found.status.label) == (False, "周末", "待公布")
    assert api.day_of(date(LAST, 10, 1)).status.label == "已公布"


def test_counting_years_costs_one_query_a_year(django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        api.add_working_days(date(2024, 7, 1), 200)
    with django_assert_num_queries(0):
        api.working_days_between(date(2024, 1, 1), date(2025, 12, 31))


def test_days_cannot_be_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        api.add_working_days(date(2026, 1, 1), -1)


def test_publishing_again_corrects_and_adds_nothing() -> None:
    before = CalendarDay.objects.count()
    CalendarDay.objects.filter(day=date(2026, 10, 1)).update(is_working=True, label="错")
    assert api.is_working_day(date(2026, 10, 1))
    call_command("publish_calendar", stdout=io.StringIO())
    assert not api.is_working_day(date(2026, 10, 1))
    assert CalendarDay.objects.count() == before


@in_one_database
@given(day=DAYS, n=st.integers(0, 60))
def test_between_undoes_add(day: date, n: int) -> None:
    end = api.add_working_days(day, n)
    assert api.working_days_between(day, end) == n
    assert api.working_days_between(end, day) == -n
    assert n == 0 or api.is_working_day(end)


@in_one_database
@given(day=DAYS, n=st.integers(0, 30), m=st.integers(0, 30))
def test_adding_is_additive(day: date, n: int, m: int) -> None:
    assert api.add_working_days(api.add_working_days(day, n), m) == api.add_working_days(day, n + m)


@in_one_database
@given(day=DAYS)
def test_next_working_day_is_the_first(day: date) -> None:
    found = api.next_working_day(day)
    assert found >= day
    assert api.is_working_day(found)
    assert not any(api.is_working_day(day + timedelta(days=k)) for k in range((found - day).days))
    assert found - day < timedelta(days=12)

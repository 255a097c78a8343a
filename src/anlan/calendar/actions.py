"""The only writer of the calendar."""

from collections.abc import Iterable

from anlan.calendar import selectors
from anlan.calendar.announced import announced_days
from anlan.calendar.models import CalendarDay, Status


def publish_years(*, years: Iterable[int]) -> int:
    """Enter or correct every day of the announced years; may be done again. Returns the number of days."""
    rows = [
        CalendarDay(day=found.day, is_working=found.is_working, label=found.label, status=Status.PUBLISHED)
        for year in years
        for found in announced_days(year)
    ]
    CalendarDay.objects.bulk_create(
        rows,
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["day"],
        update_fields=["is_working", "label", "status"],
    )
    selectors.forget()
    return len(rows)

"""Working days as the State Council announced them; a year that is not announced is assumed from its weekends."""

from datetime import date, timedelta


def count(start: date, days: int) -> tuple[date, list[int]]:
    """The ``days``-th working day after ``start`` (before, if negative), and the years that are assumed."""
    step = timedelta(days=1 if days > 0 else -1)
    day, left, assumed = start, abs(days), set()
    while left and date(1900, 1, 2) < day < date(2999, 12, 30):
        day += step
        working, announced = _is_working(day)
        left -= working
        if not announced:
            assumed.add(day.year)
    return day, sorted(assumed)


def _is_working(day: date) -> tuple[bool, bool]:
    # Needed by few rules, and not free to read.
    import chinese_calendar  # noqa: PLC0415

    try:
        return chinese_calendar.is_workday(day), True
    except NotImplementedError:
        return day.weekday() < 5, False

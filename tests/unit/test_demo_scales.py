"""A city's demo comes to what its report says (requirements S3-45…S3-48): what is planned, before anything is written."""

from collections import Counter
from datetime import date, timedelta
from random import Random

from anlan.demo.growth.scales import CITY, GROWTH, MILLION, finds

LAST = date(2026, 10, 31)


def test_the_city_reports_its_numbers() -> None:
    planned = finds(CITY, Random(1), CITY.enterprises, date(2026, 1, 1), LAST)
    endings = [ending for found in planned for ending in found.endings]
    assert all(found.is_visit and date(2026, 1, 1) <= found.on <= LAST for found in planned)
    assert len({found.place for found in planned}) == 36_931
    assert len(planned) > 36_931, "some were visited twice"
    closed = [ending for ending in endings if ending.status == "CLOSED"]
    assert (len(endings), len(closed)) == (37_969, 37_262)
    assert (sum(one.is_major for one in endings), sum(one.is_major for one in closed)) == (35, 34)
    assert (sum(one.is_listed for one in endings), sum(one.is_released for one in closed)) == (27, 9)


def test_a_million_is_a_million() -> None:
    assert MILLION.closed + MILLION.open + MILLION.other == 1_000_000


def test_the_same_seed_plans_the_same() -> None:
    first = LAST - timedelta(days=GROWTH.days)
    once, again = (finds(GROWTH, Random(7), 2_000, first, LAST) for _ in range(2))
    assert once == again
    assert Counter(len(found.endings) for found in once) == {1: GROWTH.closed + GROWTH.open + GROWTH.other}

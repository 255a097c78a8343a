"""Identifiers: UUIDv7 that sort by time, and in order within one millisecond."""

from datetime import UTC, datetime, timedelta

from anlan.lib import clock, ids

INSTANT = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)


def test_it_is_a_version_7_of_the_clock():
    with clock.at(INSTANT):
        made = ids.uuid7()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == int(INSTANT.timestamp() * 1000)


def test_those_of_one_instant_are_in_order_and_distinct():
    with clock.at(INSTANT):
        made = [ids.uuid7() for _ in range(2000)]
    assert made == sorted(set(made))


def test_a_clock_that_goes_back_is_believed():
    with clock.at(INSTANT):
        later = ids.uuid7()
    with clock.at(INSTANT - timedelta(days=1)):
        assert ids.uuid7() < later

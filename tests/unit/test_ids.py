"""Identifiers: UUIDv7 that sort by time, and in order within one millisecond."""

import os
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

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


def test_a_block_is_text_of_its_own_in_order():
    with clock.at(INSTANT):
        before = ids.uuid7()
        block = ids.block()
        first, second = next(block), next(block)
        other = next(ids.block())
        after = ids.uuid7()
    assert str(UUID(first)) == first
    assert UUID(first).version == 7
    assert UUID(second).int == UUID(first).int + 1
    assert str(before) < first < second < other < str(after)
    assert UUID(other).int - UUID(first).int >= ids.BLOCK


def test_a_block_ends_loudly(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ids, "BLOCK", 3)
    block = ids.block()
    for _ in range(3):
        next(block)
    with pytest.raises(OverflowError):
        next(block)


def test_a_child_of_the_process_gives_other_ids():
    with clock.at(INSTANT):
        ids.uuid7()
        reads, writes = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writes, ids.uuid7().bytes)
            os._exit(0)
        mine, theirs = ids.uuid7(), UUID(bytes=os.read(reads, 16))
        os.waitpid(child, 0)
    os.close(reads)
    os.close(writes)
    assert theirs.int >> 80 == mine.int >> 80
    assert abs(theirs.int - mine.int) > 1000


def test_a_number_that_is_taken_is_drawn_again(monkeypatch):
    draws = iter(["aaaaa", "bbbbb", "ccccc"])
    monkeypatch.setattr(ids, "segment", lambda length: next(draws))
    asked: list[str] = []

    def is_taken(number: str) -> bool:
        asked.append(number)
        return number != "331082-2611-CCCCC"

    assert ids.number("331082-2611-", is_taken) == "331082-2611-CCCCC"
    assert asked == ["331082-2611-AAAAA", "331082-2611-BBBBB", "331082-2611-CCCCC"]

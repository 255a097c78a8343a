"""What a stream says of how far its page has been told, and that nothing told is lost or comes too late."""

import asyncio
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError

from anlan.authz.actors import Actor
from anlan.authz.roles import ROLES
from anlan.ledger.api import Happening
from anlan.live import feed
from anlan.live import hub as hubs
from anlan.live.hub import Hub
from anlan.live.listeners import BEAT, LOOK, Listener, written
from anlan.live.requests import Request
from anlan.live.server import MOST_OF_ONE, Refused, Server

SINCE = 1_764_378_000.5
PATIENCE = 20.0


def actor(grant: uuid.UUID | None = None) -> Actor:
    return Actor(label="", role=ROLES["SYSTEM"], region_path="/", wall=("", "~"), grant_id=grant or uuid.uuid4())


def happening(seq: int) -> Happening:
    return Happening(seq, "hidden_danger", uuid.uuid4(), "/33/")


class Told:
    """What went over the wire, as (event, id)."""

    def __init__(self) -> None:
        self.events: list[tuple[str, float]] = []

    def write(self, content: bytes) -> None:
        fields = dict(line.partition(": ")[::2] for line in content.decode().splitlines() if line)
        if "event" in fields:
            self.events.append((fields["event"], float(fields["id"])))

    async def drain(self) -> None:
        await asyncio.sleep(0)

    def close(self) -> None:
        return


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub whose feed and judge are told what to say; everybody may listen."""
    found = Hub()
    monkeypatch.setattr(hubs, "close_old_connections", lambda: None)
    monkeypatch.setattr(hubs, "LOOKS_A_SECOND", 10_000)
    yield found
    found._threads.shutdown()


def everybody(happened: Sequence[Happening], listeners: Sequence[Listener]) -> Iterator[tuple[Listener, Actor]]:
    yield from ((listener, listener.actor) for listener in listeners)


def failing_once(then: Callable[..., Any]) -> Callable[..., Any]:
    calls = []

    def question(*args: Any) -> Any:
        calls.append(args)
        if len(calls) == 1:
            raise OperationalError("the server closed the connection")
        return then(*args)

    return question


def test_what_could_not_be_told_is_told_by_the_next_look(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database goes between the reading of the ledger and the question who sees it."""
    listener = Listener("key", actor(), frozenset({"hidden_danger"}))
    hub.listeners.add(listener)
    read = iter([[happening(1)], []])
    monkeypatch.setattr(hub._feed, "read", lambda: next(read))
    monkeypatch.setattr(hubs, "judge", failing_once(everybody))

    async def looks() -> None:
        with pytest.raises(OperationalError):
            await hub._look()
        assert not listener.is_due
        assert hub.told_until == 0.0
        await hub._look()
        await asyncio.sleep(0)

    asyncio.run(looks())
    assert listener.is_due
    assert hub.told_until > 0


def test_who_came_before_the_reading_began_is_told_once_it_has(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is back and admits the page a moment before the reader asks it again: what is committed between the
    page's first look and the beginning is passed over by the reader."""
    listener = Listener("key", actor(), frozenset({"hidden_danger"}))
    monkeypatch.setattr(hubs, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(hub._feed, "begin", failing_once(lambda: None))
    monkeypatch.setattr(hub._feed, "read", list)

    async def watched() -> None:
        await hub.join(listener, SINCE)
        assert listener.is_due
        listener._due = False  # it has looked
        watching = asyncio.create_task(hub.watch())
        async with asyncio.timeout(PATIENCE):
            while not listener.is_due:
                await asyncio.sleep(0.01)
        watching.cancel()

    asyncio.run(watched())
    assert listener.is_due


def events_of(hub: Hub, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[Listener], Any], *, most: int) -> Told:
    """What a page that comes back with ``SINCE`` is sent; ``meanwhile`` runs when it has joined. It leaves a moment after
    it was sent so many events."""
    told = Told()
    listener = Listener("key", actor(), frozenset({"hidden_danger"}))

    async def joined(one: Listener, since: float) -> None:
        hub.listeners.add(one)
        meanwhile(one)

    async def leave(reader: asyncio.StreamReader) -> None:
        while len(told.events) < most:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)
        reader.feed_eof()

    async def stream() -> None:
        reader = asyncio.StreamReader()
        leaving = asyncio.create_task(leave(reader))
        request = Request("GET", "/live/stream", {"since": f"{SINCE}"})
        async with asyncio.timeout(PATIENCE):
            await Server(hub)._stream(request, listener, reader, told)  # type: ignore[arg-type]
        leaving.cancel()

    monkeypatch.setattr(hub, "join", joined)
    asyncio.run(stream())
    return told


def test_who_comes_back_is_not_said_to_be_up_to_date_before_it_was_looked_what_was_missed(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that breaks again at once comes back with the same time, and misses nothing."""
    told = events_of(hub, monkeypatch, lambda _: None, most=1)
    assert told.events == [(BEAT, SINCE)]


def test_a_beat_says_how_far_all_was_told_not_what_time_it_is(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.told_until = SINCE + 7

    async def here(_: Listener) -> bool:
        return True

    monkeypatch.setattr(hub, "renew", here)
    monkeypatch.setattr("anlan.live.listeners.BEAT_SECONDS", 0.1)
    told = events_of(hub, monkeypatch, lambda _: None, most=2)
    assert len(told.events) > 1
    assert set(told.events[1:]) == {(BEAT, SINCE + 7)}


@pytest.mark.parametrize("now", [None, actor()], ids=["signed out", "another grant"])
def test_no_event_outlives_the_session_however_long_it_waited_for_its_turn(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, now: Actor | None
) -> None:
    async def later(_: str) -> Actor | None:
        return now

    monkeypatch.setattr(hub, "person", later)
    told = events_of(hub, monkeypatch, Listener.tell, most=2)
    assert [event for event, _ in told.events] == [BEAT, "end"]


def test_who_is_still_there_is_told(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def tell(listener: Listener) -> None:
        async def same(_: str) -> Actor:
            return listener.actor

        monkeypatch.setattr(hub, "person", same)
        listener.tell()

    told = events_of(hub, monkeypatch, tell, most=2)
    assert [event for event, _ in told.events] == [BEAT, LOOK]
    assert told.events[1][1] > SINCE


def test_nobody_takes_everybodys_place(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    greedy, other = (replace(actor(), user_id=uuid.uuid4()) for _ in range(2))
    hub.listeners |= {Listener("a", greedy, frozenset()) for _ in range(MOST_OF_ONE)}

    async def person(key: str) -> Actor:
        return {"a": greedy, "b": greedy, "c": other}[key]

    monkeypatch.setattr(hub, "person", person)

    def admit(key: str) -> Listener:
        headers = {"host": "127.0.0.1", "cookie": f"anlan_session={key}"}
        return asyncio.run(Server(hub)._admit(Request("GET", "/live/stream", {}, headers)))

    for key in "ab":  # signing in once more does not help
        with pytest.raises(Refused) as refused:
            admit(key)
        assert refused.value.status == 429
    assert admit("c").actor is other


def test_a_time_that_is_none_is_not_shown_to_a_person() -> None:
    assert written(BEAT, 0.0) == b"id: 0.000\nevent: beat\ndata: \n\n"
    assert b"data: 09:00:00\n" in written(BEAT, 1_764_378_000.0)


def test_a_region_where_much_happened_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than one look reads, while another region's entries have higher numbers."""
    busy, calm = actor(), actor()
    rows = {busy: [happening(seq) for seq in range(1, 8)], calm: [happening(9)]}

    def committed(who: Actor, *, after: int, among: Sequence[int], limit: int) -> list[Happening]:
        return [row for row in rows[who] if row.seq > after or row.seq in among][:limit]

    monkeypatch.setattr(feed, "AT_ONCE", 3)
    monkeypatch.setattr(feed, "MOST_MISSING", 2)
    monkeypatch.setattr(feed.ledger, "committed", committed)
    reader = feed.Feed()
    monkeypatch.setattr(reader, "_everywhere", lambda: iter([busy, calm]))
    found = [row.seq for _ in range(6) for row in reader.read()]
    assert sorted(found) == [1, 2, 3, 4, 5, 6, 7, 9]

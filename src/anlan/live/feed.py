"""The ledger as it is committed, read by asking again and again (why not NOTIFY: ADR 0007)."""

from collections.abc import Iterable

from anlan.authz.actors import Actor, system_actors
from anlan.authz.scope import acting
from anlan.ledger import api as ledger
from anlan.ledger.api import Happening
from anlan.lib import clock

AT_ONCE = 2000
"""Entries read at one look; the rest comes with the next."""
MOST_MISSING = 2000
MISSING_SECONDS = 600.0
"""Longer than any transaction of the site may take."""
ACTORS_SECONDS = 60.0


class Feed:
    """Every entry once, soon after its commit.

    A number is given to an entry before its commit, so a lower one may appear after a higher one: numbers that are
    missing are asked for again, until they are too old to come (their transaction was rolled back).
    """

    def __init__(self) -> None:
        self._last = 0
        self._missing: dict[int, float] = {}
        self._actors: list[Actor] = []
        self._actors_at = float("-inf")

    def begin(self) -> None:
        """From now on: what has been committed already is passed over, what is under way is not."""
        seen = {seq for actor in self._everywhere() for seq in ledger.newest(actor, MOST_MISSING // 10)}
        self._last = max(seen, default=0)
        self._note_missing(range(min(seen, default=0), self._last), seen)

    def read(self) -> list[Happening]:
        """What has been committed since the last look."""
        found: dict[int, Happening] = {}
        read_to = float("inf")
        for actor in self._everywhere():
            rows = ledger.committed(actor, after=self._last, among=self._missing, limit=AT_ONCE)
            found |= {row.seq: row for row in rows}
            if len(rows) == AT_ONCE:  # there are more, and a region with few must not carry the reader past them
                read_to = min(read_to, rows[-1].seq)
        found = {seq: row for seq, row in found.items() if seq <= read_to}
        last = max(found, default=self._last)
        self._note_missing(range(self._last + 1, last), found.keys())
        self._last = max(last, self._last)
        return list(found.values())

    def _everywhere(self) -> Iterable[Actor]:
        """The system in every region there is, each with the wall set to it."""
        now = clock.now().timestamp()
        if now - self._actors_at > ACTORS_SECONDS:
            self._actors, self._actors_at = system_actors(), now
        for actor in self._actors:
            with acting(actor):
                yield actor

    def _note_missing(self, numbers: range, seen: Iterable[int]) -> None:
        now = clock.now().timestamp()
        found = set(seen)
        kept = {seq: at for seq, at in self._missing.items() if seq not in found and now - at < MISSING_SECONDS}
        new = {seq: now for seq in numbers[-MOST_MISSING:] if seq not in found}
        self._missing = dict(list((kept | new).items())[-MOST_MISSING:])

"""An open page: it listens, comes back by itself whatever is killed, and looks at its list when it is told to.

It does what ``frontend/src/live-worker.ts`` and ``frontend/src/ui/live.ts`` do, but that it never looks untold: what it
has seen, it was told of.
"""

import http.client
import json
import random
import threading
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from tests.chaos.clients import Book, Deed, Work
from tests.chaos.reckoning import STATUS_AFTER

WHO_SEES = ("town", "village")
"""Whose matters the page, the town's, shows."""
RANKS = {status: rank for rank, status in enumerate(STATUS_AFTER.values())}
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 10.0
SILENCE_SECONDS = 50.0
AGAIN_SECONDS = 0.2
LOOK = "look"


class Page(threading.Thread):
    """``told_at`` are the times it was told to look; ``away`` how long it was without a stream each time."""

    def __init__(self, work: Work, live_port: int) -> None:
        super().__init__(name="page", daemon=True)
        self.port, self.live_port, self.world = work.port, live_port, work.world
        self.told_at: list[float] = []
        self.away: list[float] = []
        self.oddities: list[str] = []
        self._since = f"{time.time():.3f}"
        self._seen: dict[str, int] = {}
        self._first_seen: dict[str, float] = {}
        self._lost_at: float | None = None
        self._changed = threading.Condition()
        self._stop_asked = threading.Event()

    def run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stop_asked.is_set():
            try:
                for event in self._events():
                    pause = FIRST_PAUSE
                    self._take(event)
            except (OSError, http.client.HTTPException):
                pass
            except Exception as error:  # a thread that dies in silence would prove nothing
                self.oddities.append(f"page: {error!r}")
                raise
            self._lost_at = self._lost_at or time.monotonic()
            self._stop_asked.wait(pause * (0.5 + random.random()))
            pause = min(pause * 2, LONGEST_PAUSE)

    def stop(self) -> None:
        self._stop_asked.set()

    # The stream

    def _events(self) -> Iterator[str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.live_port, timeout=SILENCE_SECONDS)
        try:
            query = f"topics=hidden_danger&since={self._since}"
            connection.request("GET", f"/live/stream?{query}", headers={"Cookie": self.world["cookie"]})
            response = connection.getresponse()
            if response.status not in (200, 503):
                self.oddities.append(f"page: the stream is refused with {response.status}")
            event = ""
            while response.status == 200 and not self._stop_asked.is_set() and (line := response.readline()):
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "id":
                    self._since = value
                elif name == "event":
                    event = value
                elif not name and event:
                    yield event
                    event = ""
        finally:
            connection.close()

    def _take(self, event: str) -> None:
        now = time.monotonic()
        if self._lost_at is not None:
            self.away.append(now - self._lost_at)
            self._lost_at = None
        if event == "end":
            self.oddities.append("page: it was ended, though nobody took its right away")
        if event == LOOK:
            self.told_at.append(now)
            self._look()

    def _look(self) -> None:
        """Down the list, the newest first, until there is nothing new; each part as often as it takes: the site may be
        away. What was looked at already changes only where somebody is at work, at the top."""
        cursor: str | None = ""
        while cursor is not None and not self._stop_asked.is_set():
            try:
                found = self._list(cursor)
            except (OSError, http.client.HTTPException, ValueError):
                found = None
            if found is None:
                self._stop_asked.wait(AGAIN_SECONDS)
            else:
                cursor = found["next_cursor"] if self._note(found["items"]) else None

    def _list(self, cursor: str) -> dict[str, Any] | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            headers = {"Authorization": f"Bearer {self.world['tokens']['town']}"}
            connection.request("GET", f"/api/v1/hidden-dangers?page_size=200&cursor={cursor}", headers=headers)
            response = connection.getresponse()
            text = response.read()
            found: dict[str, Any] | None = json.loads(text) if response.status == 200 else None
            return found
        finally:
            connection.close()

    # What it has seen

    def _note(self, rows: list[dict[str, Any]]) -> bool:
        """Whether there was anything new."""
        now = time.monotonic()
        found = {row["id"]: RANKS.get(row["status"]["code"], len(RANKS)) for row in rows}
        with self._changed:
            is_new = not found.items() <= self._seen.items()
            self._seen |= found
            for one in found:
                self._first_seen.setdefault(one, now)
            self._changed.notify_all()
        return is_new

    def unseen(self, book: Book) -> list[Deed]:
        """What was acknowledged and is not yet to be seen on the page."""
        return [deed for deed in shown(book) if self._seen.get(deed.subject, -1) < RANKS[STATUS_AFTER[deed.kind]]]

    def await_all(self, book: Book, seconds: float, *, since: float = 0.0) -> float | None:
        """Wait until everything acknowledged is seen, and the page was told after ``since``; seconds from ``since`` to
        then, None if it takes longer than ``seconds``."""

        def is_told() -> bool:
            return bool(self.told_at) and self.told_at[-1] >= since and not self.unseen(book)

        with self._changed:
            if not self._changed.wait_for(is_told, seconds):
                return None
        return time.monotonic() - since

    def lags(self, book: Book) -> list[float]:
        """Seconds from the acknowledgement of each registration to its being seen."""
        return [
            max(0.0, self._first_seen[deed.subject] - deed.answered_at)
            for deed in shown(book)
            if deed.kind == "register" and deed.subject in self._first_seen
        ]


def shown(book: Book) -> list[Deed]:
    """The acknowledged deeds whose matter the page shows."""
    return [deed for deed in book.acknowledged() if deed.kind in STATUS_AFTER and deed.who in WHO_SEES]


def summary(page: Page, book: Book) -> dict[str, Any]:
    lags, deeds = page.lags(book), shown(book)
    return {
        "acts": len(deeds),
        "seen": len(deeds) - len(page.unseen(book)),
        "told": len(page.told_at),
        "returns": len(page.away),
        "lag_median": round(median(lags), 2) if lags else None,
        "longest_away": round(max(page.away, default=0.0), 2),
    }

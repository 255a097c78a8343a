"""One open page, and what is sent to it."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime

from anlan.authz.actors import Actor
from anlan.lib import clock

AT_MOST_EVERY = 1.0
"""Seconds between two events of one page, however much happens."""
BEAT_SECONDS = 20.0
LOOK, BEAT, END = "look", "beat", "end"


@dataclass(eq=False)
class Listener:
    """``topics`` are the kinds of subject the page shows; ``actor`` is who acted in its session when last asked."""

    session_key: str
    actor: Actor
    topics: frozenset[str]
    asked_at: float = float("-inf")
    """When the session was last asked who acts there, by the clock of the loop."""
    _due: bool = False
    _ended: bool = False
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_due(self) -> bool:
        """Whether it has been told something that has not been sent yet."""
        return self._due

    @property
    def is_ended(self) -> bool:
        return self._ended

    def tell(self) -> None:
        """Something the page shows has changed."""
        self._due = True
        self._woken.set()

    def end(self) -> None:
        """Nobody may listen here any more, or nobody does."""
        self._ended = True
        self._woken.set()

    def tell_or_end(self, actor: Actor | None) -> None:
        """As whoever acts there now is told: nobody any more is the end."""
        if actor is None:
            self.end()
        else:
            self.actor = actor
            self.tell()

    async def events(self) -> AsyncIterator[str]:
        """``look`` when there is something to look at, ``beat`` when there was nothing for a while; ends when it was
        ended."""
        while not self._ended:
            try:
                # Pages opened together drift apart, so that asking who they are is no burst every time.
                async with asyncio.timeout(BEAT_SECONDS * random.uniform(0.75, 1.25)):  # noqa: S311
                    await self._woken.wait()
            except TimeoutError:
                yield BEAT
                continue
            self._woken.clear()
            if self._due and not self._ended:
                self._due = False
                yield LOOK
                await asyncio.sleep(AT_MOST_EVERY)


def written(event: str, at: float) -> bytes:
    """An event in the form of text/event-stream. Its id is the time up to which its page has been told everything, in
    seconds: what the page comes back with. Its data is the same as a person reads it; empty if that is never (0)."""
    shown = f"{datetime.fromtimestamp(at, clock.SHANGHAI):%H:%M:%S}" if at else ""
    return f"id: {at:.3f}\nevent: {event}\ndata: {shown}\n\n".encode()

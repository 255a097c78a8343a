"""All open pages of this process, and who of them must look again.

A page is told nothing but that, and only of subjects its person sees at that moment: the session, the grant and the
scope are asked anew before each event, so that neither contents nor the time of something elsewhere can leak.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import ParamSpec, TypeVar
from uuid import UUID

import structlog
from django.db import Error as DatabaseFault
from django.db import close_old_connections

from anlan.accounts.api import actor_in_session
from anlan.authz.actors import Actor, system_actor_for
from anlan.authz.participation import paths_of
from anlan.authz.roles import Reach
from anlan.authz.scope import acting
from anlan.ledger.api import Happening
from anlan.lib import clock
from anlan.live import topics
from anlan.live.feed import Feed
from anlan.live.listeners import Listener

LOOK_EVERY = 0.5
REMEMBERED_SECONDS = 300.0
REMEMBERED_MOST = 5000
OVERLAP_SECONDS = 2.0
"""A page may be rendered so long before it says since when it listens, or a commit be seen so long after."""
LOOKS_A_SECOND = 100
JUST_ASKED_SECONDS = 0.1
ACCOUNTS = {"user", "grant"}
"""Subjects whose changes may take a page's right to listen away."""

P = ParamSpec("P")
R = TypeVar("R")

log = structlog.get_logger("live")


class Sight:
    """Whether an actor sees any of these happenings; each actor is asked about each topic once."""

    def __init__(self, happened: Sequence[Happening]) -> None:
        self._happened: dict[str, list[Happening]] = defaultdict(list)
        self._taking_part: dict[UUID, set[str]] | None = None
        for one in happened:
            self._happened[one.subject_type].append(one)
        self._answers: dict[tuple[Actor, str], bool] = {}

    def reaches(self, actor: Actor, wanted: Collection[str]) -> bool:
        return any(self._sees(actor, topic) for topic in wanted if topic in self._happened)

    def of_accounts(self) -> set[UUID]:
        """The users and grants something happened to."""
        return {one.subject_id for kind in ACCOUNTS for one in self._happened.get(kind, ())}

    def _sees(self, actor: Actor, topic: str) -> bool:
        if (actor, topic) not in self._answers:
            near = [one.subject_id for one in self._happened[topic] if self._may_see(actor, one)]
            self._answers[actor, topic] = bool(near) and topics.sees_any(actor, topic, near)
        return self._answers[actor, topic]

    def _may_see(self, actor: Actor, one: Happening) -> bool:
        """What every scope asks at least (``authz.scope.Scope``): it spares the query for those far away."""
        low, high = actor.wall
        if not low <= one.region_path < high:
            return False
        if actor.reach != Reach.PARTICIPATION and one.region_path.startswith(actor.region_path):
            return True
        if not topics.is_matter(one.subject_type):
            return True
        return any(path.startswith(actor.organisation_path) for path in self._parts(one))

    def _parts(self, one: Happening) -> set[str]:
        """The paths of the organisations that take part; read once for all subjects."""
        if self._taking_part is None:
            self._taking_part = {}
            matters = [one for kind, some in self._happened.items() if kind in topics.known([kind]) for one in some]
            for system in {system_actor_for(matter.region_path) for matter in matters}:
                with acting(system):
                    self._taking_part |= paths_of({matter.subject_id for matter in matters})
        return self._taking_part.get(one.subject_id, set())


def judge(happened: Sequence[Happening], listeners: Iterable[Listener]) -> Iterator[tuple[Listener, Actor | None]]:
    """The pages that must look again, each with who acts there now; with None those where nobody does any more."""
    sight = Sight(happened)
    accounts = sight.of_accounts()
    now = cache(actor_in_session)  # several pages of one browser are one session
    for listener in listeners:
        actor = listener.actor
        concerned = not accounts.isdisjoint({actor.user_id, actor.in_stead_of, actor.grant_id})
        if concerned or sight.reaches(actor, listener.topics):
            present = now(listener.session_key)
            if present is None or sight.reaches(present, listener.topics):
                yield listener, present


class Hub:
    """The open pages, and one reader of the ledger for all of them."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self._feed = Feed()
        self._recent: deque[tuple[float, Happening]] = deque(maxlen=REMEMBERED_MOST)
        self._untold: list[Happening] = []
        self._began = float("inf")
        self.told_until = 0.0
        """Everything read before then has been told; 0 before the first look."""
        self._next_turn = 0.0
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="live")

    async def person(self, session_key: str) -> Actor | None:
        """Who acts in the session now."""
        return await self._ask(actor_in_session, session_key)

    async def join(self, listener: Listener, since: float) -> None:
        """Let the page listen, and tell it at once if it has missed something since that time."""
        self.listeners.add(listener)
        from_when = since - OVERLAP_SECONDS
        if from_when < max(self._began, clock.now().timestamp() - REMEMBERED_SECONDS):
            listener.tell()
            return
        missed = [one for at, one in self._recent if at > from_when]
        try:
            await self._tell_of(missed, [listener])
        except DatabaseFault:
            listener.tell()

    async def turn(self) -> None:
        """Wait until it is one's turn to look: what concerns many pages is told them one by one, not all at once."""
        now = asyncio.get_running_loop().time()
        mine = max(now, self._next_turn)
        self._next_turn = mine + 1 / LOOKS_A_SECOND
        await asyncio.sleep(mine - now)

    def leave(self, listener: Listener) -> None:
        self.listeners.discard(listener)

    async def renew(self, listener: Listener) -> bool | None:
        """Ask again who listens; whether they still may, None if the database does not say."""
        listener.asked_at = asyncio.get_running_loop().time()
        try:
            now = await self.person(listener.session_key)
        except DatabaseFault:
            return None
        listener.actor = now or listener.actor
        return now is not None

    async def may_still_be_told(self, listener: Listener) -> bool:
        """Whether whoever was told is still who listens: what was told may have waited for its turn. While the database
        does not say, it waits on."""
        acting = listener.actor.grant_id
        while not listener.is_ended and asyncio.get_running_loop().time() - listener.asked_at > JUST_ASKED_SECONDS:
            if (may := await self.renew(listener)) is not None:
                return may and listener.actor.grant_id == acting
            await asyncio.sleep(LOOK_EVERY)
        return True

    async def watch(self) -> None:
        """Read the ledger, for ever. While the database is away it is asked again."""
        begun = False
        while True:
            try:
                if not begun:
                    await self._begin()
                    begun = True
                await self._look()
            except DatabaseFault as error:
                log.warning("the database does not answer", error=str(error))
                await asyncio.sleep(LOOK_EVERY)
            await asyncio.sleep(LOOK_EVERY)

    async def _begin(self) -> None:
        """Read from now on. Who came before has seen some moment before: what was committed since is passed over."""
        await self._ask(self._feed.begin)
        self._began = clock.now().timestamp()
        for listener in self.listeners:
            listener.tell()

    async def _look(self) -> None:
        begun = clock.now().timestamp()
        happened = await self._ask(self._feed.read)
        now = clock.now().timestamp()
        self._recent.extend((now, one) for one in happened)
        self._untold += happened  # the feed gives each once: where the telling fails, the next look tells it
        if self._untold and self.listeners:
            await self._tell_of(self._untold, list(self.listeners))
        self._untold = []
        self.told_until = begun

    async def _tell_of(self, happened: Sequence[Happening], listeners: Sequence[Listener]) -> None:
        """Tell each as soon as it is known to be concerned: many are asked about, one after the other."""
        loop = asyncio.get_running_loop()

        def tell() -> None:
            for listener, actor in judge(happened, listeners):
                listener.asked_at = loop.time()
                loop.call_soon_threadsafe(listener.tell_or_end, actor)

        await self._ask(tell)

    async def _ask(self, question: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Ask the database in a thread, on a connection that is good."""

        def asked() -> R:
            close_old_connections()
            return question(*args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._threads, asked)

"""People at work on a site, through its HTTP API and nothing else, and a book of what they were told was done.

Each request has an ``Idempotency-Key`` and is sent again under it until it is answered: what a phone does in a cellar.
Only a 2xx that repeats what was sent counts as an acknowledgement.
"""

import hashlib
import http.client
import io
import itertools
import json
import random
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from PIL import Image

from anlan.lib import clock

ANSWER_SECONDS = 5.0
PAUSES = (0.02, 0.05, 0.1)
BOUNDARY = "anlan-chaos"


@dataclass
class Deed:
    """One request, from its first sending to its acknowledgement. ``subject`` is the id of the matter or check."""

    kind: str
    mark: str
    subject: str = ""
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    answer: dict[str, Any] | None = None
    sent_at: float = 0.0
    answered_at: float = 0.0
    tries: int = 0
    who: str = ""

    @property
    def is_acknowledged(self) -> bool:
        return self.answer is not None


class Gate:
    """Where everybody waits between two pieces of work while something is tried in silence."""

    def __init__(self) -> None:
        self.people: list[threading.Thread] = []
        self._is_closed = False
        self._waiting = 0
        self._changed = threading.Condition()

    def pass_through(self) -> None:
        with self._changed:
            self._waiting += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._is_closed)
            self._waiting -= 1

    @contextmanager
    def closed(self, seconds: float) -> Iterator[None]:
        """Inside the block nobody works; AssertionError when they do not come to an end of what they are doing."""
        with self._changed:
            self._is_closed = True
        try:
            with self._changed:
                assert self._changed.wait_for(self._all_wait, seconds), "the people at work come to no end"
            yield
        finally:
            with self._changed:
                self._is_closed = False
                self._changed.notify_all()

    def _all_wait(self) -> bool:
        return self._waiting >= sum(one.is_alive() for one in self.people)


class Book:
    """Everything that was sent, in one place; and what came back that was neither success nor failure."""

    def __init__(self) -> None:
        self.gate = Gate()
        self.deeds: list[Deed] = []
        self.oddities: list[str] = []
        self.statuses: dict[int, int] = {}
        self._changed = threading.Condition()

    def open(self, deed: Deed) -> Deed:
        with self._changed:
            self.deeds.append(deed)
        return deed

    def close(self, deed: Deed, answer: dict[str, Any]) -> None:
        with self._changed:
            deed.answer, deed.answered_at = answer, time.monotonic()
            self._changed.notify_all()

    def note(self, status: int) -> None:
        with self._changed:
            self.statuses[status] = self.statuses.get(status, 0) + 1

    def odd(self, what: str) -> None:
        with self._changed:
            self.oddities.append(what)

    def acknowledged(self) -> list[Deed]:
        with self._changed:
            return [deed for deed in self.deeds if deed.is_acknowledged]

    def await_acknowledgement(self, since: float, seconds: float) -> float | None:
        """Seconds from ``since`` to the first acknowledgement of something sent after it; None if there was none."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._first(since) is not None, seconds):
                return None
            first = self._first(since)
            assert first is not None
            return first - since

    def _first(self, since: float) -> float | None:
        times = [deed.answered_at for deed in self.deeds[-500:] if deed.is_acknowledged and deed.sent_at >= since]
        return min(times, default=None)


@dataclass(frozen=True)
class Work:
    """Where the clients send what, as :mod:`tests.chaos.world` printed it."""

    port: int
    world: dict[str, Any]


class Client(threading.Thread):
    """One person, who begins a new piece of work as soon as the one before is acknowledged."""

    def __init__(self, work: Work, name: str, book: Book, stop: threading.Event, seed: int) -> None:
        super().__init__(name=f"client-{name}-{seed}")
        self.who, self.port, self.world, self.book = name, work.port, work.world, book
        self.random = random.Random(seed)
        self._stop_asked = stop
        self._connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        try:
            while not self._stop_asked.is_set():
                self.book.gate.pass_through()
                self.find_matter() if self.random.random() < 0.75 else self._check()
        except Unanswered:
            return
        except Exception as error:  # a thread that dies in silence would prove nothing
            self.book.odd(f"{self.name}: {error!r}")
            raise
        finally:
            self._hang_up()

    # Pieces of work

    def find_matter(self) -> None:
        """Find a matter and take it some steps on; returns when each is acknowledged."""
        mark = f"混沌 {uuid.uuid4()}"
        photos = [self._photo(mark)] if self.random.random() < 0.3 else []
        body = {
            "description": mark,
            "source": "GRID_PATROL" if self.who == "village" else "GRASSROOTS_CHECK",
            "site": self.world["sites"][self.who],
            "sector": "FIRE",
            "photos": photos,
        }
        deed = self._post(Deed("register", mark), "/api/v1/hidden-dangers", body, repeats={"description": mark})
        if self.who == "village" or self._stop_asked.is_set():
            return
        self._move(deed, "confirm", cause="STATE", clause="消防法第二十八条", note=f"核定 {mark}")
        if self.random.random() < 0.6 and not self._stop_asked.is_set():
            due_on = clock.today() + timedelta(days=30)
            self._move(deed, "dispatch", lead=self.world["organisations"][self.who], due_on=due_on.isoformat())

    def _move(self, matter: Deed, verb: str, **payload: Any) -> None:
        path = f"/api/v1/hidden-dangers/{matter.subject}/transitions"
        deed = Deed(verb, matter.mark, subject=matter.subject)
        self._post(deed, path, {"verb": verb, **payload}, repeats={"description": matter.mark})

    def _check(self) -> None:
        mark = f"混沌 {uuid.uuid4()}"
        answers = [{"item": number, "answer": "PASS"} for number in self.world["items"]]
        body = {
            "act_class": "PATROL",
            "site": self.world["sites"][self.who],
            "checklist_version": self.world["checklist"],
            "note": mark,
            "answers": answers,
        }
        self._post(Deed("check", mark), "/api/v1/checks", body, repeats={"note": mark})

    def _photo(self, mark: str) -> str:
        content = _picture(self.random.randbytes(24 * 24 * 3))
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
        body = f"{head}Content-Type: image/png\r\n\r\n".encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        repeats = {"sha256": hashlib.sha256(content).hexdigest()}
        return self._post(Deed("upload", mark), "/api/v1/files", body, repeats=repeats).subject

    # Sending

    def _post(self, deed: Deed, path: str, body: Any, *, repeats: dict[str, str]) -> Deed:
        """Send it until it is acknowledged. An answer that is no failure and does not say what was sent is odd."""
        deed.who = self.who
        self.book.open(deed)
        is_json = not isinstance(body, bytes)
        headers = {
            "Authorization": f"Bearer {self.world['tokens'][self.who]}",
            "Idempotency-Key": deed.key,
            "Content-Type": "application/json" if is_json else f"multipart/form-data; boundary={BOUNDARY}",
        }
        content = json.dumps(body).encode() if is_json else body
        given_up_at: float | None = None
        for deed.tries in itertools.count(1):
            deed.sent_at = time.monotonic()
            status, answer = self._send(path, content, headers)
            self.book.note(status)
            if 200 <= status < 300:
                if any(answer.get(name) != value for name, value in repeats.items()):
                    self.book.odd(f"{deed.kind} {deed.mark}: {status} answers {answer}")
                deed.subject = deed.subject or str(answer.get("id"))
                self.book.close(deed, answer)
                return deed
            if 400 <= status < 500:
                self.book.odd(f"{deed.kind} {deed.mark}: {status} {answer}")
                raise Unanswered
            if self._stop_asked.is_set():
                given_up_at = given_up_at or time.monotonic() + ANSWER_SECONDS
                if time.monotonic() > given_up_at:
                    raise Unanswered
            time.sleep(PAUSES[min(deed.tries, len(PAUSES)) - 1])
        raise AssertionError

    def _send(self, path: str, content: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Status and body; status 0 when there was no answer."""
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
            self._connection.request("POST", path, content, headers)
            response = self._connection.getresponse()
            text = response.read()
            return response.status, json.loads(text) if text.startswith(b"{") else {}
        except (OSError, http.client.HTTPException):
            self._hang_up()
            return 0, {}

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class Unanswered(Exception):  # noqa: N818 - how it stands, not an error
    """The work ends without an acknowledgement."""


@contextmanager
def at_work(work: Work, people: tuple[str, ...]) -> Iterator[Book]:
    """So many people at work inside the block; afterwards each has finished or given up what was under way."""
    book, stop = Book(), threading.Event()
    clients = [Client(work, name, book, stop, seed) for seed, name in enumerate(people)]
    book.gate.people.extend(clients)
    for client in clients:
        client.start()
    try:
        yield book
    finally:
        stop.set()
        for client in clients:
            client.join()


def _picture(pixels: bytes) -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", (24, 24), pixels).save(out, "PNG")
    return out.getvalue()

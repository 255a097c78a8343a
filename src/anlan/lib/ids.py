"""Identifiers: UUIDv7 (RFC 9562 §5.7), so that rows of different counties never collide and sort by time."""

import os
import secrets
from collections.abc import Callable, Iterator
from itertools import chain
from threading import Lock
from uuid import UUID

from anlan.lib import clock

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u


_lock = Lock()
_last = 0


def as_id(text: str) -> UUID | None:
    """The id that was written, or None when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def uuid7() -> UUID:
    """A new UUIDv7 of the clock's instant. Those of one process and one millisecond come out in order (§6.2)."""
    global _last
    milliseconds = int(clock.now().timestamp() * 1000) & (2**48 - 1)
    with _lock:
        _last = _last + 1 if _last >> 80 == milliseconds else _fresh(milliseconds)
        return UUID(int=_last)


def uuid7s(count: int) -> Iterator[UUID]:
    """That many UUIDv7 of one instant, in order, each made when it is taken: the clock is read once."""
    first = reserve(count)
    return (UUID(int=value) for value in range(first, first + count))


def reserve(count: int) -> int:
    """The first of that many UUIDv7 in a row, as a number: nobody else of this process is given one of them."""
    global _last
    first = uuid7().int
    with _lock:
        first = max(first, _last) + 1
        _last = first + count - 1
    return first


def _begin_anew() -> None:
    global _last, _lock
    _last, _lock = 0, Lock()


os.register_at_fork(after_in_child=_begin_anew)  # two processes that counted on would give the same ids

BLOCK = 1 << 24


def block() -> Iterator[str]:
    """``BLOCK`` UUIDv7 in a row, as their 36 characters, for whoever needs them by the million. OverflowError after the
    last."""
    first = -(-reserve(2 * BLOCK) // BLOCK) * BLOCK  # only the last six digits count
    return chain(map(f"{str(UUID(int=first))[:-6]}%06x".__mod__, range(BLOCK)), _no_more())


def _no_more() -> Iterator[str]:
    raise OverflowError("too much for one block of ids")
    yield


def _fresh(milliseconds: int) -> int:
    """Version 7, variant 10, and random bits whose uppermost of each part leave room to count."""
    random_bits = int.from_bytes(os.urandom(10))
    value = milliseconds << 80 | 0x7 << 76 | (random_bits >> 68 & 0xFFF) << 64
    return value | 0b10 << 62 | random_bits & (2**61 - 1)


def segment(length: int = 6) -> str:
    """A new random path segment of lower-case letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def number(beginning: str, is_taken: Callable[[str], bool]) -> str:
    """``beginning`` with five random letters or digits, another than those that are taken: of five thousand numbers of a
    month two are the same in one of three."""
    while is_taken(found := f"{beginning}{segment(5).upper()}"):
        pass
    return found

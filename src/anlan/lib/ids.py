"""Identifiers: UUIDv7 (RFC 9562 §5.7), so that rows of different counties never collide and sort by time."""

import os
import secrets
from uuid import UUID

from anlan.lib import clock

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u


def uuid7() -> UUID:
    """A new UUIDv7 of the clock's instant."""
    milliseconds = int(clock.now().timestamp() * 1000)
    random_bits = int.from_bytes(os.urandom(10))
    value = (milliseconds & (2**48 - 1)) << 80
    value |= 0x7 << 76 | (random_bits >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | random_bits & (2**62 - 1)
    return UUID(int=value)


def segment(length: int = 6) -> str:
    """A new random path segment of lower-case letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))

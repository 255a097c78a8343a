"""Canonical bytes and their hashes. The form is fixed for ever (ADR 0002): the ledger's leaves are made of it.

UTF-8 JSON, keys sorted, no white space, no floats; instants are UTC with microseconds and a final ``Z``,
dates are ISO, decimals are strings, UUIDs are their 36 characters.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

SALTS_AT_ONCE = 256
_SALT_PLACES = [slice(32 * n, 32 * n + 32) for n in range(SALTS_AT_ONCE)]


def canonical_instant(instant: datetime) -> str:
    """``2026-01-31T08:00:00.000000Z``."""
    if instant.tzinfo is not UTC:
        instant = instant.astimezone(UTC)
    return instant.isoformat(timespec="microseconds")[:-6] + "Z"


def canonical_value(value: Any) -> Any:
    """``value`` in the types JSON knows, without floats. Raises TypeError for anything else."""
    if value is None or isinstance(value, bool | int | str):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, datetime):
        return canonical_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, dict):
        return {str(key): canonical_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [canonical_value(item) for item in items]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical_bytes(value: Any) -> bytes:
    """The canonical UTF-8 JSON of ``value``."""
    text = json.dumps(canonical_value(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def leaf_hash(value: Any) -> bytes:
    """The RFC 6962 leaf hash: SHA-256 of 0x00 and the canonical bytes (32 bytes)."""
    return hashlib.sha256(b"\x00" + canonical_bytes(value)).digest()


def new_salt() -> str:
    """16 random bytes as 32 hexadecimal digits."""
    return secrets.token_hex(16)


def new_salts() -> Iterator[str]:
    """As many salts as are asked for: the system is asked for the bytes of many at once."""
    while True:
        digits = secrets.token_hex(16 * SALTS_AT_ONCE)
        yield from map(digits.__getitem__, _SALT_PLACES)


def salted_hash(text: str, salt: str) -> str:
    """SHA-256 of the salt's bytes and the text, as hexadecimal: stands in the ledger for personal text."""
    return hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest()

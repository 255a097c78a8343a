"""Temporary passwords: read out over the telephone, typed once, changed at once."""

import secrets
from datetime import timedelta

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without 0/O and 1/l, which are mistaken for each other when read aloud or off paper."""

GROUPS, LETTERS = 4, 4
"""Sixteen letters of 32: 80 bits."""

LASTS = timedelta(hours=72)
"""How long an administrator's password is good for: handed over on Friday, used on Monday."""


def temporary_password() -> str:
    """A new one, in groups."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))

"""The second factors of a user, without their secrets."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator

MAIN = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What a sign-in asks for; recovery codes only stand in for them."""


@dataclass(frozen=True)
class Factor:
    """``name`` is what the person called a passkey."""

    id: int
    type: str
    name: str
    since: datetime
    used_at: datetime | None


def factors_of(user_id: UUID) -> list[Factor]:
    """The main ones, the oldest first."""
    rows = Authenticator.objects.filter(user_id=user_id, type__in=MAIN).order_by("id")
    return [Factor(row.pk, row.type, _name(row), row.created_at, row.last_used_at) for row in rows]


def _name(row: Authenticator) -> str:
    return str(row.data["name"]) if row.type == Authenticator.Type.WEBAUTHN else "验证器应用"

"""The sessions of a user, in words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils import timezone

SYSTEMS = (
    ("HarmonyOS", "鸿蒙设备"),
    ("iPad", "iPad"),
    ("iPhone", "iPhone 手机"),
    ("Android", "安卓手机"),
    ("Windows", "Windows 电脑"),
    ("Mac OS X", "苹果电脑"),
    ("Linux", "Linux 电脑"),
)
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("WPS", "WPS"),
    ("QQBrowser", "QQ 浏览器"),
    ("360SE", "360 浏览器"),
    ("360EE", "360 浏览器"),
    ("Edg", "Edge 浏览器"),
    ("Firefox", "火狐浏览器"),
    ("Chrome", "Chrome 浏览器"),
    ("Safari", "Safari 浏览器"),
)
"""The first that is found: others call themselves Chrome and Safari as well."""


@dataclass(frozen=True)
class SignedIn:
    """One session as a person reads it."""

    id: int
    device: str
    is_phone: bool
    address: str
    since: datetime
    seen_at: datetime
    is_current: bool


def sessions_of(user_id: UUID, current_key: str | None = None) -> list[SignedIn]:
    """The sessions that are open, the one in hand first, then the last used."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    rows = UserSession.objects.filter(Exists(alive), user_id=user_id).order_by("-last_seen_at")
    found = [_in_words(row, current_key) for row in rows]
    return sorted(found, key=lambda session: not session.is_current)


def _in_words(row: UserSession, current_key: str | None) -> SignedIn:
    return SignedIn(
        id=row.pk,
        device=device_in_words(row.user_agent),
        is_phone=bool(re.search(r"Mobile|Android|iPhone|iPad|HarmonyOS", row.user_agent)),
        address=row.ip,
        since=row.created_at,
        seen_at=row.last_seen_at,
        is_current=row.session_key == current_key,
    )


def device_in_words(user_agent: str) -> str:
    """What a browser says of itself, as one would say it: Windows 电脑，Edge 浏览器."""
    parts = [_first(user_agent, SYSTEMS), _first(user_agent, BROWSERS)]
    return "，".join(part for part in parts if part) or "未知设备"


def _first(user_agent: str, words: Iterable[tuple[str, str]]) -> str:
    return next((word for mark, word in words if mark in user_agent), "")

"""What the frame around a page shows. Filled by a context processor above; ``base.html`` reads it as ``shell``."""

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class NavigationItem:
    label: str
    url: str
    icon: str
    count: int | None = None
    urgent: bool = False
    active: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class GrantChoice:
    """One capacity a person may act in: an organisation and a role."""

    id: str
    organisation: str
    role: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    place: str
    person: str
    acting: GrantChoice | None = None
    grants: Sequence[GrantChoice] = ()
    navigation: Sequence[NavigationItem] = ()
    home_url: str = "/"
    live_url: str = ""
    session_url: str = ""
    search_url: str = ""
    inbox_url: str = ""
    inbox_count: int = 0
    switch_url: str = ""
    account_url: str = ""
    sign_out_url: str = ""
    help_url: str = ""

    @property
    def phone_navigation(self) -> Sequence[NavigationItem]:
        """The first four; the rest are behind 全部."""
        return self.navigation[:4]

    @property
    def other_grants(self) -> Sequence[GrantChoice]:
        return [grant for grant in self.grants if grant != self.acting]


def with_active(items: Sequence[NavigationItem], path: str) -> Sequence[NavigationItem]:
    """Mark the item whose address is the longest beginning of *path*."""
    best = max((item.url for item in items if path.startswith(item.url)), key=len, default=None)
    return [replace(item, active=item.url == best) for item in items]

"""The head of a request for a stream. Bodies, other methods and keep-alive are nothing a stream needs."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.http import parse_cookie


class BadRequest(Exception):  # noqa: N818 - an answer, not a fault of ours
    """The head cannot be read."""


@dataclass(frozen=True)
class Request:
    """``headers`` by lower-case name."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, head: bytes) -> "Request":
        first, *lines = head.decode("latin-1").split("\r\n")
        try:
            method, target, _ = first.split(" ")
            url = urlsplit(target)
        except ValueError as error:
            raise BadRequest from error
        headers = dict(_field(line) for line in lines if line)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        return cls(method, url.path, query, headers)

    @property
    def session_key(self) -> str:
        cookies = parse_cookie(self.headers.get("cookie", ""))
        return str(cookies.get(settings.SESSION_COOKIE_NAME, ""))

    @property
    def since(self) -> float:
        """The time up to which the page has seen everything, in seconds; 0 if it does not say."""
        text = self.headers.get("last-event-id") or self.query.get("since", "")
        try:
            return float(text) if len(text) < 20 and text.replace(".", "", 1).isdecimal() else 0.0
        except ValueError:
            return 0.0


def _field(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        raise BadRequest
    return name.strip().lower(), value.strip()

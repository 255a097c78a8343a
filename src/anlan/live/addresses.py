"""Where the stream of events is, seen from a page."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import validate_host

PATH = "/live/stream"


def stream_url(request: HttpRequest) -> str:
    """Behind a proxy on the site's own origin; else on the port beside the site's, at the host the person came to."""
    return PATH if settings.BEHIND_PROXY else f"http://{_name(request.get_host())}:{settings.LIVE_PORT}{PATH}"


def is_ours(host: str) -> bool:
    """Whether a ``Host`` header names this site."""
    return validate_host(_name(host), settings.ALLOWED_HOSTS)


def may_read(origin: str, host: str) -> bool:
    """Whether a page of that ``Origin`` may read a stream asked of that ``Host``: only the site itself."""
    if settings.BEHIND_PROXY:
        return origin == f"https://{host}"
    return origin == f"http://{_name(host)}:{settings.SITE_PORT}"


def _name(host: str) -> str:
    """A host without its port; IPv6 keeps its brackets."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
    return f"[{name}]" if ":" in name else name

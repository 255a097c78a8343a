"""The served site as a browser and a stranger meet it, before any slice adds its pages."""

import json
import re
import urllib.request

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page

from tests.live import LiveSite

pytestmark = pytest.mark.functional


def test_a_browser_reads_the_health_page(live_site: LiveSite, page: Page) -> None:
    response = page.goto(f"{live_site.url}/healthz")
    assert response is not None
    assert response.status == 503  # no job worker runs in this test
    assert json.loads(page.inner_text("body")) == {
        "status": "down",
        "web": "ok",
        "database": "ok",
        "worker": "down",
        "ledger": "ok",
    }


def test_every_answer_carries_the_security_headers(live_site: LiveSite, page: Page) -> None:
    response = page.goto(f"{live_site.url}/healthz")
    assert response is not None
    headers = response.all_headers()
    policy = headers["content-security-policy"]
    assert "script-src 'self' 'wasm-unsafe-eval'" in policy
    assert not re.search(r"https?:|unsafe-eval'(?<!wasm-unsafe-eval')|\*", policy)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"


def test_static_files_are_served_under_hashed_names(live_site: LiveSite) -> None:
    manifest = json.loads((live_site.home / "static" / "staticfiles.json").read_text("utf-8"))["paths"]
    name, hashed = next((name, hashed) for name, hashed in manifest.items() if name.endswith(".js"))
    assert name != hashed
    with urllib.request.urlopen(f"{live_site.url}/static/{hashed}") as response:
        assert response.status == 200
        assert "max-age" in response.headers["cache-control"]


def test_what_a_test_commits_is_in_the_live_database(live_site: LiveSite, live_database: None) -> None:
    Session.objects.create(session_key="live", session_data="x", expire_date=timezone.now())
    out = live_site.manage(
        "shell",
        "--no-imports",
        "-c",
        "from django.contrib.sessions.models import Session as S; print(S.objects.filter(session_key='live').count())",
    )
    assert out.strip().endswith("1")
    live_site.reset()
    assert not Session.objects.exists()

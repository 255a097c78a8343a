"""What is asked of every page."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.functional.visitor import DESK, PHONE

GRAVE = {"serious", "critical"}


def is_well_made(page: Page) -> None:
    """Nothing serious for people who cannot see or point, and nothing wider than the screen, also on a phone."""
    assert faults_of(page) == []


def faults_of(page: Page) -> list[str]:
    """What is not well made, in one line each."""
    found = []
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        found += [f"{page.url} {fault}" for fault in _grave(page)]
        if (width := page.evaluate("document.documentElement.scrollWidth")) > size["width"]:
            found.append(f"{page.url} is {width} wide on {size['width']}")
    return found


def _grave(page: Page) -> list[str]:
    """What axe calls serious or critical, in one line each."""
    # What is in order needs no list of its places: that takes half the time.
    found: Any = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['html'][:120]}"
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]

"""The pictures of ``docs/images``: a site of its own with the demo county, a browser, and PNG files small enough to commit.

``make screenshots``. Nothing of an installed site is touched: the home is a temporary folder, the port a free one.
"""

import io
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from anlan.config import secrets
from scripts.tour import FIRM, Tour
from tests.running import running_site

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--lang=zh-CN"]
CHINESE = {**os.environ, "LANGUAGE": "zh_CN"}
"""What the browser itself writes, as in a field for a date, is Chinese where its translations are installed."""
LARGEST = 200_000
COLOURS = (256, 192, 128, 96, 64)
DESK, TALL, WIDE, PHONE = (1440, 900), (1440, 1280), (1920, 1080), (390, 844)


@dataclass(frozen=True)
class Picture:
    """``open`` goes to the page, ``who`` is a login of the demo; on the phone two pixels a point."""

    name: str
    who: str
    size: tuple[int, int]
    open: Callable[[Page], None]


def _goes(path: str) -> Callable[[Page], None]:
    return lambda page: _open(page, path)


def _first_of(*queries: str) -> Callable[[Page], None]:
    """The first matter of the first list that has one."""

    def go(page: Page) -> None:
        for query in queries:
            _open(page, f"/hidden-dangers/?{query}")
            title = page.locator("table .title").first
            if title.count():
                return _open(page, title.get_attribute("href") or "")
        raise LookupError(queries)

    return go


def _open_enterprise(page: Page) -> None:
    """The enterprise of the demo's enterprise login: it has the most to tell."""
    _open(page, f"/enterprises/?q={FIRM}")
    _open(page, page.locator("table .title").first.get_attribute("href") or "")


def _map(page: Page) -> None:
    _open(page, "/map/")
    page.wait_for_selector("#map[data-drawn]")


MAJOR = "level=MAJOR&sort=due_on"
PICTURES = (
    Picture("desk-county", "county", DESK, _goes("/")),
    Picture("list", "county", DESK, _goes("/hidden-dangers/?state=open&sort=due_on")),
    Picture("list-wide", "county", WIDE, _goes("/hidden-dangers/?sort=-due_on")),
    Picture("case-major", "dept", TALL, _first_of(f"{MAJOR}&status=SUBMITTED", f"{MAJOR}&state=open", MAJOR)),
    Picture("case-phone", "firm", PHONE, _first_of("status=RECTIFYING&sort=due_on", "sort=-due_on")),
    Picture("desk-village", "village", PHONE, _goes("/")),
    Picture("overview", "county", TALL, _goes("/oversight/")),
    Picture("map", "county", DESK, _map),
    Picture("enterprise", "county", TALL, _open_enterprise),
)


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="anlan-pictures-") as folder,
        running_site(Path(folder)) as (home, port),
        sync_playwright() as playwright,
    ):
        url, password = f"http://127.0.0.1:{port}", secrets.load(home)["demo_password"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS, env=CHINESE)
        for picture in PICTURES:
            _keep(picture.name, _take(browser, url, password, picture))
        Tour(browser, url, password, lambda name, page: _keep(f"tour/{name}", _shoot(page))).walk()
        browser.close()


def _take(browser: Browser, url: str, password: str, picture: Picture) -> bytes:
    """Sign in, open, look."""
    width, height = picture.size
    context = browser.new_context(
        base_url=url,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": width, "height": height},
        device_scale_factor=2 if picture.size == PHONE else 1,
        reduced_motion="reduce",
    )
    page = context.new_page()
    _open(page, "/")
    page.get_by_label("账号").fill(picture.who)
    page.get_by_role("textbox", name="密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("navigation").first.wait_for(state="attached")
    picture.open(page)
    shot = _shoot(page)
    context.close()
    return shot


def _shoot(page: Page) -> bytes:
    page.wait_for_load_state("networkidle")
    return page.screenshot(animations="disabled", caret="hide")


def _open(page: Page, path: str) -> None:
    page.goto(path, wait_until="networkidle")
    page.evaluate("document.fonts.ready.then(() => true)")


def _keep(name: str, shot: bytes) -> None:
    """As ``docs/images/{name}.png``. With all its colours if it fits, else with those that cover most: a rare yellow must not become red."""
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    for colours in (None, *COLOURS):
        out = io.BytesIO()
        fewer = image.quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE) if colours else image
        fewer.save(out, "PNG", optimize=True)
        if out.tell() < LARGEST:
            break
    path = IMAGES / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(out.getvalue())
    print(f"{name}.png {out.tell() / 1000:.0f} kB", flush=True)


if __name__ == "__main__":
    main()

"""Somebody with a browser, and the pages as that person handles them: by what is written on them."""

import io
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 15_000


def photo(colour: str = "peru", name: str = "现场.jpg") -> dict[str, object]:
    """A picture to choose in a file input."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def follows(one: Locator) -> None:
    """Click what leads to another page, and wait for it: its words are there a moment before its scripts, and what is
    clicked in between opens no panel and no menu."""
    with one.page.expect_navigation():
        one.click()


PAPER = {"name": "自验报告.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}


@dataclass
class Visitor:
    """One person's browser. ``faults`` collects what no page may do: ask another server, break the content security
    policy, write an error to the console, answer with a refusal that the test does not expect (``refused``)."""

    name: str
    site: str
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

    @classmethod
    def enter(
        cls, browser: Browser, site: str, name: str, cookie: str, *, viewport: dict[str, int], scripts: bool
    ) -> "Visitor":
        context = browser.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport=viewport,  # type: ignore[arg-type]
            has_touch=viewport is PHONE,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        if cookie:
            context.add_cookies([{"name": "anlan_session", "value": cookie, "url": site}])
        visitor = cls(name, site, context, context.new_page())
        visitor.watch(visitor.page)
        return visitor

    def watch(self, page: Page) -> None:
        page.on("request", self._see_request)
        page.on("response", self._see_response)
        page.on("console", self._see_console)
        page.on("pageerror", lambda error: self.faults.append(f"{self.name}: 页面出错 {error}"))

    def another_tab(self) -> Page:
        page = self.context.new_page()
        self.watch(page)
        return page

    def leave(self) -> None:
        self.context.close()

    def _see_request(self, request: Request) -> None:
        if not request.url.startswith((self.site + "/", "blob:", "data:")) and not self._is_stream(request.url):
            self.faults.append(f"{self.name}: 向外请求 {request.url}")

    def _is_stream(self, url: str) -> bool:
        """Live updates are on another port of the same host."""
        asked = urlsplit(url)
        return (asked.hostname, asked.path) == (urlsplit(self.site).hostname, "/live/stream")

    def _see_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"{self.name}: {response.status} {response.request.method} {response.url}")

    def _see_console(self, message: ConsoleMessage) -> None:
        # What failed to load was seen as a response already.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"{self.name}: 控制台 {message.text}")

    # Going about

    def goes(self, path: str = "/") -> "Visitor":
        self.page.goto(self.site + path)
        return self

    def is_refused(self, path: str, status: int = 404) -> None:
        """Open an address that must not open; the page says so in Chinese."""
        self.expected.add(status)
        response = self.page.goto(self.site + path)
        assert response is not None
        assert response.status == status
        expect(self.page.locator(".refusal .code")).to_have_text(str(status))
        expect(self.page.get_by_role("heading", name="可以这样做")).to_be_visible()

    def finds(self, words: str) -> Locator:
        """What the search in the top bar brings."""
        self.goes(f"/search?q={words}")
        return self.page.locator(".line-list a")

    def lists(self, query: str = "") -> Locator:
        """The titles of the list of hidden dangers."""
        self.goes(f"/hidden-dangers/{query}")
        return self.page.locator("table .title")

    def sees_no(self, *words: str) -> None:
        """Nowhere in the page, not even where it is hidden."""
        content = self.page.content()
        seen = [word for word in words if word in content]
        assert not seen, f"{self.name} 在 {self.page.url} 看到了 {seen}"

    # The desk

    def desk(self) -> "Visitor":
        return self.goes("/")

    def tile(self, label: str) -> Locator:
        return self.page.locator(".tile").filter(has_text=label).locator(".figure")

    def opens_from_desk(self, description: str) -> "Case":
        """Follow the line of a matter in the list of 待办."""
        self.desk()
        follows(self.page.locator(".columns > .stack").first.get_by_role("link", name=description).first)
        return Case(self, self.page)

    def opens(self, path: str) -> "Case":
        self.goes(path)
        return Case(self, self.page)


@dataclass
class Case:
    """The page of one matter."""

    visitor: Visitor
    page: Page

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def number(self) -> str:
        return self.page.locator(".breadcrumbs li").last.inner_text().strip()

    @property
    def bar(self) -> Locator:
        return self.page.get_by_role("region", name="现在可以做什么")

    @property
    def status(self) -> Locator:
        return self.page.locator(".page-head .meta")

    @property
    def timeline(self) -> Locator:
        return self.page.locator("#timeline")

    def stands_at(self, status: str) -> "Case":
        expect(self.status).to_contain_text(status)
        return self

    def may(self, verb: str) -> Locator:
        """The button or menu entry of a verb."""
        words = re.compile(rf"^\s*{verb}(\s|$)")
        return self.bar.locator("a, [role=link]").filter(has_text=words)

    def refuses(self, verb: str) -> Locator:
        """The verb where it is shown but cannot be done now; its title says why."""
        return self.bar.locator("[aria-disabled=true]").filter(has_text=verb)

    def begins(self, verb: str) -> "ActForm":
        """Press the verb; its form opens in the panel (without scripts on a page of its own)."""
        act = self.may(verb)
        if not act.is_visible():
            self.bar.get_by_role("button", name="更多").click()
        act.click()
        panel = self.page.get_by_role("dialog")
        return ActForm(self.visitor, self.page, panel)


@dataclass
class ActForm:
    """A form: in the panel or on a page."""

    visitor: Visitor
    page: Page
    within: Locator

    def says(self, label: str, words: str) -> "ActForm":
        self.within.get_by_label(label).first.fill(words)
        return self

    def ticks(self, label: str) -> "ActForm":
        self.within.get_by_label(label, exact=True).first.check()
        return self

    def picks(self, label: str, words: str) -> "ActForm":
        """Choose from a list one can type in, once the script has made it one."""
        self.within.get_by_role("combobox", name=label).and_(self.page.locator("input")).fill(words)
        options = self.within.get_by_role("option")
        wanted = options.filter(has_text=words)
        expect(wanted).to_be_visible()
        expect(options.filter(has_not_text=words)).to_have_count(0)  # typing is taken in a moment later
        wanted.click()
        return self

    def presses(self, name: str) -> "ActForm":
        self.within.get_by_role("button", name=name, exact=True).click()
        return self

    def shows(self, label: str, *pictures: dict[str, object]) -> "ActForm":
        self.within.get_by_label(label).first.set_input_files(list(pictures))  # type: ignore[arg-type]
        return self

    def submits(self) -> Case:
        """Press the one primary button; the case comes back."""
        with self.page.expect_navigation():
            self.send()
        return Case(self.visitor, self.page)

    def send(self) -> None:
        self.within.locator("button[type=submit].btn-primary").click()

    def error_at(self, label: str) -> Locator:
        """The sentence below a field."""
        return self.within.locator(".field").filter(has_text=label).locator(".error")

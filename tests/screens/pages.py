"""A page in the browser: somebody's visit, and what is wrong with what they see."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / ".kassa/output/screens"
HTML_MAX, REQUESTS_MAX = 60_000, 3  # bytes of a page, and what it asks for beside itself
LOOPBACK = ("http://127.0.0.1:", "http://localhost:", "data:")
CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary"
REACHED = """
() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one);
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  return { html: one.outerHTML.slice(0, 160), seen };
}
"""
TO_THE_TOP = "() => { document.body.tabIndex = -1; document.body.focus(); }"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LINKS = "[...document.querySelectorAll('a[href]:not([download])')].map(one => one.href)"


class Device(NamedTuple):
    """What a page is looked at with."""

    name: str
    width: int
    height: int
    is_dark: bool


PHONE = Device("phone", 390, 844, is_dark=True)
DESKTOP = Device("desktop", 1440, 900, is_dark=False)
WALL = Device("wall", 2560, 1440, is_dark=False)
SMALL = Device("small", 360, 640, is_dark=False)


class Visitor:
    """Somebody who is signed in, and whatever went wrong on their pages."""

    def __init__(self, browser: Browser, device: Device, language: str, has_scripts: bool = True):
        self.device = device
        self.faults: list[str] = []
        self.asked: list[str] = []
        self.context = browser.new_context(
            viewport={"width": device.width, "height": device.height},
            color_scheme="dark" if device.is_dark else "light",
            locale=language,
            java_script_enabled=has_scripts,
        )
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.page.on("pageerror", lambda error: self._hear("error", str(error)))
        self.page.on("request", lambda request: self._ask(request.url, request.resource_type))

    def sign_in(self, link: str) -> None:
        """Open a link, and continue."""
        self.page.goto(link)
        self.page.locator("main button").click()
        self.page.wait_for_url("**/console")
        self.page.wait_for_load_state("networkidle")

    def open(self, url: str) -> Response:
        """Open a page, and keep what is wrong with how it came."""
        self.asked.clear()
        answered = self.page.goto(url)
        assert answered is not None
        size = len(answered.body())
        if answered.status >= 400:
            self.faults.append(f"{url}: {answered.status}")
        if size > HTML_MAX:
            self.faults.append(f"{url}: {size} bytes")
        if len(self.asked) > REQUESTS_MAX:
            self.faults.append(f"{url}: asks for {self.asked}")
        return answered

    def judge(self) -> None:
        """Keep what a person couldn't use: by axe-core's rules, or wider than the screen."""
        found: list[dict[str, Any]] = Axe().run(self.page).response["violations"]
        for one in found:
            if one["impact"] in ("serious", "critical"):
                where = [node["html"][:160] for node in one["nodes"][:3]]
                self.faults.append(f"{self.page.url}: {one['id']}: {one['help']}: {where}")
        wider = self.page.evaluate(OVERFLOW)
        if wider > 0:
            self.faults.append(f"{self.page.url}: {wider} px wider than {self.device.width}")

    def picture(self, name: str) -> None:
        """Keep a picture of the page."""
        path = PICTURES / self.device.name / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path, full_page=True)

    def by_tab(self) -> list[str]:
        """Go through the page by Tab; return what it comes to, and keep what shows no focus."""
        reached: list[str] = []
        self.page.evaluate(TO_THE_TOP)
        for _ in range(400):
            self.page.keyboard.press("Tab")
            at = self.page.evaluate(REACHED)
            if at is None:
                break
            reached.append(at["html"])
            if not at["seen"]:
                self.faults.append(f"{self.page.url}: no focus is shown: {at['html']}")
        return reached

    def links(self) -> list[str]:
        """Return where the page leads within the console."""
        found: list[str] = self.page.evaluate(LINKS)
        return [one.partition("#")[0] for one in found if "/console" in urlsplit(one).path]

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.faults.append(f"{self.page.url}: console: {text}")

    def _ask(self, url: str, kind: str) -> None:
        if kind != "document":
            self.asked.append(url)
        if not url.startswith(LOOPBACK):
            self.faults.append(f"{self.page.url}: asked {url}")


def shape(url: str) -> str:
    """Return what kind of page an address is of: `payments`, `payments-3`, `payments-day-status`.

    Behind a screen's name come how many parts more its address has, and which filters.
    """
    parts = urlsplit(url)
    _, _, behind = parts.path.partition("/console")
    screen, *more = [one for one in behind.split("/") if one] or ["today"]
    filters = sorted({name for name, _ in parse_qsl(parts.query)})
    return "-".join([screen, *([str(len(more))] if more else []), *filters])


def walk(visitor: Visitor, start: str) -> Iterator[str]:
    """Open one page of each kind that links lead to, and yield what kind it is."""
    waiting = [start, f"{start}/search?q=order-1", f"{start}/search?q=order-1101"]
    seen = set(map(shape, waiting))
    while waiting:
        url = waiting.pop(0)
        visitor.open(url)
        yield shape(url)
        for link in visitor.links():
            if shape(link) not in seen:
                seen.add(shape(link))
                waiting.append(link)

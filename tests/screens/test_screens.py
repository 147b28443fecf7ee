"""Every screen, by whoever may see it: whole, readable, usable, and asking nobody else."""

import re

import pytest
from playwright.sync_api import Browser

from tests.screens.console import Console
from tests.screens.pages import CONTROLS, DESKTOP, PHONE, SMALL, WALL, Device, Visitor, walk

APPROVER, FINANCE = ("approver", "support"), ("finance",)
SCREENS = {
    *(
        "today",
        "search-q",
        "refunds",
        "refunds-1",
        "payments",
        "payments-3",
        "disputes",
        "disputes-3",
    ),
    *(
        "invoices",
        "invoices-1",
        "customers",
        "payouts",
        "alerts",
        "alerts-1",
        "reports",
        "reports-2",
        "health",
    ),
    *("help", "glossary", "when-down", "feedback-page"),
    *("rules", "rules-1", "settings", "settings-3"),
}


def signed_in(
    console: Console, browser: Browser, device: Device, language: str, *roles: str
) -> Visitor:
    """Return somebody new with these roles, who is in."""
    visitor = Visitor(browser, device, language)
    visitor.sign_in(console.link(console.person("Somebody new", *roles)))
    return visitor


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda one: one.name)
@pytest.mark.parametrize(
    ("roles", "language"), [(APPROVER, "en"), (APPROVER, "ja"), (FINANCE, "fi"), (FINANCE, "th")]
)
def test_every_screen_is_whole_for_whoever_may_see_it(
    console: Console, browser: Browser, device: Device, roles: tuple[str, ...], language: str
) -> None:
    visitor = signed_in(console, browser, device, language, *roles)
    kinds = set()
    for kind in walk(visitor, visitor.page.url):
        kinds.add(kind)
        visitor.judge()
        visitor.picture(f"{roles[0]}-{language}-{kind}")

    assert visitor.faults == []
    assert kinds >= SCREENS


@pytest.mark.parametrize("device", [SMALL, WALL], ids=lambda one: one.name)
def test_the_smallest_and_the_widest_screen_hold_every_page(
    console: Console, browser: Browser, device: Device
) -> None:
    visitor = signed_in(console, browser, device, "ru", *APPROVER)
    for kind in walk(visitor, visitor.page.url):
        visitor.judge()
        visitor.picture(kind)

    assert visitor.faults == []


@pytest.mark.parametrize("language", ["en", "fi", "ja", "ru", "th", "zh-TW"])
def test_the_sheet_for_when_it_is_down_prints_on_one_page(
    console: Console, browser: Browser, language: str
) -> None:
    visitor = signed_in(console, browser, DESKTOP, language, *APPROVER)
    visitor.open(f"{visitor.page.url}/when-down")
    printed = visitor.page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert visitor.faults == []


def test_tab_comes_to_every_control_and_shows_where_it_is(
    console: Console, browser: Browser
) -> None:
    visitor = signed_in(console, browser, DESKTOP, "en", *APPROVER)
    for _ in walk(visitor, visitor.page.url):
        shown = visitor.page.locator(CONTROLS).locator("visible=true")
        grouped = visitor.page.locator("input[type=radio]").locator("visible=true")
        assert len(visitor.by_tab()) >= shown.count() - grouped.count()

    assert visitor.faults == []

"""The refund queue in a browser: by keyboard, by mouse, and without scripts."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.screens.console import Console
from tests.screens.pages import DESKTOP, PHONE, Visitor

APPROVER = ("approver", "support")
# However far it is by now.
APPROVED = re.compile("Approved|Sent to the gateway|Accepted by the gateway|Paid")
FOCUSED = "document.activeElement.matches('[data-row]')"


def opened(
    console: Console, browser: Browser, has_scripts: bool = True, person: str = ""
) -> tuple[Visitor, Page]:
    """Return whoever looks at the queue, and their page."""
    visitor = Visitor(browser, DESKTOP if has_scripts else PHONE, "en", has_scripts)
    visitor.sign_in(console.link(person or console.person("Somebody new", *APPROVER)))
    visitor.page.get_by_role("link", name="Refunds").first.click()
    visitor.page.wait_for_url("**/console/refunds")
    return visitor, visitor.page


def open_first(page: Page) -> None:
    """Open the request that is most urgent."""
    page.locator("[data-row]").first.click()
    page.wait_for_url("**/refunds/rr_*")


def test_a_refund_is_approved_by_keyboard_alone(console: Console, browser: Browser) -> None:
    visitor, page = opened(console, browser)
    first = str(page.locator("[data-row]").first.get_attribute("href"))

    page.keyboard.press("j")
    assert page.evaluate(FOCUSED)
    page.keyboard.press("Enter")
    page.wait_for_url("**/refunds/rr_*")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.locator(".confirm")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".state")).to_have_text(APPROVED)
    visitor.picture("refund-approved")
    page.keyboard.press("u")

    page.wait_for_url("**/console/refunds")
    expect(page.locator(f"[href='{first}']")).to_have_count(0)
    assert visitor.faults == []


def test_the_keys_are_explained_by_a_key(console: Console, browser: Browser) -> None:
    visitor, page = opened(console, browser)
    open_first(page)

    page.keyboard.press("?")

    expect(page.locator("[data-help]")).to_have_attribute("open", "")
    visitor.judge()
    assert visitor.faults == []


def test_a_refund_is_rejected_by_mouse_with_a_text_for_the_customer(
    console: Console, browser: Browser
) -> None:
    visitor, page = opened(console, browser)
    open_first(page)

    page.locator("details[data-key='d'] > summary").click()
    page.locator("input[name=reason]").first.check()
    page.locator("button.danger").first.click()

    expect(page.locator(".state")).to_have_text("Rejected")
    visitor.judge()
    visitor.picture("refund-rejected")
    assert visitor.faults == []


def test_a_refund_is_approved_on_a_phone_without_scripts(
    console: Console, browser: Browser
) -> None:
    visitor, page = opened(console, browser, has_scripts=False)
    open_first(page)

    page.get_by_role("button", name="Approve").first.click()
    page.locator(".confirm button.primary").click()

    expect(page.locator(".state")).to_have_text(APPROVED)
    assert visitor.faults == []


def test_a_link_lets_in_once_and_signing_out_ends_it(console: Console, browser: Browser) -> None:
    person = console.person("Somebody new", *APPROVER)
    _, page = opened(console, browser, person=person)
    inside = page.url

    page.locator("details.who summary").click()
    page.get_by_role("button", name="Sign out").click()
    answered = page.goto(inside)

    assert answered is not None
    assert answered.status == 401

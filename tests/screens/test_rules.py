"""Rules, people and keys in a browser: changed without scripts, on phone and desktop."""

from typing import Any

import pytest

from tests.screens.console import Console
from tests.screens.pages import DESKTOP, PHONE, Device, Visitor

KINDS = ("refunds", "routes", "reminders")
devices = pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=lambda one: one.name)


def look(visitor: Visitor, name: str) -> None:
    """Judge the page that stands there, and keep its picture."""
    visitor.page.wait_for_load_state("networkidle")
    visitor.judge()
    visitor.picture(name)


def press(visitor: Visitor, selector: str) -> None:
    """Press the first button of its kind that can be seen."""
    visitor.page.locator(selector).locator("visible=true").first.click()
    visitor.page.wait_for_load_state("networkidle")


@devices
@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_rules_are_written_checked_and_tried(
    console: Console, browser: Any, device: Device, language: str
) -> None:
    visitor = Visitor(browser, device, language)
    visitor.sign_in(console.link(console.person("Finance", "finance")))
    start, page = visitor.page.url, visitor.page
    for kind in KINDS:
        visitor.open(f"{start}/rules/{kind}")
        press(visitor, ".headline form button")
        look(visitor, f"finance-{language}-draft-{kind}")
        press(visitor, 'button[formaction$="/try"]')
        look(visitor, f"finance-{language}-try-{kind}")
    visitor.open(f"{start}/rules/refunds")
    press(visitor, ".headline form button")
    page.locator("textarea").first.fill("amounts: up to 5")
    press(visitor, ".bar button.primary")
    look(visitor, f"finance-{language}-draft-wrong")

    assert page.locator(".wrong").count() == 1
    assert page.locator("textarea").first.input_value() == "amounts: up to 5"
    assert visitor.faults == []


def test_without_scripts_rules_are_written_and_rows_moved(console: Console, browser: Any) -> None:
    visitor = Visitor(browser, PHONE, "en", has_scripts=False)
    visitor.sign_in(console.link(console.person("Finance", "finance")))
    page = visitor.page
    page.goto(f"{page.url}/rules/refunds")
    press(visitor, ".headline form button")
    names = page.locator('input[name$=".id"]')
    second = names.nth(1).input_value()
    press(visitor, 'button[value="up rule 1"]')
    assert names.nth(0).input_value() == second
    press(visitor, 'button[value="add rule"]')
    assert names.nth(names.count() - 1).input_value() == ""
    press(visitor, 'button[formaction$="/try"]')

    assert page.url.endswith("/try")


def test_enter_in_a_row_keeps_the_form_and_moves_no_row(console: Console, browser: Any) -> None:
    visitor = Visitor(browser, DESKTOP, "en")
    visitor.sign_in(console.link(console.person("Finance", "finance")))
    visitor.open(f"{visitor.page.url}/rules/refunds")
    press(visitor, ".headline form button")
    names = visitor.page.locator('input[name$=".id"]')
    before = [names.nth(n).input_value() for n in range(names.count())]
    names.nth(1).press("Enter")
    visitor.page.wait_for_load_state("networkidle")

    assert [names.nth(n).input_value() for n in range(names.count())] == before
    assert len(before) > 1


@devices
@pytest.mark.parametrize("language", ["en", "fi"])
def test_people_keys_and_the_audit_log_are_whole_for_an_admin(
    console: Console, browser: Any, device: Device, language: str
) -> None:
    visitor = Visitor(browser, device, language)
    admin = console.person("Admin", "admin")
    visitor.sign_in(console.link(admin))
    start = visitor.page.url
    other = console.person("Somebody", "support")
    paths = ("audit", "audit?days=31&what=key", "settings/people", f"settings/people/{other}")
    for number, path in enumerate([*paths, f"settings/people/{admin}", "settings/keys"]):
        visitor.open(f"{start}/{path}")
        look(visitor, f"admin-{language}-{number}")
    visitor.page.locator("#system").fill("shop")
    visitor.page.locator('input[type="checkbox"]').first.check()
    press(visitor, "form button.primary")
    look(visitor, f"admin-{language}-key")

    assert visitor.page.locator("code.once").inner_text().startswith("kassa_")
    assert visitor.faults == []

"""Invoices: what is owed and since when, one with what its customer hears next, and acts."""

import json
from datetime import timedelta

import pytest

from kassa.audit import store as audit_trail
from kassa.billing.receivables.store import Receivables
from kassa.billing.reminders.store import Reminded
from kassa.people.persons import Role
from tests.support.aws_stack import NOW, FakeClock
from tests.support.console_pages import Browser, person
from tests.support.console_pages import opened as opened
from tests.support.open_invoices import CUSTOMER, issue
from tests.support.reminders import rule

pytestmark = pytest.mark.usefixtures("opened", "stack")
HTML_MAX = 60 * 1024
TO_COME, OVER = "2026-12-20", "2026-11-20"


@pytest.fixture
def finance() -> Browser:
    return Browser().sign_in(person(Role.FINANCE))


def test_without_any_it_says_where_invoices_come_from(finance: Browser) -> None:
    assert "Nothing is owed." in finance.get("/console/invoices").text
    assert "gets its invoice by itself" in finance.get("/console/invoices?list=all").text


def test_what_is_owed_is_listed_by_how_long_it_has_been_due(
    finance: Browser, fake_clock: FakeClock
) -> None:
    number, late = issue(100_00, "a"), issue(50_00, "b", due_on=NOW.date() - timedelta(days=40))
    shown = finance.get("/console/invoices")

    assert "150.00 EUR Not due 100.00 EUR 1–30 days 0.00 EUR 31–60 days 50.00 EUR" in shown.text
    assert f"/console/invoices/{number}" in shown.body
    assert f"{late} · {CUSTOMER}" in shown.text
    assert "due 2026-10-12 · 31–60 days" in shown.text


def test_an_invoice_shows_what_became_of_it_and_its_next_reminder(finance: Browser) -> None:
    number = issue(100_00, "a")
    rule()
    shown = finance.get(f"/console/invoices/{number}")

    assert f"{number} · 100.00 EUR Owed" in shown.text
    assert "Issued 100.00 EUR" in shown.text
    assert "The next reminder" in shown.text
    assert "As things stand it isn't sent: The merchant doesn't want it sent" in shown.text
    assert f"Hello, Invoice {number} is due on 5 December 2026." in shown.text
    assert len(shown.body.encode()) < HTML_MAX


def test_a_promise_is_noted_and_stands_in_the_audit_trail(finance: Browser) -> None:
    number = issue(100_00, "a")
    path = f"/console/invoices/{number}"

    assert finance.send(f"{path}/promise", promised_on=TO_COME).leads_to == path
    assert str(Receivables("main").of_number(number).receivable.promised_on) == TO_COME
    assert f"Promised by {TO_COME}" in finance.get("/console/invoices").text
    acts = [json.loads(one.content) for one in audit_trail.items(NOW.date())]
    [act] = [one for one in acts if one["operation"] == "invoice.promise"]
    assert act["by"]["person_id"].startswith("person_")


def test_reminders_are_paused_and_go_on(finance: Browser) -> None:
    number = issue(100_00, "a")
    path = f"/console/invoices/{number}"
    finance.send(f"{path}/pause", until=TO_COME, reason="They called")
    assert "They called · Anna" in finance.get(path).text
    assert f"Paused until {TO_COME}." in finance.get(path).text

    finance.send(f"{path}/resume")
    assert Reminded("main").found([CUSTOMER])[CUSTOMER].state.pauses == {}


@pytest.mark.parametrize(
    ("action", "form", "status"),
    [
        ("promise", {"promised_on": OVER}, 400),
        ("promise", {"promised_on": "soon"}, 400),
        ("promise", {}, 400),
        ("pause", {"until": TO_COME, "reason": ""}, 400),
        ("pause", {"until": OVER, "reason": "x"}, 400),
        ("void", {"reason": "x"}, 404),
    ],
)
def test_what_can_t_be_is_refused(
    finance: Browser, action: str, form: dict[str, str], status: int
) -> None:
    number = issue(100_00, "a")

    assert finance.send(f"/console/invoices/{number}/{action}", **form).status == status
    assert Receivables("main").of_number(number).receivable.promised_on is None


def test_who_may_not_decide_sees_it_without_the_forms() -> None:
    browser, path = Browser().sign_in(person(Role.SUPPORT)), f"/console/invoices/{issue(5_00, 'a')}"

    assert "/promise" not in browser.get(path).body
    assert browser.send(f"{path}/promise", promised_on=TO_COME).status == 403


@pytest.mark.parametrize("number", ["2026-00000009", "2026-0", "..", "<b>", "x" * 300])
def test_one_that_was_guessed_is_not_there(finance: Browser, number: str) -> None:
    assert finance.get(f"/console/invoices/{number}").status == 404
    assert finance.send(f"/console/invoices/{number}/promise").status == 404

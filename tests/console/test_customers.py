"""Customers: found by an id or an address, with what they bought, and all that is held of them."""

import json

import pytest

from kassa.console.sign_in.session import FRESH_FOR
from kassa.customers.parties import Address, Buyer
from kassa.customers.store import Customers
from kassa.people.persons import Role
from tests.support.aws_stack import FakeClock
from tests.support.console_pages import Browser, person
from tests.support.console_pages import opened as opened
from tests.support.open_invoices import CUSTOMER, issue

pytestmark = pytest.mark.usefixtures("opened", "stack")
HTML_MAX = 60 * 1024
HOSTILE = "<script>alert(1)</script>"
BUYER = Buyer(name=HOSTILE, address=Address(country="FI"), email="jane@shop.example")
PATH = f"/console/customers/{CUSTOMER}"


@pytest.fixture
def known(opened: None) -> str:
    """Let a customer have an invoice, and return its number."""
    Customers("main").keep(CUSTOMER, "order-1", BUYER)
    return issue(100_00, "a")


def test_nobody_lists_customers(known: str) -> None:
    shown = Browser().sign_in(person()).get("/console/customers")

    assert "Customers aren't listed" in shown.text
    assert CUSTOMER not in shown.body


@pytest.mark.parametrize("named", [CUSTOMER, "jane@shop.example", "JANE@shop.example"])
def test_the_search_leads_to_one_by_id_or_mail_address(known: str, named: str) -> None:
    assert Browser().sign_in(person()).get(f"/console/search?q={named}").leads_to == PATH


def test_one_is_shown_with_what_they_were_invoiced_and_who_they_are(known: str) -> None:
    shown = Browser().sign_in(person(Role.SUPPORT)).get(PATH)

    for text in (known, "100.00 EUR", HOSTILE, "jane@shop.example", "May they be written to? Yes"):
        assert text in shown.text
    assert "<script>alert" not in shown.body
    assert len(shown.body.encode()) < HTML_MAX


@pytest.mark.parametrize("role", [Role.READER, Role.APPROVER, Role.DEVELOPER])
def test_who_may_not_export_sees_no_names_and_gets_no_file(known: str, role: Role) -> None:
    browser = Browser().sign_in(person(role))
    shown = browser.get(PATH)

    assert shown.status == 200
    assert "jane@shop.example" not in shown.body
    assert HOSTILE not in shown.text
    assert browser.get(f"{PATH}/export").status == 403


def test_all_that_is_held_is_a_file(known: str) -> None:
    exported = Browser().sign_in(person(Role.FINANCE)).get(f"{PATH}/export")

    assert json.loads(exported.body)["documents"] == [known]
    assert exported.headers["Content-Disposition"].startswith("attachment")
    assert exported.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("named", ["nobody", "..", "<b>", "x" * 300])
def test_one_that_was_guessed_is_not_there(named: str) -> None:
    browser = Browser().sign_in(person(Role.FINANCE))

    assert browser.get(f"/console/customers/{named}").status == 404
    assert browser.get(f"/console/customers/{named}/export").status == 404


def test_one_is_erased_once_their_id_was_given_once_more(known: str, opened: None) -> None:
    finance = Browser().sign_in(person(Role.FINANCE))
    refused = finance.send(f"{PATH}/erase", PATH, confirm="somebody else")
    assert refused.status == 400
    assert "jane@shop.example" in finance.get(PATH).text

    assert finance.send(f"{PATH}/erase", PATH, confirm=CUSTOMER).leads_to == PATH
    shown = finance.get(PATH)
    assert "jane@shop.example" not in shown.body
    assert "Erased" in shown.text
    assert "What is kept, and why" in shown.text
    assert "/erase" not in shown.body
    assert finance.get(f"/console/invoices/{known}").status == 200


def test_erasing_needs_a_sign_in_of_five_minutes(known: str, fake_clock: FakeClock) -> None:
    finance = Browser().sign_in(person(Role.FINANCE))
    fake_clock.at += FRESH_FOR

    assert finance.send(f"{PATH}/erase", PATH, confirm=CUSTOMER).status == 401
    assert "jane@shop.example" in finance.get(PATH).text


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.FINANCE])
def test_who_may_not_erase_sees_no_form(known: str, role: Role) -> None:
    browser = Browser().sign_in(person(role))

    assert "/erase" not in browser.get(PATH).body
    assert browser.send(f"{PATH}/erase", confirm=CUSTOMER).status == 403

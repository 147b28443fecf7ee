"""The search: one box on every screen leads to what a text names, or lists it by kinds."""

import re
from datetime import timedelta

import pytest

from kassa.people.persons import Role
from tests.support.aws_stack import FakeClock
from tests.support.console_pages import Browser, Page, person
from tests.support.console_pages import opened as opened
from tests.support.refund_stage import RefundStage
from tests.support.refund_stage import stage as stage

pytestmark = pytest.mark.usefixtures("opened")
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def clerk() -> Browser:
    return Browser().sign_in(person(Role.APPROVER))


def search(browser: Browser, text: str) -> Page:
    return browser.get(f"/console/search?q={text}")


def test_every_screen_has_the_box(stage: RefundStage, clerk: Browser) -> None:
    for path in ("/console", "/console/refunds", "/console/payments", "/console/nowhere"):
        assert 'action="/console/search"' in clerk.get(path).body


def test_a_payment_is_led_to_by_its_id_its_charges_and_its_orders(
    stage: RefundStage, clerk: Browser
) -> None:
    payment_id = stage.pay()
    charge_id = stage.client.v1.payment_intents.retrieve(payment_id).latest_charge

    for named in (payment_id, str(charge_id), "order-1"):
        found = search(clerk, named)
        assert (found.status, found.leads_to.rpartition("/")[2]) == (303, payment_id)


def test_several_payments_of_an_order_are_listed(stage: RefundStage, clerk: Browser) -> None:
    both = [stage.pay(), stage.pay()]
    found = search(clerk, "order-1")

    assert found.status == 200
    assert all(one in found.body for one in both)


def test_a_refund_request_is_led_to(stage: RefundStage, clerk: Browser) -> None:
    case = stage.request_refund(stage.pay(), 80_00)
    named = case.request.refund_request_id

    assert search(clerk, named).leads_to == f"/console/refunds/{named}"


@pytest.mark.parametrize("amount", ["80.00 EUR", "80 eur", "EUR 80,00", "eur80"])
def test_an_amount_finds_what_waits_and_what_was_paid(
    stage: RefundStage, clerk: Browser, amount: str
) -> None:
    payment_id, case = stage.pay(80_00), stage.request_refund(stage.pay(), 80_00)
    found = search(clerk, amount)

    assert payment_id in found.body
    assert case.request.refund_request_id in found.body
    assert "Payments" in found.text


def test_an_event_leads_to_its_payment(
    stage: RefundStage, clerk: Browser, fake_clock: FakeClock
) -> None:
    payment_id = stage.pay()
    shown = clerk.get(f"/console/payments/stripe/main/{payment_id}").body
    event_id = re.findall(r"evt_\w+", shown)[0]
    fake_clock.at += timedelta(days=3)
    clerk.sign_in(person(name="Bert"))

    assert search(clerk, event_id).leads_to.endswith(payment_id)


@pytest.mark.parametrize(
    "text", ["", "   ", "pi_0", "2026-00000009", "-5 EUR", "80 XXX", "1,2,3 EUR", "x" * 3000, "@"]
)
def test_what_names_nothing_says_what_can_be_entered(
    stage: RefundStage, clerk: Browser, text: str
) -> None:
    found = search(clerk, text)

    assert found.status == 200
    assert "Enter a whole id" in found.text


def test_what_is_entered_is_shown_and_does_nothing(stage: RefundStage, clerk: Browser) -> None:
    found = search(clerk, HOSTILE)

    assert HOSTILE in found.text
    assert "<script>alert" not in found.body

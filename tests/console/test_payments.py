"""Payments: those of a day or of an id, one with all that moved, and a refund of it."""

import pytest

from kassa.people.persons import Role
from kassa.refunds.lifecycle.lifecycle import RequestState
from tests.support.console_pages import Browser, Page, person
from tests.support.console_pages import opened as opened
from tests.support.refund_stage import RefundStage
from tests.support.refund_stage import stage as stage

pytestmark = pytest.mark.usefixtures("opened")
HTML_MAX = 60 * 1024
HOSTILE = "</textarea><script>alert(1)</script>"
FORM = {"amount": "30.00", "reason": "damaged", "claim_id": "console-1", "comment": HOSTILE}


@pytest.fixture
def clerk() -> Browser:
    return Browser().sign_in(person(Role.SUPPORT))


def path_of(payment_id: str) -> str:
    return f"/console/payments/stripe/main/{payment_id}"


def refund(browser: Browser, payment_id: str, **form: str) -> Page:
    return browser.send(f"{path_of(payment_id)}/refund", **FORM | form)


def test_a_days_payments_are_listed_with_how_they_stand(stage: RefundStage, clerk: Browser) -> None:
    payment_id = stage.pay()
    shown = clerk.get("/console/payments")

    for text in ("100.00 EUR", "Paid", "order-1", "Stripe", "2026-11-21"):
        assert text in shown.text
    assert path_of(payment_id) in shown.body
    assert "order-1" not in clerk.get("/console/payments?day=2026-11-20").text


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("status=captured", True),
        ("status=refunded", False),
        ("gateway=stripe", True),
        ("gateway=paypal", False),
        ("q=order-1", True),
        ("q=order-2", False),
    ],
)
def test_a_filter_is_a_link(stage: RefundStage, clerk: Browser, query: str, is_found: bool) -> None:
    payment_id = stage.pay()

    assert (path_of(payment_id) in clerk.get(f"/console/payments?{query}").body) is is_found


def test_a_payment_is_found_by_its_own_id(stage: RefundStage, clerk: Browser) -> None:
    payment_id = stage.pay()

    assert path_of(payment_id) in clerk.get(f"/console/payments?q={payment_id}").body


@pytest.mark.parametrize("query", ["day=yesterday", "day=2026-13-01", "status=lost", "cursor=x"])
def test_a_filter_that_can_t_be_is_refused_by_a_page(
    stage: RefundStage, clerk: Browser, query: str
) -> None:
    assert clerk.get(f"/console/payments?{query}").status == 400


def test_a_payment_shows_all_that_moved(stage: RefundStage, clerk: Browser) -> None:
    shown = clerk.get(path_of(stage.pay()))

    for text in ("100.00 EUR · Stripe", "Left to refund", "charge.succeeded", "Capture:"):
        assert text in shown.text
    assert "customers → gateway, in clearing" in shown.text
    assert len(shown.body.encode()) < HTML_MAX


def test_a_refund_is_shown_once_more_and_then_decided_by_the_policy(
    stage: RefundStage, clerk: Browser
) -> None:
    payment_id = stage.pay()
    asked = refund(clerk, payment_id)
    assert asked.status == 200
    assert "Refund 30.00 EUR?" in asked.text
    assert HOSTILE in asked.text
    assert "<script>alert" not in asked.body
    assert stage.refunds() == []

    given = refund(clerk, payment_id, confirmed="yes")
    assert given.status == 303
    case = stage.requests.named(given.leads_to.rpartition("/")[2])
    assert case.lifecycle.state is RequestState.APPROVED  # small: the policy approves
    assert case.request.requested_by.startswith("person_")
    stage.drain()
    assert [one.amount for one in stage.refunds()] == [30_00]


def test_what_the_policy_leaves_to_a_person_waits_and_its_asker_cant_approve_it(
    stage: RefundStage,
) -> None:
    both = Browser().sign_in(person(Role.SUPPORT, Role.APPROVER))
    given = refund(both, stage.pay(), amount="80.00", confirmed="yes")

    assert "You asked for it yourself" in both.get(given.leads_to).text
    refused = both.send(f"{given.leads_to}/approve", confirmed="yes", how="full")
    assert refused.status == 409


def test_the_same_form_sent_twice_asks_for_one_refund(stage: RefundStage, clerk: Browser) -> None:
    payment_id = stage.pay()
    sent = [refund(clerk, payment_id, confirmed="yes") for _ in range(2)]

    assert sent[0].leads_to == sent[1].leads_to
    stage.drain()
    assert [one.amount for one in stage.refunds()] == [30_00]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"amount": "100.01"}, 409),
        ({"amount": "0"}, 400),
        ({"amount": "all"}, 400),
        ({"reason": ""}, 400),
        ({"reason": "because"}, 400),
        ({"comment": "x" * 1001}, 400),
        ({"claim_id": "<b>"}, 400),
    ],
)
def test_a_refund_that_can_t_be_is_refused(
    stage: RefundStage, clerk: Browser, form: dict[str, str], status: int
) -> None:
    refused = refund(clerk, stage.pay(), confirmed="yes", **form)

    assert refused.status == status
    assert stage.refunds() == []


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.SUPPORT])
def test_who_may_not_ask_for_refunds_sees_the_payment_and_no_form(
    stage: RefundStage, role: Role
) -> None:
    browser, payment_id = Browser().sign_in(person(role)), stage.pay()
    shown = browser.get(path_of(payment_id))

    assert shown.status == 200
    assert "/refund" not in shown.body.replace("/console/refunds", "")
    assert refund(browser, payment_id, confirmed="yes").status == 403


@pytest.mark.parametrize("named", ["pi_0", "..", "x" * 300, "x" * 2000, "<b>"])
def test_a_payment_that_was_guessed_is_not_there(
    stage: RefundStage, clerk: Browser, named: str
) -> None:
    shown = clerk.get(path_of(named))

    assert shown.status == 404
    assert "<b>" not in shown.body
    assert refund(clerk, named, confirmed="yes").status == 404


def test_a_mistyped_amount_costs_nobody_what_they_wrote(stage: RefundStage, clerk: Browser) -> None:
    shown = refund(clerk, stage.pay(), amount="30.005")

    assert shown.status == 400
    assert "write it in digits" in shown.text
    assert 'value="30.005"' in shown.body
    assert HOSTILE in shown.text
    assert '<option value="damaged" selected>' in shown.body


def test_a_payment_leads_to_its_customer_and_a_currency_narrows_the_list(
    stage: RefundStage, clerk: Browser
) -> None:
    payment_id = stage.pay(metadata={"order_id": "order-1", "customer_id": "cus_7"})
    assert path_of(payment_id) in clerk.get("/console/payments?currency=EUR").body
    assert path_of(payment_id) not in clerk.get("/console/payments?currency=USD").body
    assert clerk.get("/console/payments?currency=euro").status == 400


def test_a_page_in_another_language_leads_back_to_itself(clerk: Browser) -> None:
    body = clerk.get("/console/payments?status=failed").body

    assert 'name="back" value="/console/payments?status=failed"' in body

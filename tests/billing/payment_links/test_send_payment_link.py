"""A customer is sent the link to pay an order: once a request, and only while all of it is owed."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from functions.open_checkout.app import lambda_handler as open_checkout
from kassa.audit import store as audit_trail
from kassa.billing.drafts.keep_order import keep_sent_order
from kassa.billing.payment_links.send_payment_link import send_payment_link
from kassa.billing.receivables.receivable import Entry, EntryKind
from kassa.billing.receivables.store import Receivables
from kassa.core.callers import Caller
from kassa.core.errors import NotPublished
from kassa.core.money import Money
from kassa.customers.addresses import address_digest
from kassa.customers.parties import Buyer
from kassa.customers.store import Customers
from kassa.deliveries.delivery import Status
from kassa.messages.contacts.contact_store import ContactStore
from kassa.messages.kinds import Category
from kassa.orders.lifecycle import Discrepancy, DiscrepancyKind, changed
from kassa.orders.store import Orders
from kassa.platform.messaging import event_bus
from tests.support.aws_stack import NOW, Context, FakeClock, Stack
from tests.support.drafts import post as post_draft
from tests.support.left_orders import paid
from tests.support.messages import (
    BUYER,
    FakeCarrier,
    carrier,
    deliveries,
    facts_on_the_bus,
    let_out,
    tell,
)
from tests.support.order_scene import FakeGateway
from tests.support.orders import order, order_payment
from tests.support.payment_links import follow, linked
from tests.support.payment_links import north as north
from tests.support.refund_stage import http_event
from tests.support.taxed_orders import in_finland as in_finland

ROUTE = "POST /orders/{order_id}/send-link"
FACT = "PaymentLinkRequested"
ANNA = Caller(key_id="anna", scopes=frozenset())


def ask(order_id: str = "order-1", key: str | None = None, by: str = "anna") -> Any:
    """Ask for a customer to be sent the link; return the status, and the answer or its error."""
    event = http_event(ROUTE, {}, by, order_id=order_id)
    event["rawPath"] = f"/orders/{order_id}/send-link"
    event["headers"] = {"content-type": "application/json"}
    if key:
        event["headers"]["idempotency-key"] = key
    answer = open_checkout(event, Context())
    content = json.loads(answer["body"])
    return answer["statusCode"], content.get("error", content)


@pytest.fixture
def ses(stack: Stack) -> FakeCarrier:
    let_out()
    return carrier()


def ordered(buyer: dict[str, Any] | None = BUYER, **fields: Any) -> None:
    """Keep an order that nobody opened a page for yet, with who buys."""
    keep_sent_order(order(**fields), "main")
    if buyer is not None:
        Customers("main").keep("customer-1", "order-1", Buyer.model_validate(buyer))


def asked(stack: Stack) -> str:
    """Ask for the link; return the fact as the queue has it."""
    assert ask()[0] == 200
    return facts_on_the_bus(stack, FACT)[-1]


def test_the_customer_of_an_order_gets_a_link_that_opens_its_payment_page(
    stack: Stack, ses: FakeCarrier, north: FakeGateway
) -> None:
    ordered()
    status, answer = ask()
    [requested] = facts_on_the_bus(stack, FACT)
    assert tell(requested) == []

    [mail] = ses.read
    assert (status, mail["To"], answer["is_repeated"]) == (200, BUYER["email"], False)
    assert "100,00" in mail["Subject"] + mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert answer["url"].startswith("https://api.shop.example/pay/")
    assert answer["url"] in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    code, headers, _ = follow(answer["url"])
    assert (code, headers["Location"].startswith("https://north.example/")) == (303, True)


def test_no_personal_data_and_no_link_stands_on_the_bus_or_with_the_delivery(
    stack: Stack, ses: FakeCarrier
) -> None:
    ordered()
    requested = asked(stack)
    tell(requested)

    [told] = deliveries()
    for text in (requested, told.model_dump_json()):
        assert "/pay/" not in text
        assert BUYER["email"] not in text


def test_an_open_invoice_is_paid_by_its_own_link(
    in_finland: None, north: FakeGateway, stack: Stack, ses: FakeCarrier
) -> None:
    status, invoice = post_draft(linked(languages=["fi"], customer_id="customer-1", buyer=BUYER))
    assert status == 201
    _, answer = ask()
    tell(facts_on_the_bus(stack, FACT)[0])

    assert answer["url"] == invoice["payment_url"]
    assert "2026-00000001" in ses.read[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_click_that_comes_again_sends_once_and_a_later_request_once_more(
    stack: Stack, ses: FakeCarrier, fake_clock: FakeClock
) -> None:
    ordered()
    first, again = ask()[1], ask()[1]
    fake_clock.at += timedelta(minutes=5)
    later = ask()[1]
    tell(*facts_on_the_bus(stack, FACT), *facts_on_the_bus(stack, FACT))

    assert [one["is_repeated"] for one in (first, again, later)] == [False, True, False]
    assert first["url"] == again["url"] == later["url"]
    assert len(ses.mails) == len(deliveries()) == 2


def test_the_same_idempotency_key_is_answered_alike_and_sends_once(
    stack: Stack, ses: FakeCarrier, fake_clock: FakeClock
) -> None:
    ordered()
    first = ask(key="click-1")
    fake_clock.at += timedelta(hours=1)

    assert ask(key="click-1") == first
    assert len(facts_on_the_bus(stack, FACT)) == 1


def test_clicks_at_the_same_time_are_one_request_with_one_act(
    stack: Stack, ses: FakeCarrier
) -> None:
    ordered()
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda _: send_payment_link("order-1", "main", ANNA, lambda: 20.0), range(4))
        )
    tell(*facts_on_the_bus(stack, FACT))

    assert sorted(one.is_repeated for one in answers) == [False, True, True, True]
    assert len(ses.mails) == 1
    acts = [json.loads(one.content) for one in audit_trail.items(NOW.date())]
    assert [one["operation"] for one in acts].count("order.send-link") == 1


def test_who_asked_is_kept_as_an_act(stack: Stack) -> None:
    ordered()
    ask(by="anna")

    last = audit_trail.last(NOW.date())
    assert last is not None
    act = json.loads(last.content)
    assert (act["operation"], act["object_id"]) == ("order.send-link", "order/order-1")
    assert act["by"]["key_id"] == "anna"


def test_what_the_bus_did_not_take_is_published_when_it_is_asked_for_again(
    stack: Stack, ses: FakeCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered()

    def full(facts: Any) -> None:
        raise NotPublished("InternalFailure")

    with monkeypatch.context() as down:
        down.setattr(event_bus, "publish", full)
        assert ask()[0] == 500
    tell(asked(stack))

    assert len(ses.mails) == 1


def test_who_paid_meanwhile_gets_no_link(stack: Stack, ses: FakeCarrier) -> None:
    ordered()
    requested = asked(stack)
    paid("order-1")
    tell(requested)

    [told] = deliveries()
    assert (ses.mails, told.status, told.reason) == ([], Status.SKIPPED, "not_true_any_more")


def test_no_link_leaves_for_an_invoice_that_a_transfer_paid_meanwhile(
    in_finland: None, north: FakeGateway, stack: Stack, ses: FakeCarrier
) -> None:
    post_draft(linked(customer_id="customer-1", buyer=BUYER))
    requested = asked(stack)
    settle(847_13)
    tell(requested)

    assert (ses.mails, deliveries()[0].reason) == ([], "not_true_any_more")


def settle(minor: int, kind: EntryKind = EntryKind.SETTLED) -> None:
    entry = Entry(kind=kind, source_id=f"{kind}:{minor}", minor=minor, tax_minor=0, at=NOW)
    Receivables("main").add("2026-00000001", entry)


@pytest.mark.parametrize(
    ("minor", "kind", "why"),
    [
        (847_13, EntryKind.SETTLED, "it is paid"),
        (800_00, EntryKind.SETTLED, "ask for the rest by transfer"),
        (847_13, EntryKind.VOIDED, "send another order"),
        (847_13, EntryKind.WRITTEN_OFF, "send another order"),
    ],
)
def test_an_invoice_that_is_not_owed_as_a_whole_is_refused(
    in_finland: None, north: FakeGateway, stack: Stack, minor: int, kind: EntryKind, why: str
) -> None:
    post_draft(linked(customer_id="customer-1", buyer=BUYER))
    settle(minor, kind)
    status, error = ask()

    assert (status, error["code"], why in error["message"]) == (409, "conflict", True)
    assert facts_on_the_bus(stack, FACT) == []


LESS = Discrepancy(
    kind=DiscrepancyKind.LESS,
    ordered=Money(amount_minor=100_00, currency="EUR"),
    captured=(Money(amount_minor=50_00, currency="EUR"),),
)


@pytest.mark.parametrize(
    ("came", "why"),
    [
        ({"paid_by": order_payment("p", 100_00)}, "it is paid"),
        ({"part_payments": (order_payment("p", 50_00),), "discrepancy": LESS}, "a part of it"),
    ],
)
def test_an_order_that_is_paid_or_in_part_is_refused(
    stack: Stack, came: dict[str, Any], why: str
) -> None:
    ordered()
    orders = Orders("main")
    before = orders.named("order-1").lifecycle
    orders.keep(before, changed(before, **came))
    status, error = ask()

    assert (status, error["code"], why in error["message"]) == (409, "conflict", True)
    assert orders.named("order-1").lifecycle.sent_link is None
    assert facts_on_the_bus(stack, FACT) == []


@pytest.mark.parametrize("buyer", [None, {**BUYER, "email": None, "phone": None}])
def test_a_customer_nobody_can_write_to_is_refused_with_what_to_do(
    stack: Stack, buyer: dict[str, Any] | None
) -> None:
    known = buyer and {name: value for name, value in buyer.items() if value is not None}
    ordered(buyer=known)
    status, error = ask()

    assert (status, error["param"]) == (409, "buyer")
    assert "send the same order again with buyer.email" in error["message"]


def test_an_order_that_nobody_sent_is_not_found(stack: Stack) -> None:
    assert ask("order-9")[0] == 404


def test_an_address_that_does_not_work_is_seen_among_what_was_skipped(
    stack: Stack, ses: FakeCarrier
) -> None:
    ordered(buyer={**BUYER, "email": "maija@localhost"})
    tell(asked(stack))

    assert (ses.mails, deliveries()[0].reason) == ([], "no_address")


def test_the_link_reaches_who_wants_no_reminders_nor_offers(stack: Stack, ses: FakeCarrier) -> None:
    ordered()
    digest = address_digest("main", BUYER["email"])
    for category in Category:
        ContactStore("main").unsubscribe(digest, category, NOW)
    tell(asked(stack))

    assert len(ses.mails) == 1
    assert ses.read[0]["List-Unsubscribe"] is None


def test_a_guest_s_invoice_is_paid_by_its_link_too(
    in_finland: None, north: FakeGateway, stack: Stack, ses: FakeCarrier
) -> None:
    status, _ = post_draft(linked(customer_id=None, buyer=BUYER))
    assert status == 201
    tell(asked(stack))

    assert [one.recipient for one in deliveries()] == ["customer:order:order-1"]
    assert len(ses.mails) == 1

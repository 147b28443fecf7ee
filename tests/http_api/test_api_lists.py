"""Lists of the API: alike everywhere, every entry once whatever the page's size, newest first."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from functions.generate_invoice.app import lambda_handler as generate
from kassa.billing.invoices.invoice import InvoiceLine, next_invoice
from kassa.billing.invoices.store import Invoices
from kassa.core.merchant import Merchant
from kassa.core.money import Money
from kassa.ledger.facts import PaymentCaptured
from kassa.ledger.lists import days
from kassa.orders.store import Orders
from kassa.platform.index_pages import ROUNDS_MAX
from kassa.platform.settings import Settings
from tests.support import stripe_events as s
from tests.support.api_requests import DAY, booked, get, pages, pay, place
from tests.support.aws_stack import NOW, Context, FakeClock, Stack
from tests.support.invoices import fact_batch, order_captured

MERCHANT = Merchant.from_settings(Settings(merchant_name="Kauppa Oy").model_dump())
SIZES = [1, 2, 3, 5, 100]
NAMES = {
    "/payments": "payments",
    "/orders": "orders",
    "/events": "events",
    "/imports": "imports",
    "/invoices": "invoices",
    "/refunds": "cases",
}


def listed(path: str, size: int, key: str, **query: str) -> list[str]:
    """Return one field of everything a list has."""
    return [one[key] for page in pages(path, size, **query) for one in page[NAMES[path]]]


@pytest.mark.parametrize("path", NAMES)
def test_an_empty_list_says_that_nothing_follows(stack: Stack, path: str) -> None:
    assert get(path) == (200, {NAMES[path]: [], "has_more": False, "next_cursor": None})


@pytest.mark.parametrize("path", NAMES)
@pytest.mark.parametrize("limit", ["0", "101", "-1", "ten", "1.5"])
def test_every_list_has_the_same_bounds(stack: Stack, path: str, limit: str) -> None:
    status, error = get(path, limit=limit)

    assert (status, error["param"]) == (400, "limit")


@pytest.mark.parametrize("path", NAMES)
@pytest.mark.parametrize("cursor", ["!", "5pel5pys", "a" * 2000, "I2E"])
def test_a_cursor_that_no_page_gave_is_refused_or_leads_nowhere(
    stack: Stack, path: str, cursor: str
) -> None:
    status, answer = get(path, cursor=cursor)

    assert (status, answer.get("param")) == (400, "cursor") or answer[NAMES[path]] == []


@pytest.mark.parametrize("size", SIZES)
def test_the_payments_of_a_day_come_once_each_whatever_the_pages_size(
    stack: Stack, fake_clock: FakeClock, size: int
) -> None:
    made = []
    for number in range(5):
        made.append(pay(number))
        fake_clock.at += timedelta(seconds=number % 2)

    found = listed("/payments", size, "payment_id", day=DAY)

    assert sorted(found) == sorted(made)
    assert listed("/payments", size, "payment_id") == found  # today, where no day is said


def test_a_payment_is_listed_on_the_day_it_began_alone(stack: Stack, fake_clock: FakeClock) -> None:
    pay(1)
    fake_clock.at += timedelta(days=1)
    booked(s.event("refund.updated", s.refund(), "evt_3"))

    assert listed("/payments", 5, "payment_id", day=DAY) == ["pi_1"]
    assert listed("/payments", 5, "payment_id") == []


@pytest.mark.parametrize("size", [1, 2, 100])
def test_a_payment_is_found_below_many_later_events_of_others(
    stack: Stack, fake_clock: FakeClock, size: int
) -> None:
    pay(1)
    for number in range(ROUNDS_MAX * 2 + 1):
        fake_clock.at += timedelta(seconds=1)
        booked(s.event("customer.created", {"id": f"cus_{number}"}, f"evt_c{number}"))

    assert listed("/payments", size, "payment_id") == ["pi_1"]


def test_a_page_that_found_nothing_yet_is_empty_and_leads_on(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(days, "LOOKED_AT", 1)
    for number in (1, 2):
        fake_clock.at += timedelta(seconds=1)
        pay(number)

    status, page = get("/payments", gateway="paypal")

    assert (status, page["payments"], page["has_more"]) == (200, [], True)
    assert listed("/payments", 5, "payment_id", gateway="paypal") == []


def test_payments_are_filtered_by_status_and_gateway(stack: Stack) -> None:
    pay(1)
    booked(s.event("payment_intent.created", s.payment_intent("pi_9", "canceled"), "evt_9"))

    assert listed("/payments", 5, "payment_id", status="captured") == ["pi_1"]
    assert listed("/payments", 5, "payment_id", gateway="paypal") == []
    assert get("/payments", status="gone")[1]["param"] == "status"


@pytest.mark.parametrize("size", SIZES)
def test_a_customers_payments_at_a_gateway_are_listed(
    stack: Stack, fake_clock: FakeClock, size: int
) -> None:
    for number in range(4):
        pay(number, customer="cus_1" if number % 2 else "cus_2")
        fake_clock.at += timedelta(seconds=1)

    found = listed("/payments", size, "payment_id", customer_id="cus_1", gateway="stripe")

    assert found == ["pi_3", "pi_1"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("query", [{"day": DAY}, {}, {"customer_id": "customer-1"}])
def test_orders_come_once_each_by_day_and_by_customer(
    stack: Stack, fake_clock: FakeClock, size: int, query: dict[str, str]
) -> None:
    for number in range(5):
        place(number, fake_clock)
        fake_clock.at += timedelta(seconds=1)

    shown = [one for page in pages("/orders", size, **query) for one in page["orders"]]
    found = [one["order"]["order_id"] for one in shown]

    assert found == [f"order-{number}" for number in (4, 3, 2, 1, 0)]


def test_an_order_without_a_customer_is_listed_by_its_day(
    stack: Stack, fake_clock: FakeClock
) -> None:
    place(1, fake_clock, customer_id=None)
    orders = Orders("main")
    lifecycle = orders.named("order-1").lifecycle
    fake_clock.at += timedelta(days=1)
    orders.keep(lifecycle, lifecycle.model_copy(update={"version": lifecycle.version + 1}))

    assert len(get("/orders", day=DAY)[1]["orders"]) == 1
    assert get("/orders")[1]["orders"] == []
    assert get("/orders", day=DAY, status="paid")[1]["orders"] == []
    assert get("/orders", day=DAY, customer_id="c")[1]["param"] == "day"


def test_an_event_is_found_without_its_day_within_a_month(
    stack: Stack, fake_clock: FakeClock
) -> None:
    pay(1)
    fake_clock.at += timedelta(days=30)
    assert get("/events/evt_1b")[1]["event_id"] == "evt_1b"

    fake_clock.at += timedelta(days=1)
    status, error = get("/events/evt_1b")
    assert (status, "name its day" in error["message"]) == (404, True)
    assert get("/events/evt_1b", day=DAY)[0] == 200


def test_events_are_filtered_by_gateway(stack: Stack) -> None:
    pay(1)

    assert len(get("/events", gateway="stripe")[1]["events"]) == 2
    assert get("/events", gateway="paypal")[1]["events"] == []


@pytest.mark.parametrize("size", SIZES)
def test_invoices_come_in_the_order_of_their_numbers(stack: Stack, size: int) -> None:
    invoices = Invoices()
    for number in range(1, 6):
        captured_order, before = order_captured(number), invoices.series("main", "2026")
        assert isinstance(captured_order.data, PaymentCaptured)
        made = next_invoice(captured_order.data, captured_order.metadata, MERCHANT, before, NOW)
        invoices.keep(made, before, NOW)

    found = listed("/invoices", size, "number")

    assert found == [f"2026-{number:08d}" for number in (5, 4, 3, 2, 1)]
    assert listed("/invoices", size, "number", series="2025") == []


def test_an_invoice_is_read_with_its_orders_lines_and_a_link_to_its_document(
    stack: Stack, fake_clock: FakeClock
) -> None:
    place(1, fake_clock)
    assert generate(fact_batch(order_captured(1)), Context()) == {"batchItemFailures": []}

    status, shown = get("/invoices/2026-00000001")

    assert (status, shown["order_id"], shown["state"]) == (200, "order-1", "paid")
    each = {"amount_minor": 50_00, "currency": "EUR"}
    total = {"amount_minor": 100_00, "currency": "EUR"}
    [line] = shown["lines"]
    assert line == {"description": "Lamp", "quantity": 2, "unit_price": each, "amount": total}
    link = urlsplit(shown["document_url"])
    assert link.path.endswith("/invoices/main/2026/2026-00000001.pdf")
    assert "Expires" in link.query


def test_lines_that_are_not_what_was_paid_stay_out_of_the_invoice(
    stack: Stack, fake_clock: FakeClock
) -> None:
    body = {
        "amount_minor": 90_00,
        "lines": [{"name": "Cup", "quantity": 1, "amount_minor": 90_00}],
    }
    place(1, fake_clock, **body)
    generate(fact_batch(order_captured(1)), Context())

    [line] = get("/invoices/2026-00000001")[1]["lines"]
    assert (line["description"], line["amount"]["amount_minor"]) == ("Order order-1", 100_00)


@pytest.mark.parametrize("number", ["2026-00000009", "2026-1", "../x", "2026-0000000a"])
def test_an_invoice_that_is_none_is_404_or_named(stack: Stack, number: str) -> None:
    assert get(f"/invoices/{number}")[0] in (400, 404)


def test_a_line_has_a_unit_price_where_it_can_be_parted() -> None:
    def line(quantity: int) -> InvoiceLine:
        return InvoiceLine(
            description="Cup", quantity=quantity, amount=Money(amount_minor=10_00, currency="EUR")
        )

    assert line(4).unit_price == Money(amount_minor=2_50, currency="EUR")
    assert line(3).unit_price is None

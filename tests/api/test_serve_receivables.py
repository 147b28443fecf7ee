"""GET /receivables: what was owed at the end of any day, page by page, and credits beside it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kassa.billing.receivables.ageing import Ageing, together
from kassa.billing.receivables.receivable import EntryKind
from kassa.platform.settings import settings
from tests.support.api_requests import get, pages
from tests.support.aws_stack import NOW, FakeClock, Stack
from tests.support.open_invoices import enter, issue, pay

LAST_YEAR = NOW - timedelta(days=400)
EARLIER = NOW - timedelta(days=40)
AFTER = {"as_of": "2026-11-20"}


@pytest.fixture
def books(stack: Stack, fake_clock: FakeClock) -> FakeClock:
    """Issue invoices of two years and two customers, some of them paid since."""
    old = issue(10_00, "old", at=LAST_YEAR, due_on=LAST_YEAR.date())
    late = issue(20_00, "late", "customer-2", at=EARLIER, due_on=date(2026, 10, 31))
    settled = issue(30_00, "settled", at=EARLIER, due_on=date(2026, 11, 10))
    over = issue(40_00, "over", "customer-2", at=EARLIER, due_on=date(2026, 11, 10))
    issue(5000, "yen", currency="JPY", due_on=date(2026, 12, 5))
    pay(old, 4_00, "p1", EARLIER)
    pay(settled, 30_00, "p2")
    pay(over, 45_00, "p3")
    pay(late, 1_00, "p4")
    return fake_clock


def listed(size: int = 50, **query: str) -> tuple[dict[str, int], dict[str, int], list[Ageing]]:
    """Return what is open and what is overpaid of each number, over all pages, and its ageing."""
    items: list[Any] = []
    credits: list[Any] = []
    ageing: list[Ageing] = []
    for page in pages("/receivables", size, **query):
        items += page["open_items"]
        credits += page["credits"]
        ageing += [Ageing.model_validate(one) for one in page["ageing"]]
    assert len({one["number"] for one in items}) == len(items)
    return (
        {one["number"]: one["open_minor"] for one in items},
        {one["number"]: one["credit_minor"] for one in credits},
        list(together(ageing)),
    )


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_what_is_owed_today_is_listed_first_due_first_with_credits_beside_it(
    books: FakeClock, size: int
) -> None:
    items, credits, ageing = listed(size)

    assert items == {"2025-00000001": 6_00, "2026-00000001": 19_00, "2026-00000004": 5000}
    assert credits == {"2026-00000003": 5_00}
    euro, yen = ageing
    assert (euro.currency, euro.open_minor, euro.credit_minor) == ("EUR", 25_00, 5_00)
    assert (euro.days_1_30_minor, euro.over_90_minor) == (19_00, 6_00)
    assert (yen.currency, yen.not_due_minor, yen.open_minor) == ("JPY", 5000, 5000)


@pytest.mark.parametrize("size", [1, 2, 50])
def test_an_earlier_day_is_as_it_was_then(books: FakeClock, size: int) -> None:
    items, credits, ageing = listed(size, as_of="2026-11-20")

    assert items == {
        "2025-00000001": 6_00,
        "2026-00000001": 20_00,
        "2026-00000002": 30_00,
        "2026-00000003": 40_00,
    }
    assert credits == {}
    [euro] = ageing
    assert (euro.days_1_30_minor, euro.over_90_minor) == (90_00, 6_00)
    assert listed(size, as_of="2026-10-12")[0] == {
        "2025-00000001": 6_00,
        **{f"2026-0000000{number}": (number + 1) * 10_00 for number in (1, 2, 3)},
    }
    assert listed(as_of="2025-12-01")[0] == {"2025-00000001": 10_00}
    assert listed(as_of="2024-12-01") == ({}, {}, [])


def test_what_was_paid_too_much_stood_beside_it_on_an_earlier_day_too(books: FakeClock) -> None:
    books.at = NOW + timedelta(days=1)

    assert listed(as_of="2026-11-21")[1] == {"2026-00000003": 5_00}


def test_a_later_day_says_how_old_it_will_be(books: FakeClock) -> None:
    _, _, [euro, yen] = listed(as_of="2027-01-05")

    assert (euro.days_61_90_minor, euro.over_90_minor) == (19_00, 6_00)
    assert (yen.days_31_60_minor, yen.not_due_minor) == (5000, 0)


def test_a_customers_or_a_currencys_are_listed_by_themselves(books: FakeClock) -> None:
    assert listed(customer_id="customer-2")[:2] == (
        {"2026-00000001": 19_00},
        {"2026-00000003": 5_00},
    )
    assert listed(customer_id="customer-2", as_of="2026-11-20")[0] == {
        "2026-00000001": 20_00,
        "2026-00000003": 40_00,
    }
    assert listed(currency="JPY")[0] == {"2026-00000004": 5000}
    assert listed(customer_id="nobody") == ({}, {}, [])


def test_a_promise_is_shown_and_moves_no_date(books: FakeClock) -> None:
    [item] = get("/receivables", currency="JPY")[1]["open_items"]

    assert item == {
        "number": "2026-00000004",
        "customer_id": "customer-1",
        "order_id": "order-of-yen",
        "currency": "JPY",
        "issued_on": "2026-11-21",
        "due_on": "2026-12-05",
        "total_minor": 5000,
        "open_minor": 5000,
        "days_past_due": 0,
        "age": "not_due",
        "promised_on": None,
    }


def test_a_payment_that_is_taken_back_opens_again_from_that_day(books: FakeClock) -> None:
    enter("2026-00000002", EntryKind.REVERSED, 30_00, "r1", NOW + timedelta(days=2))
    books.at = NOW + timedelta(days=5)

    assert listed()[0]["2026-00000002"] == 30_00
    assert "2026-00000002" not in listed(as_of="2026-11-22")[0]
    assert listed(as_of="2026-11-20")[0]["2026-00000002"] == 30_00


def test_a_day_is_the_merchants(books: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    midnight = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)  # the 22nd in Helsinki
    pay("2026-00000001", 19_00, "p5", midnight)
    books.at = midnight + timedelta(days=2)

    assert "2026-00000001" not in listed(as_of="2026-11-21")[0]
    monkeypatch.setenv("MERCHANT_TIME_ZONE", "Europe/Helsinki")
    settings.cache_clear()
    assert listed(as_of="2026-11-21")[0]["2026-00000001"] == 19_00


def test_a_cursor_of_another_list_is_refused(books: FakeClock) -> None:
    cursor = get("/receivables", limit="1")[1]["next_cursor"]
    due = get("/invoices", limit="1", due_before="2027-01-01")[1]["next_cursor"]

    assert get("/receivables", cursor=cursor, **AFTER)[0] == 400
    assert get("/receivables", cursor=due)[0] == 400
    assert get("/invoices", cursor=cursor, due_before="2027-01-01")[0] == 400


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ({"as_of": "2026-11-31"}, "as_of"),
        ({"as_of": "1763683200"}, "as_of"),
        ({"currency": "eur"}, "currency"),
        ({"limit": "101"}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"as_of": "2026-11-20", "cursor": "AAAA"}, "cursor"),
        ({"state": "open"}, "state"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(
    books: FakeClock, query: dict[str, str], param: str
) -> None:
    status, error = get("/receivables", **query)
    assert (status, error["param"]) == (400, param)

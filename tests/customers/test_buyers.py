"""Each order keeps the buyer it was sent with, until their customer is forgotten."""

from collections.abc import Callable
from typing import Any

import pytest

from kassa.customers.parties import Address, Buyer
from kassa.customers.store import Customers
from kassa.platform import table
from tests.support.aws_stack import Stack

FIRST = Buyer(name="First Oy", address=Address(country="FI"))
SECOND = Buyer(name="Second Oy", address=Address(country="FI"), reference="Jane, 3rd floor")


@pytest.fixture
def customers(stack: Stack) -> Customers:
    return Customers("main")


def names(stack: Stack) -> str:
    return str([item for item in stack.items() if "buyer" in item])


def test_a_customer_who_buys_in_two_names_is_invoiced_in_each(customers: Customers) -> None:
    customers.keep("c", "order-1", FIRST)
    customers.keep("c", "order-2", SECOND)

    assert customers.buyer_of("c", "order-1") == FIRST
    assert customers.buyer_of("c", "order-2") == SECOND
    assert customers.buyer_of("c", "order-3") is None


def test_who_an_order_was_sent_with_first_stays_its_buyer(customers: Customers) -> None:
    assert customers.keep("c", "order-1", FIRST)
    assert customers.keep("c", "order-1", FIRST)
    assert not customers.keep("c", "order-1", SECOND)

    assert customers.buyer_of("c", "order-1") == FIRST


def test_the_same_order_brings_no_one_back_who_was_forgotten_and_a_new_one_may(
    customers: Customers, stack: Stack
) -> None:
    customers.keep("c", "order-1", FIRST)
    customers.erase("c")
    assert customers.keep("c", "order-1", FIRST)

    assert customers.buyer_of("c", "order-1") is None
    assert names(stack) == "[]"
    customers.keep("c", "order-2", FIRST)
    assert customers.buyer_of("c", "order-2") == FIRST
    assert [one.order_id for one in customers.buyers("c")] == ["order-2"]


def test_one_write_forgets_all_though_the_next_never_come(
    customers: Customers, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        customers.keep("c", f"order-{number}", FIRST)
    real, calls = table.write, list[str]()

    def once(method: str, **arguments: Any) -> Any:
        calls.append(method)
        if len(calls) > 1:
            raise RuntimeError("the connection is gone")
        return real(method, **arguments)

    monkeypatch.setattr(table, "write", once)
    with pytest.raises(RuntimeError):
        customers.erase("c")
    monkeypatch.setattr(table, "write", real)

    assert [customers.buyer_of("c", f"order-{number}") for number in range(3)] == [None] * 3
    assert customers.buyers("c") == []
    customers.erase("c")
    assert names(stack) == "[]"


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Let something happen between a customer's reading and the writing of their buyer."""
    real = table.put_new

    def put(item: dict[str, Any]) -> bool:
        monkeypatch.setattr(table, "put_new", real)
        act()
        return real(item)

    monkeypatch.setattr(table, "put_new", put)


def test_who_is_forgotten_while_an_order_is_written_is_forgotten(
    customers: Customers, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: customers.erase("c"))

    assert customers.keep("c", "order-1", FIRST)
    assert customers.buyer_of("c", "order-1") is None
    assert names(stack) == "[]"


def test_an_erasing_leaves_alone_what_was_said_after_it(
    customers: Customers, monkeypatch: pytest.MonkeyPatch
) -> None:
    customers.keep("c", "order-1", FIRST)
    real = table.pages

    def pages(**arguments: Any) -> Any:
        monkeypatch.setattr(table, "pages", real)
        customers.keep("c", "order-2", SECOND)
        return real(**arguments)

    monkeypatch.setattr(table, "pages", pages)
    customers.erase("c")

    assert [one.order_id for one in customers.buyers("c")] == ["order-2"]


def test_customers_of_two_merchants_are_two(customers: Customers) -> None:
    customers.keep("c", "order-1", FIRST)
    Customers("other").erase("c")

    assert customers.buyer_of("c", "order-1") == FIRST

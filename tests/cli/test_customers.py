"""`kassa customers`: who a customer is, and forgetting them for good, noted in the trail."""

import pytest

from kassa.audit import store as audit_trail
from kassa.customers.store import Customers
from tests.support.aws_stack import NOW, Stack
from tests.support.billing import BUYER
from tests.support.console import Console
from tests.support.console import console as console


@pytest.fixture
def shop(console: Console, stack: Stack) -> Console:
    Customers("main").keep("customer-1", BUYER)
    return console


def test_a_customer_is_shown_as_the_newest_order_said(shop: Console) -> None:
    lines = shop.run("customers", "show", "customer-1").stdout.splitlines()

    assert lines == ["Beispiel GmbH", "Musterweg 2", "10115 Berlin", "DE", "DE136695976"]
    assert '"name": "Beispiel GmbH"' in shop.run("customers", "show", "customer-1", "--json").stdout


def test_a_customer_who_is_erased_is_nobody_any_more(shop: Console, stack: Stack) -> None:
    result = shop.run("customers", "erase", "customer-1", "--yes")

    assert result.exit_code == 0, result.output
    assert "Beispiel" not in str(stack.items())
    assert shop.run("customers", "show", "customer-1").exit_code == 1
    acts = [one.content for one in audit_trail.items(NOW.date())]
    assert all('"operation":"customer.erase"' in one for one in acts)
    assert len(acts) == 2
    assert not [one for one in acts if "Beispiel" in one]


def test_nobody_is_erased_without_a_yes(shop: Console) -> None:
    shop.run("customers", "erase", "customer-1", input="n\n")

    assert Customers("main").find("customer-1") == BUYER

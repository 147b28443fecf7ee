"""`kassa customers`: who a customer is, and forgetting them for good, noted in the trail."""

import json
from pathlib import Path

import pytest

from kassa.audit import store as audit_trail
from kassa.customers.parties import Buyer
from kassa.customers.store import Customers
from tests.support.aws_stack import NOW, Stack
from tests.support.billing import BUYER
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.fake_clock import FakeClock

GMBH = Buyer.model_validate(BUYER.model_dump() | {"reference": "991-1234512345-06"})
AT_HOME = GMBH.model_copy(update={"name": "Erika Mustermann", "tax_id": None})


@pytest.fixture
def shop(console: Console, stack: Stack, fake_clock: FakeClock) -> Console:
    for order_id, buyer in (("order-1", GMBH), ("order-2", AT_HOME), ("order-3", GMBH)):
        Customers("main").keep("customer-1", order_id, buyer)
        fake_clock.sleep(1)
    return console


def test_a_customer_is_shown_as_their_orders_said_the_newest_first(shop: Console) -> None:
    lines = shop.run("customers", "show", "customer-1").stdout.splitlines()
    as_json = json.loads(shop.run("customers", "show", "customer-1", "--json").stdout)

    home = ["Musterweg 2", "10115 Berlin", "DE"]
    assert lines[:6] == ["Beispiel GmbH", *home, "DE136695976", "Orders: order-3, order-1"]
    assert lines[6:] == ["Erika Mustermann", *home, "Orders: order-2"]
    assert [one["orders"] for one in as_json] == [["order-3", "order-1"], ["order-2"]]
    assert as_json[0]["buyer"]["reference"] == "991-1234512345-06"


def test_a_customer_who_is_erased_is_nobody_any_more(shop: Console, stack: Stack) -> None:
    result = shop.run("customers", "erase", "customer-1", "--yes", "--json")

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["status"] == "done"
    assert not [one for one in ("Beispiel", "Erika", "991-1234512345") if one in str(stack.items())]
    assert shop.run("customers", "show", "customer-1").exit_code == 1
    acts = [one.content for one in audit_trail.items(NOW.date())]
    assert all('"operation":"customer.erase"' in one for one in acts)
    assert len(acts) == 2
    assert not [one for one in acts if "Beispiel" in one]


def test_an_export_makes_its_folder(shop: Console, tmp_path: Path) -> None:
    folder = tmp_path / "of" / "customer-1"
    result = shop.run("customers", "export", "customer-1", "--folder", str(folder))

    assert result.exit_code == 0, result.output
    assert sorted(one.name for one in folder.iterdir()) == ["export.json", "export.pdf"]


def test_who_is_unknown_is_said_to_be(shop: Console) -> None:
    assert shop.refused("customers", "export", "customer-9") == (
        "kassa: nothing is held of a customer customer-9"
    )


def test_nobody_is_erased_without_a_yes(shop: Console) -> None:
    shop.run("customers", "erase", "customer-1", input="n\n")

    assert Customers("main").buyer_of("customer-1", "order-1") == GMBH

"""An order whose electronic invoice will lack something is taken, and told what."""

from typing import Any

import pytest

from kassa.billing.seller.profile import SellerDraft
from kassa.billing.seller.store import Sellers
from kassa.customers.store import Customers
from kassa.platform import table
from kassa.platform.settings import settings
from tests.conformance.einvoices.people import BUYERS, SELLERS
from tests.support.order_requests import post
from tests.support.order_scene import OrderScene, scene
from tests.support.orders import ORDER_BODY
from tests.support.sellers import save

__all__ = ["scene"]

TAX = {"category": "S", "rate": "25.5"}
LINE = {"name": "Lamp", "quantity": 2, "amount_minor": 100_00, "tax": TAX}
BUYER = BUYERS["FI"].model_dump(exclude_none=True)
Fields = dict[str, Any]


@pytest.fixture(autouse=True)
def in_finland(scene: OrderScene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERCHANT_COUNTRY", "FI")
    monkeypatch.setenv("MERCHANT_TAX_ID", "FI01120389")
    settings.cache_clear()


def warned(line: Fields | None = None, **fields: Any) -> list[tuple[str, str]]:
    """Send an order, which is taken; return each rule that is warned of, with its field."""
    answer = post(ORDER_BODY | {"lines": [LINE | (line or {})], "buyer": BUYER} | fields)
    assert answer["statusCode"] == 200, answer["body"]
    return [(one["rule"], one["field"]) for one in answer["content"]["warnings"]]


def test_an_order_that_says_all_is_warned_of_nothing(scene: OrderScene) -> None:
    assert warned() == []


@pytest.mark.parametrize(
    ("line", "fields", "expected"),
    [
        ({}, {"buyer": None}, [("BR-07", "buyer")]),
        ({}, {"buyer": BUYER | {"tax_id": "FI20774741"}}, [("KASSA-VAT", "buyer.tax_id")]),
        (
            {"tax": {"category": "AE"}},
            {"buyer": BUYER | {"tax_id": None, "registration_id": None}},
            [("BR-AE-02", "buyer.tax_id")],
        ),
        ({"tax": {"category": "E"}}, {}, [("BR-E-10", "lines.0.tax.reason")]),
        ({"unit": "QQQ"}, {}, [("BR-CL-23", "lines.0.unit")]),
        (
            {"tax": {"category": "E", "reason_code": "VATEX-EU-NONE"}},
            {},
            [("BR-CL-22", "lines.0.tax.reason_code")],
        ),
    ],
)
def test_a_rule_that_its_invoice_would_break_is_named_with_the_field(
    scene: OrderScene, line: Fields, fields: Fields, expected: list[tuple[str, str]]
) -> None:
    assert warned(line, **fields) == expected


def test_what_the_seller_s_profile_asks_of_a_buyer_is_asked_of_orders(scene: OrderScene) -> None:
    save("DE", profile="xrechnung", party=SELLERS["DE"])
    german = BUYERS["DE"].model_dump(exclude_none=True)

    assert warned(buyer=german) == [("BR-DE-15", "buyer.reference")]
    assert warned(order_id="order-2", buyer=german | {"reference": "991-1234512345-06"}) == []


def test_lines_of_which_some_say_their_tax_are_warned_of(scene: OrderScene) -> None:
    lines = [LINE | {"amount_minor": 60_00}, LINE | {"amount_minor": 40_00, "tax": None}]

    assert warned(lines=lines) == [("KASSA-TAX", "lines.1.tax")]


def test_an_order_without_tax_is_warned_of_nothing_and_costs_no_look_at_the_seller(
    scene: OrderScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sellers, "newest", lambda _: pytest.fail("the seller was read"))

    assert warned({"tax": None}, buyer=None) == []


def test_where_nobody_said_who_sells_that_is_what_is_lacking(
    scene: OrderScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MERCHANT_COUNTRY", "")
    settings.cache_clear()

    assert warned() == [("KASSA-SELLER", "lines")]


def test_the_seller_s_own_gaps_are_no_order_s(scene: OrderScene) -> None:
    draft = SellerDraft.model_validate({"party": {"name": "Shop", "address": {"country": "FI"}}})
    save("FI", party=draft.party, bank_accounts=())

    assert warned() == []


def test_a_profile_that_only_a_newer_release_can_read_stops_no_sale(scene: OrderScene) -> None:
    save("FI")
    document = '{"party":{"name":1},"rounding":"up"}'
    table.put_new({"PK": "SELLER#main", "SK": "VERSION#000002", "document": document})

    assert warned() == []


def test_another_buyer_of_the_same_order_is_warned_of_and_the_first_stays(
    scene: OrderScene,
) -> None:
    warned()
    second = warned(buyer=BUYER | {"name": "Second Oy"})
    kept = Customers("main").buyer_of("customer-1", "order-1")

    assert second == [("KASSA-BUYER", "buyer")]
    assert kept is not None
    assert kept.name == BUYER["name"]


def test_a_tax_class_is_that_of_the_seller_s_country(scene: OrderScene) -> None:
    save("DE")
    answer = post(ORDER_BODY | {"lines": [LINE | {"tax": None, "tax_class": "standard"}]})

    assert answer["statusCode"] == 400
    assert "DE has no class standard" in answer["content"]["message"]


def test_no_warning_repeats_what_was_sent(scene: OrderScene) -> None:
    answer = post(ORDER_BODY | {"lines": [LINE], "buyer": BUYER | {"tax_id": "FI20774741"}})

    assert "20774741" not in answer["body"]
    assert BUYER["name"] not in answer["body"]

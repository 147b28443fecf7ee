"""POST /orders with classes of tax: resolved once, stored with the order, never changed again."""

from decimal import Decimal
from typing import Any

import pytest

from kassa.audit import store as audit_trail
from kassa.core.errors import StaleWrite
from kassa.platform.settings import settings
from kassa.taxes.rates import TaxRates
from kassa.taxes.sheet import read_sheet
from kassa.taxes.store import SavedRates
from tests.support.builders import OPERATOR
from tests.support.order_requests import post
from tests.support.order_scene import OrderScene, scene
from tests.support.orders import ORDER_BODY

__all__ = ["scene"]
SHEET = """country,class,category,rate,valid_from,source,noted_on
FI,standard,S,25.5,2024-09-01,AVL,2026-11-01
FI,reduced,S,{},2026-01-01,AVL,2026-11-01
SE,standard,S,25,1990-07-01,ML,2026-11-01"""


@pytest.fixture(autouse=True)
def in_finland(scene: OrderScene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERCHANT_COUNTRY", "FI")
    settings.cache_clear()


def save(reduced: str = "13.5", version: int = 1) -> None:
    rates = tuple(read_sheet(SHEET.format(reduced)).rates.values())
    SavedRates("main").save(TaxRates(version=version, rates=rates), OPERATOR)


def sent(*classes: str | None, order_id: str = "order-1") -> dict[str, Any]:
    lines = [
        {"name": "Lamp", "quantity": 1, "amount_minor": 50_00, "tax_class": one} for one in classes
    ]
    amount_minor = 50_00 * len(classes)
    return post(ORDER_BODY | {"order_id": order_id, "amount_minor": amount_minor, "lines": lines})


def stored_rates(scene: OrderScene, order_id: str = "order-1") -> list[Decimal]:
    content = scene.orders.content(order_id)
    assert content is not None
    return [line.tax.rate for line in content.lines if line.tax]


def test_a_class_is_stored_as_the_rate_it_comes_to(scene: OrderScene) -> None:
    save()
    assert sent("standard", "reduced", "SE/standard")["statusCode"] == 200
    assert stored_rates(scene) == [Decimal("25.5"), Decimal("13.5"), Decimal(25)]


def test_a_later_change_of_the_rates_changes_no_order(scene: OrderScene) -> None:
    save()
    first = sent("reduced")
    save("10", version=2)

    assert sent("reduced")["content"] == first["content"]  # the same order, the same page
    assert stored_rates(scene) == [Decimal("13.5")]
    sent("reduced", order_id="order-2")
    assert stored_rates(scene, "order-2") == [Decimal(10)]


def test_another_class_is_another_order(scene: OrderScene) -> None:
    save()
    sent("reduced")
    answer = sent("standard")
    assert (answer["statusCode"], answer["content"]["code"]) == (409, "order_changed")


@pytest.mark.parametrize("is_saved", [True, False])
def test_an_unknown_class_is_refused_by_its_field(scene: OrderScene, is_saved: bool) -> None:
    if is_saved:
        save()
    answer = sent("standard", "luxury") if is_saved else sent("standard")
    field = "lines.1.tax_class" if is_saved else "lines.0.tax_class"

    assert (answer["statusCode"], answer["content"]["param"]) == (400, field)
    assert ("reduced, standard" if is_saved else "none") in answer["content"]["message"]
    assert scene.orders.content("order-1") is None
    assert not scene.north.submitted


@pytest.mark.parametrize(
    "line", [{"tax_class": "Reduced"}, {"tax_class": "reduced", "tax": {"category": "Z"}}]
)
def test_a_malformed_class_or_one_beside_a_tax_is_refused(
    scene: OrderScene, line: dict[str, Any]
) -> None:
    whole = {"name": "Lamp", "quantity": 1, "amount_minor": 100_00} | line
    answer = post(ORDER_BODY | {"lines": [whole]})
    assert answer["statusCode"] == 400
    assert answer["content"]["param"].startswith("lines")


def test_of_two_who_save_at_once_one_is_told(scene: OrderScene) -> None:
    save()
    with pytest.raises(StaleWrite):
        save("10")
    assert SavedRates("main").newest().version == 1
    acts = [one.content for one in audit_trail.items(scene.clock.at.date())]
    assert ['"operation":"tax_rates.save"' in one for one in acts] == [True]

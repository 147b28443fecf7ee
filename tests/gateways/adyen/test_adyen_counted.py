"""What Adyen sends that isn't acted on: answered, counted and never booked; and its list of types.

Through the real handlers, on moto.
"""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from kassa.gateways.adyen import disputes, payments
from kassa.gateways.adyen.event_types import EVENT_TYPES, is_acted_on
from kassa.gateways.event_types import Outcome
from kassa.platform.table import plain
from tests.support.aws_stack import Stack
from tests.support.fake_clock import FakeClock
from tests.support.gateway_payloads.adyen import NAMES, PLAIN, arrival
from tests.support.gateway_scenes.adyen import AdyenScene
from tests.support.gateway_scenes.scene import Arrival
from tests.support.gateway_stage import Stage, on_stage


@pytest.fixture
def stage(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    scene = AdyenScene(lambda: fake_clock.now().timestamp(), 1)
    with on_stage(stack, fake_clock, scene, monkeypatch) as made:
        yield made


def types_stored(stage: Stage) -> list[str]:
    items = map(plain, stage.stack.items())
    return sorted(item["gateway_type"] for item in items if "gateway_type" in item)


def delivered(stage: Stage, item: dict[str, Any]) -> list[str]:
    """Post and book an item that must be answered as Adyen wants; return what is stored."""
    assert stage.post(arrival(item)) == {"statusCode": 200, "body": "[accepted]"}
    stage.book()
    assert stage.failures == []
    return types_stored(stage)


TESTS = [
    {"pspReference": "test_AUTHORISATION_1", "merchantReference": "testMerchantRef1"},
    {"pspReference": "test_AUTHORISATION_1", "merchantReference": "8313842560770001"},
    {"pspReference": "test_AUTHORISATION_2", "success": "false"},
    {"pspReference": "N5TS7M2X4W3W9575", "merchantReference": "testMerchantRef1"},
    {"pspReference": "testNotification_1", "merchantReference": "x"},
    *(
        {"eventCode": code, "pspReference": f"test_{code}_1", "amount": amount}
        for code, amount in (
            ("CAPTURE", {"value": 101_00, "currency": "EUR"}),
            ("CANCELLATION", None),
            ("REFUND", {"value": "10100", "currency": "EUR"}),
            ("CHARGEBACK", {"value": 101_00, "currency": "EUR"}),
            ("CHARGEBACK_REVERSED", {}),
            ("NOTIFICATION_OF_CHARGEBACK", {"value": 101_00, "currency": "EUR"}),
            ("REQUEST_FOR_INFORMATION", {"value": 101_00, "currency": "EUR"}),
            ("REFUNDED_REVERSED", {"value": 101_00, "currency": "EUR"}),
        )
    ),
    {"eventCode": "REPORT_AVAILABLE", "pspReference": "test_REPORT_AVAILABLE.csv", "amount": None},
    {"eventCode": "ORDER_OPENED", "pspReference": "test_ORDER_OPENED"},
    {"eventCode": "NOTIFICATIONTEST", "pspReference": "test_NOTIFICATIONTEST"},
]


@pytest.mark.parametrize("changed", TESTS, ids=lambda changed: str(changed["pspReference"]))
def test_a_test_from_the_customer_area_is_answered_and_counted_and_never_booked(
    stage: Stage, changed: dict[str, Any]
) -> None:
    """The live key signs what "Test configuration" sends, 101.00 of it, and says it is live."""
    item = PLAIN | {"originalReference": "", "amount": {"value": 101_00, "currency": "EUR"}}
    (stored,) = delivered(stage, item | changed)
    assert stored.endswith("(test)")
    assert stage.ledger() == {}


FUSSY = [
    {
        "eventCode": "REPORT_AVAILABLE",
        "pspReference": "https://ca-live.adyen.com:443/reports/download/M/S/settlement_4.csv",
        "amount": {"value": "0", "currency": "EUR"},
    },
    {"eventCode": "REPORT_AVAILABLE", "pspReference": "a:b:c", "amount": None},
    {"eventCode": "REPORT_AVAILABLE", "merchantAccountCode": "TheWholeCompany"},
    {"eventCode": "Something.New", "pspReference": None, "amount": {"value": "1.5"}},
    {"eventCode": None, "success": None},
]


@pytest.mark.parametrize("changed", FUSSY, ids=range(len(FUSSY)))
def test_what_is_only_counted_is_never_refused_for_its_form(
    stage: Stage, changed: dict[str, Any]
) -> None:
    assert len(delivered(stage, PLAIN | changed)) == 1
    assert stage.ledger() == {}


def test_no_type_and_no_form_of_tomorrow_can_fail(stage: Stage) -> None:
    """Random codes and fields, signed: answered, counted, and nothing behind them is held up."""
    source = random.Random(20261129)
    letters = "ABC_abc:.-é /\n\x01" + "9" * 3

    def anything() -> Any:
        text = "".join(source.choice(letters) for _ in range(source.randrange(0, 300)))
        return source.choice([text, text, None, source.randrange(-(10**12), 10**12)])

    for number in range(40):
        item = {name: anything() for name in NAMES if source.random() < 0.9}
        item["amount"] = {"value": anything(), "currency": anything()}
        item |= {"eventCode": f"NEW_{number}_{anything()}", "success": anything()}
        assert stage.post(arrival(item)) == {"statusCode": 200, "body": "[accepted]"}
    stage.book()
    assert stage.failures == []
    assert len(delivered(stage, PLAIN)) == 41
    assert stage.ledger()["customers", "EUR"] == -100_00


def test_what_nobody_signed_is_refused_whatever_it_says(stage: Stage) -> None:
    for changed in FUSSY:
        assert stage.post(arrival(PLAIN | changed, key="ff" * 32))["statusCode"] == 400
    unsigned = {"live": "true", "notificationItems": [{"NotificationRequestItem": PLAIN}]}
    assert stage.post(Arrival(json.dumps(unsigned).encode()))["statusCode"] == 400
    assert types_stored(stage) == []


# The list of types


def test_every_type_that_is_booked_has_a_reading_and_no_other_has() -> None:
    codes = {(code, success) for code in EVENT_TYPES for success in ("true", "false")}
    acted_on = {one for one in codes if is_acted_on(*one, value="100")}
    assert {*payments.READINGS, *disputes.READINGS} == acted_on


@pytest.mark.parametrize(
    "code", [name for name, row in EVENT_TYPES.items() if row.outcome is Outcome.BOOKED]
)
def test_a_sample_of_each_type_that_is_booked_is_booked(stage: Stage, code: str) -> None:
    delivered(stage, PLAIN | {"eventCode": code})
    assert [item for item in map(plain, stage.stack.items()) if "objects" in item]


@pytest.mark.parametrize(
    "code", [name for name, row in EVENT_TYPES.items() if row.outcome is not Outcome.BOOKED]
)
def test_a_sample_of_each_other_type_is_counted_if_it_comes_as_an_item(
    stage: Stage, code: str
) -> None:
    assert delivered(stage, PLAIN | {"eventCode": code}) == [code]
    assert stage.ledger() == {}


def test_a_platform_webhook_without_items_is_refused(stage: Stage) -> None:
    body = {"data": {}, "type": "balancePlatform.report.created", "environment": "live"}
    assert stage.post(Arrival(json.dumps(body).encode()))["statusCode"] == 400

"""What a payment was paid with is named alike at every gateway, and rules by it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from functions.approve_refund.app import lambda_handler as approve_refund
from kassa.archive import counting, warehouse
from kassa.core.periods import Period
from kassa.ledger.facts import LedgerFact, PaymentCaptured, PaymentFailed
from kassa.ledger.items import booked_event
from kassa.platform.table import plain
from kassa.refunds.policy.parse import read_policy
from kassa.refunds.policy.store import Policies
from tests.support.aws_stack import Context, Stack
from tests.support.every_gateway import EVERY_GATEWAY, REFUNDING
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenarios import ORDER, OTHER, PAID, scene_of
from tests.support.gateway_scenes.scene import Scene
from tests.support.gateway_stage import Stage, on_stage
from tests.support.refund_stage import answered, http_event

CARDS = {
    "id": "cards",
    "name": "Small refunds to cards are paid at once",
    "when": {"method": "card", "amount": {"up_to": "50.00 EUR"}},
    "then": "approve",
}


def merchant_of(scene: Scene) -> str:
    """Return whose a scene's secrets are; the stack is that merchant's."""
    (found,) = {secret["merchant_id"] for secret in scene.secrets().values()}
    return str(found)


@contextmanager
def shop_at(
    gateway: str, stack: Stack, fake_clock: FakeClock, patch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    scene = scene_of(gateway, fake_clock)
    patch.setenv("MERCHANT_ID", merchant_of(scene))
    with on_stage(stack, fake_clock, scene, patch) as stage:
        yield stage
        assert stage.failures == []


def facts(stage: Stage) -> list[LedgerFact]:
    items = [item for item in map(plain, stage.stack.items()) if "gateway_type" in item]
    return [fact for item in items for fact in booked_event(item).facts]


def one_shops(fact: LedgerFact) -> LedgerFact:
    """Return a fact as the same shop's, since scenes are of several."""
    metadata = fact.metadata.model_copy(update={"merchant_id": "shop"})
    return fact.model_copy(update={"metadata": metadata})


def captured(stage: Stage) -> LedgerFact:
    (found,) = [fact for fact in facts(stage) if isinstance(fact.data, PaymentCaptured)]
    return found


def sold(stage: Stage) -> LedgerFact:
    stage.scene.pay(ORDER, PAID)
    stage.deliver()
    return captured(stage)


@pytest.mark.parametrize("gateway", EVERY_GATEWAY)
def test_a_payment_says_its_method_and_brand(
    gateway: str, stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shop_at(gateway, stack, fake_clock, monkeypatch) as stage:
        fact = sold(stage)
        assert isinstance(fact.data, PaymentCaptured)
        assert (fact.data.method, fact.data.brand) == stage.scene.paid_with


@pytest.mark.parametrize("gateway", ["stripe", "paypal", "adyen"])
def test_so_does_an_attempt_that_failed(
    gateway: str, stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shop_at(gateway, stack, fake_clock, monkeypatch) as stage:
        stage.scene.decline(OTHER, PAID)
        stage.deliver()
        failed = [fact.data for fact in facts(stage) if isinstance(fact.data, PaymentFailed)]
        assert {(one.method, one.brand) for one in failed} == {stage.scene.paid_with}


@pytest.mark.parametrize("gateway", REFUNDING)
def test_a_policy_for_cards_rules_wherever_a_card_paid_and_nowhere_else(
    gateway: str, stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shop_at(gateway, stack, fake_clock, monkeypatch) as stage:
        paid = sold(stage).metadata
        document = {"effective_from": fake_clock.at.isoformat(), "otherwise": "escalate"}
        whose = merchant_of(stage.scene)
        policy = read_policy(document | {"rules": [CARDS]}, whose, 1, fake_clock.at, "test")
        Policies(whose).save(policy)
        body: dict[str, Any] = {"gateway": gateway, "payment_id": paid.subject_id}
        body |= {"reason": "damaged", "amount_minor": 10_00}
        status, answer = answered(
            approve_refund(http_event("POST /refunds", body, whose), Context())
        )

        method, brand = stage.scene.paid_with
        assert status in (200, 202), answer
        receipt = answer["request"]["receipt"]
        assert receipt["decision"] == ("approve" if method == "card" else "escalate")
        assert (receipt["inputs"]["method"], receipt["inputs"].get("brand")) == (method, brand)


def test_a_days_shares_by_method_are_over_all_gateways(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    booked: list[LedgerFact] = []
    for gateway in ("stripe", "adyen"):
        with shop_at(gateway, stack, fake_clock, monkeypatch) as stage:
            stage.scene.pay(ORDER, PAID)
            stage.deliver()
            booked = [one_shops(fact) for fact in facts(stage)]
    file = tmp_path / "day.parquet"
    file.write_bytes(warehouse.to_parquet(booked))
    period = Period.of(fake_clock.at.date(), "UTC")

    tally = counting.tally([file], period, "shop")

    assert [(one.method, one.amount_minor) for one in tally.captures] == [("card", 2 * PAID)]

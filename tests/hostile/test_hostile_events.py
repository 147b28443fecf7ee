"""Events that no gateway should send: what can't be money, and numbers that mean two things."""

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest

from infra.fake_gateways.standard.account import Notification as Posted
from tests.support import stripe_events as s
from tests.support.aws_stack import Stack
from tests.support.fake_clock import FakeClock
from tests.support.gateway_payloads.adyen import AUTHORISED, Body, arrival, reported_item
from tests.support.gateway_scenes.standard import StandardScene
from tests.support.gateway_stage import Stage, on_stage, seconds
from tests.support.gateway_stages.adyen import adyen as adyen
from tests.support.gateway_stages.stripe import captured, headrooms, moved, unread
from tests.support.gateway_stages.stripe import stripe as stripe

__all__ = ["adyen", "stripe"]

UNPAYABLE = [-5, -(10**30), 10**15 + 1, 2**63]


def about(kind: str, minor: int) -> Body:
    """Return an event of Stripe's in which something has such an amount."""
    charge = s.charge("ch_2", "pi_2", amount=minor, amount_captured=minor)
    moves = s.balance_transaction("txn_1", amount=minor, type="adjustment", source="x")
    disputed = s.dispute(amount=minor, balance_transactions=[moved(1, -abs(minor))])
    return {
        "charge": s.event("charge.succeeded", charge, "evt_2"),
        "refund": s.event("refund.created", s.refund(amount=minor), "evt_2"),
        "dispute": s.event("charge.dispute.created", disputed, "evt_2"),
        "payout": s.event("payout.paid", s.payout(amount=minor), "evt_2"),
        "balance": s.pulled(moves),
    }[kind]


@pytest.mark.parametrize("minor", UNPAYABLE)
@pytest.mark.parametrize("kind", ["charge", "refund", "dispute", "payout", "balance"])
def test_an_amount_that_nobody_can_pay_is_left_to_a_person(
    stripe: Stage, kind: str, minor: int
) -> None:
    """Else it is booked the wrong way round, or stops every fact that is archived with it."""
    if minor != -5 or kind not in ("payout", "balance"):  # a balance may be made good by the bank
        unread(stripe, about(kind, minor))


@pytest.mark.parametrize("object_id", [None, "", 5, {}, []])
def test_an_object_without_an_id_is_left_to_a_person(stripe: Stage, object_id: object) -> None:
    """Else all that have none are one, and each hides the others."""
    nameless = s.charge(payment_id="pi_2") | {"id": object_id}
    unread(stripe, s.event("charge.succeeded", nameless, "evt_2"))


@pytest.mark.parametrize("code", ["AUTHORISATION", "CAPTURE", "REFUND", "CHARGEBACK"])
@pytest.mark.parametrize("minor", UNPAYABLE)
def test_an_amount_signed_by_adyen_is_held_to_the_same(adyen: Stage, code: str, minor: int) -> None:
    adyen.post(arrival(reported_item(code, minor, pspReference="OTHER1")))
    adyen.post(arrival(AUTHORISED))
    adyen.book()
    booked = {name: minor for (name, _), minor in adyen.ledger().items()}
    assert booked == {name: minor for name, minor in captured(100_00).items() if minor}


@pytest.fixture
def mapped(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(
        stack, fake_clock, StandardScene(lambda: seconds(fake_clock), 1), monkeypatch
    ) as opened:
        yield opened


def test_a_refund_and_a_dispute_may_have_one_number(mapped: Stage) -> None:
    """A gateway that counts each table from one says 5 of both, and of a payment too."""
    scene: Any = mapped.scene

    def event(of_type: str, number: int, minor: int, **more: Any) -> Body:
        data = {"id": number, "amount": minor, "currency": "EUR", "reason": "fraud"} | more
        return {"type": of_type, "timestamp": "2026-11-21T08:59:58Z", "live": True, "data": data}

    orders = list(permutations(range(4)))[::5]
    for order in orders:
        paid = 5 + 10 * len(scene.fake.account.sent)
        events = [
            event("payment.updated", paid, 100_00, status="paid"),
            event("refund.sent", paid, 30_00, payment_id=paid),
            event("refund.sent", 7, 10_00, payment_id=paid),
            event("dispute.opened", 7, 20_00, payment_id=paid),
        ]
        for place in order:
            name = f"msg_{paid}_{place}"
            scene.fake.account.sent[name] = Posted(name, events[place])
            mapped.post(scene.arrival(scene.fake.account.sent[name]))
    mapped.book()
    assert mapped.failures == []
    assert headrooms(mapped) == [40_00] * len(orders)
    assert mapped.ledger()["customers", "EUR"] == -60_00 * len(orders)

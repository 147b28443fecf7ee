"""What others reported of their payment software, done here: each ends as it should have there.

Through the real handlers, on moto; whatever comes in another order comes to the same.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from kassa.ledger.facts import PaymentFailed
from tests.support import stripe_events as s
from tests.support.aws_stack import Stack
from tests.support.fake_clock import FakeClock
from tests.support.gateway_payloads.adyen import (
    AUTHORISED,
    PAID,
    Body,
    arrival,
    reported_item,
)
from tests.support.gateway_scenes.klarna import KlarnaScene
from tests.support.gateway_stage import Stage, on_stage
from tests.support.gateway_stages.adyen import adyen as adyen
from tests.support.gateway_stages.btcpay import Shop
from tests.support.gateway_stages.btcpay import shop as shop
from tests.support.gateway_stages.paypal import PayPal, headroom, ledger
from tests.support.gateway_stages.paypal import paypal as paypal
from tests.support.gateway_stages.stripe import (
    CHARGE,
    captured,
    deliver,
    facts,
    headrooms,
    kept,
    moved,
    unread,
)
from tests.support.gateway_stages.stripe import stripe as stripe

__all__ = ["paypal", "shop"]


@pytest.fixture
def klarna(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    scene = KlarnaScene(lambda: fake_clock.now().timestamp(), 1)
    with on_stage(stack, fake_clock, scene, monkeypatch) as opened:
        yield opened


def refundable(stage: Stage, events: Sequence[Body], booked: dict[str, int]) -> set[int]:
    """Tell events in some orders, each of payments of its own; they book the same. Return the
    headroom of each order's payment."""
    orders = (events, events[::-1], [*events[1:], *events])
    for number, order in enumerate(orders):
        deliver(stage, order, f"{number}x")
    sums = {account: minor for (account, _), minor in stage.ledger().items()}
    assert sums == {account: minor * len(orders) for account, minor in booked.items() if minor}
    return set(headrooms(stage))


TAKEN, BACK = moved(1, -PAID), moved(2, PAID)


def disputed(status: str, *moves: Body, number: int = 2, **fields: Any) -> Body:
    closed = s.dispute(status=status, balance_transactions=list(moves), **fields)
    kind = "created" if status == "needs_response" else "closed"
    return s.event(f"charge.dispute.{kind}", closed, f"evt_{number}")


def test_a_dispute_that_stays_lost_isnt_won_by_money_that_came_back(stripe: Stage) -> None:
    """juspay/hyperswitch #11687."""
    lost = s.dispute(status="lost", balance_transactions=[TAKEN, BACK])
    back = s.event("charge.dispute.funds_reinstated", lost, "evt_4")
    events = [CHARGE, disputed("needs_response", TAKEN), disputed("lost", TAKEN, BACK), back]
    assert refundable(stripe, events, captured(PAID)) == {PAID}
    kinds = {fact.data.fact for fact in facts(stripe)}
    assert "DisputeLost" in kinds
    assert "DisputeWon" not in kinds


def test_a_dispute_that_is_won_gives_back_what_it_took(stripe: Stage) -> None:
    """antiwork/gumroad #2055."""
    events = [CHARGE, disputed("needs_response"), disputed("won", number=3)]
    assert refundable(stripe, events, captured(PAID)) == {PAID}


def test_a_dispute_of_more_than_was_paid_takes_what_it_takes(stripe: Stage) -> None:
    """polarsource/polar #8344."""
    taken = moved(1, -104_00)
    events = [CHARGE, disputed("lost", taken, amount=104_00)]
    assert refundable(stripe, events, captured(PAID, taken=104_00)) == {-4_00}


def test_a_refund_after_a_dispute_was_won_counts_in_full(stripe: Stage) -> None:
    """elizaOS/eliza #11155."""
    refund = s.event("refund.created", s.refund(amount=40_00, created=s.CREATED + 900), "evt_9")
    events = [CHARGE, disputed("won", TAKEN, BACK), refund]
    assert refundable(stripe, events, captured(PAID, back=40_00)) == {60_00}


def test_a_refund_before_a_dispute_ends_changes_nothing_of_what_it_gives_back(
    stripe: Stage,
) -> None:
    """antiwork/gumroad #5693, review."""
    taken, back = moved(1, -60_00), moved(2, 60_00)
    refund = s.event("refund.created", s.refund(amount=25_00), "evt_9")
    won = disputed("won", taken, back, number=3, amount=60_00)
    events = [CHARGE, disputed("needs_response", taken, amount=60_00), refund, won]
    assert refundable(stripe, events, captured(PAID, back=25_00)) == {75_00}


def test_a_charge_that_lists_no_refunds_only_sums_them_up(stripe: Stage) -> None:
    """pgeu/pgeu-system #156; fossasia/eventyay #3447."""
    events = [
        CHARGE,
        s.event("charge.refunded", s.charge(amount_refunded=30_00), "evt_2"),
        s.event("charge.refunded", s.charge(amount_refunded=50_00, refunds=None), "evt_3"),
        s.event("refund.created", s.refund("re_1", amount=30_00), "evt_4"),
        s.event("refund.created", s.refund("re_2", amount=20_00), "evt_5"),
    ]
    assert refundable(stripe, events, captured(PAID, back=50_00)) == {50_00}


@pytest.mark.parametrize(
    ("currency", "wire", "minor"),
    [("ugx", 3_800_00, 3_800), ("isk", 2_000_00, 2_000), ("jpy", 500, 500), ("kwd", 5_120, 5_120)],
)
def test_a_currency_is_counted_as_the_gateway_counts_it(
    stripe: Stage, currency: str, wire: int, minor: int
) -> None:
    """woocommerce/woocommerce-gateway-stripe #2674, #5162; Automattic/woocommerce-payments #7620"""
    fields = {"amount": wire, "amount_captured": wire, "currency": currency}
    back = s.event("refund.created", s.refund(amount=wire // 2, currency=currency), "evt_2")
    events = [s.event("charge.succeeded", s.charge(**fields), "evt_1"), back]
    assert refundable(stripe, events, captured(minor, back=minor // 2)) == {minor // 2}


def test_a_refund_of_one_of_two_payments_leaves_the_other(stripe: Stage) -> None:
    """pretix/pretix #343."""
    second = s.event("charge.succeeded", s.charge("ch_2", "pi_2"), "evt_2")
    back = s.refund(amount=PAID, charge="ch_2", payment_intent="pi_2")
    events = [CHARGE, second, s.event("refund.created", back, "evt_3")]
    assert refundable(stripe, events, captured(2 * PAID, back=PAID)) == {0, PAID}


def test_a_checkout_left_for_a_bank_debit_is_no_failure(stripe: Stage) -> None:
    """gameserverapp/Platform #1216."""
    deliver(
        stripe,
        [
            s.event("checkout.session.completed", s.checkout(payment_status="unpaid"), "evt_1"),
            s.event("payment_intent.processing", s.payment_intent(status="processing"), "evt_2"),
        ],
    )
    assert stripe.ledger() == {}
    assert not any(isinstance(fact.data, PaymentFailed) for fact in facts(stripe))


@pytest.mark.parametrize("stripe", [{"mode": "live"}], indirect=True)
def test_a_test_event_at_a_live_endpoint_is_counted(stripe: Stage) -> None:
    """pay-rails/pay #999; integrallis/stripe_event #33."""
    deliver(stripe, [CHARGE, disputed("lost", TAKEN)])
    assert stripe.ledger() == {}
    assert len(kept(stripe)) == 2


def test_a_refund_without_an_amount_is_never_taken_for_a_whole_one(stripe: Stage) -> None:
    """own-pay/OwnPay #192."""
    refund = {name: value for name, value in s.refund().items() if name != "amount"}
    unread(stripe, s.event("refund.created", refund, "evt_2"))


# Adyen


CHARGEBACK = reported_item("CHARGEBACK", pspReference="DISPUTE1")
ADYEN: dict[str, tuple[list[Body], dict[str, int], int]] = {
    "killbill/killbill #477: a chargeback is reversed": (
        [CHARGEBACK, reported_item("CHARGEBACK_REVERSED", pspReference="DISPUTE1")],
        captured(PAID),
        PAID,
    ),
    "killbill/killbill-adyen-plugin #79: a debit comes back as a chargeback": (
        [CHARGEBACK | {"reason": "Insufficient balance"}],
        captured(PAID, taken=PAID),
        0,
    ),
    "killbill/killbill-adyen-plugin #1, Adyen/adyen-magento #631: a refund fails later": (
        [
            reported_item("REFUND", 30_00, pspReference="REFUND1"),
            reported_item("REFUND_FAILED", 30_00, pspReference="REFUND1"),
        ],
        captured(PAID),
        PAID,
    ),
    "odoo/odoo #249472: a capture fails after it succeeded": (
        [
            reported_item("CAPTURE", pspReference="CAPTURE1"),
            reported_item("CAPTURE_FAILED", pspReference="CAPTURE1"),
        ],
        {},
        0,
    ),
}


@pytest.mark.parametrize("report", ADYEN, ids=lambda report: report.partition(":")[0])
@pytest.mark.parametrize("is_backwards", [False, True])
def test_what_adyen_takes_back_or_gives_back_is_booked(
    adyen: Stage, report: str, is_backwards: bool
) -> None:
    reported, booked, left = ADYEN[report]
    items = [AUTHORISED, *reported, *reported]
    for one in items[::-1] if is_backwards else items:
        adyen.post(arrival(one))
    adyen.book()
    assert set(adyen.statuses) == {200}
    sums = {name: minor for (name, _), minor in adyen.ledger().items()}
    assert sums == {name: minor for name, minor in booked.items() if minor}
    assert headrooms(adyen) == [left]


def test_a_gift_cards_part_counts_for_its_part_alone(adyen: Stage) -> None:
    """Adyen/adyen-salesforce-commerce-cloud #440 and #441."""
    part = AUTHORISED | {"amount": {"value": 20_00, "currency": "EUR"}}
    for one in (
        reported_item("ORDER_OPENED"),
        part,
        reported_item("ORDER_CLOSED", success="false"),
    ):
        adyen.post(arrival(one))
    adyen.book()
    assert adyen.ledger()["customers", "EUR"] == -20_00


def test_a_reference_with_colons_is_believed_as_adyen_signs_it(adyen: Stage) -> None:
    """Adyen/adyen-python-api-library #117."""
    adyen.post(arrival(AUTHORISED | {"merchantReference": "14-08-2026-09:53:00"}))
    adyen.book()
    assert adyen.statuses == [200]
    assert adyen.ledger()["customers", "EUR"] == -PAID


# PayPal, Klarna, BTCPay


def test_refunds_in_parts_count_each_for_itself_beside_their_running_total(paypal: PayPal) -> None:
    """antiwork/gumroad #6684."""
    payment_id = paypal.pay()
    for minor in (2_00, 3_00):
        paypal.scene.refund("order-1", minor)
    for arrived in paypal.scene.arrivals()[::-1]:
        paypal.stage.post(arrived)
    paypal.stage.book()
    assert ledger(paypal)["customers"] == 5_00 - PAID
    assert headroom(paypal, payment_id) == PAID - 5_00


def test_a_reversal_in_part_takes_its_part_alone(paypal: PayPal) -> None:
    """woocommerce/woocommerce-paypal-payments #1614."""
    payment_id = paypal.pay()
    paypal.scene.fake.reverse_capture(payment_id, 20_00)
    paypal.stage.deliver()
    assert ledger(paypal) == captured(PAID, taken=20_00)
    assert headroom(paypal, payment_id) == 80_00


def test_a_capture_called_refunded_while_it_is_disputed_refunds_nothing(paypal: PayPal) -> None:
    """paypal/Checkout-NodeJS-SDK #31."""
    payment_id = paypal.pay()
    capture = paypal.scene.fake.account.captures[payment_id]
    paypal.scene.fake.open_dispute(payment_id, 60_00)
    capture["status"] = "PARTIALLY_REFUNDED"
    paypal.stage.deliver()
    assert ledger(paypal) == captured(PAID, taken=60_00)
    assert headroom(paypal, payment_id) == 40_00


def test_a_refund_made_in_klarnas_portal_is_booked(klarna: Stage) -> None:
    """woocommerce/woocommerce-gateway-klarna #49."""
    klarna.scene.pay("order-1", PAID)
    klarna.deliver()
    klarna.scene.refund("order-1", 30_00)
    klarna.scene.pay_out()
    klarna.clock.at += timedelta(hours=3)
    klarna.watch()
    assert klarna.ledger()["customers", "EUR"] == 30_00 - PAID
    assert 70_00 in headrooms(klarna)  # beside it stands what the payout has, which is none


def test_coins_that_come_late_and_too_many_all_count(shop: Shop) -> None:
    """btcpayserver/btcpayserver #4146 and #1976; btcpayserver/xenforo #1."""
    invoice_id = shop.open(10_00)
    shop.fake.pay(invoice_id, 4_00)
    shop.fake.confirm(invoice_id)
    shop.skip(3_600)
    shop.fake.pay(invoice_id, 9_00)
    shop.fake.confirm(invoice_id)
    shop.deliver()
    assert shop.ledger() == shop.captured(13_00)

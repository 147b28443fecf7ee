"""Disputes, balance transactions and payouts at the fake Stripe."""

from typing import Any

import pytest
import stripe

from infra.fake_gateways.stripe.api.errors import Refusal
from tests.support.fake_stripe import Scene


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_dispute_takes_the_funds_and_a_fee(scene: Scene) -> None:
    payment = scene.pay()
    scene.event_types()
    opened = scene.fake.open_dispute(payment.latest_charge)
    assert scene.event_types() == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]

    dispute = scene.v1.disputes.retrieve(opened["id"])
    assert (dispute.status, dispute.amount) == ("needs_response", 100_00)
    (moved,) = dispute.balance_transactions
    assert (moved.type, moved.reporting_category) == ("adjustment", "dispute")
    assert (moved.amount, moved.fee, moved.net) == (-100_00, 15_00, -115_00)
    assert scene.charge(payment.id).disputed
    with pytest.raises(stripe.InvalidRequestError) as refused:
        scene.refund(payment.id, 1)
    assert refused.value.code == "charge_disputed"


def test_a_won_dispute_gives_the_funds_back_and_allows_refunds(scene: Scene) -> None:
    payment = scene.pay()
    opened = scene.fake.open_dispute(payment.latest_charge)
    scene.event_types()
    scene.fake.close_dispute(opened["id"], "won")
    assert scene.event_types() == ["charge.dispute.closed", "charge.dispute.funds_reinstated"]
    assert scene.moved() == {"charge": 100_00, "adjustment": 0}
    rows = scene.v1.balance_transactions.list({"source": opened["id"]}).data
    assert [row.reporting_category for row in rows] == ["dispute_reversal", "dispute"]
    assert scene.refund(payment.id).amount == 100_00


def test_a_lost_dispute_keeps_them(scene: Scene) -> None:
    payment = scene.pay()
    opened = scene.fake.open_dispute(payment.latest_charge)
    scene.event_types()
    scene.v1.disputes.close(opened["id"])
    assert scene.event_types() == ["charge.dispute.closed"]
    with pytest.raises(stripe.InvalidRequestError):
        scene.refund(payment.id, 1)
    with pytest.raises(Refusal):
        scene.fake.close_dispute(opened["id"], "won")


def test_beside_a_partial_dispute_only_the_rest_can_be_refunded(scene: Scene) -> None:
    payment = scene.pay()
    scene.fake.open_dispute(payment.latest_charge, 40_00)
    with pytest.raises(stripe.InvalidRequestError, match=r"60\.00"):
        scene.refund(payment.id, 60_01)
    assert scene.refund(payment.id).amount == 60_00


def test_with_that_limit_lifted_a_disputed_charge_is_paid_twice() -> None:
    scene = Scene(lifts_dispute_limit=True)
    payment = scene.pay()
    scene.fake.open_dispute(payment.latest_charge)
    scene.refund(payment.id, 100_00)
    assert scene.moved() == {"charge": 100_00, "adjustment": -100_00, "refund": -100_00}


def test_an_inquiry_moves_nothing_until_it_escalates(scene: Scene) -> None:
    payment = scene.pay()
    opened = scene.fake.open_dispute(payment.latest_charge, status="warning_needs_response")
    assert scene.moved() == {"charge": 100_00}
    assert scene.refund(payment.id, 10_00).status == "succeeded"
    scene.event_types()
    scene.fake.escalate_inquiry(opened["id"])
    assert scene.event_types() == ["charge.dispute.updated", "charge.dispute.funds_withdrawn"]
    assert scene.moved()["adjustment"] == -100_00


def test_an_inquiry_may_come_to_nothing(scene: Scene) -> None:
    opened = scene.fake.open_dispute(scene.pay().latest_charge, status="warning_needs_response")
    scene.event_types()
    scene.fake.close_dispute(opened["id"], "warning_closed")
    assert scene.event_types() == ["charge.dispute.closed"]
    assert scene.moved() == {"charge": 100_00}


def test_evidence_is_submitted(scene: Scene) -> None:
    opened = scene.fake.open_dispute(scene.pay().latest_charge)
    evidence: Any = {"evidence": {"customer_name": "Aino"}, "submit": True}
    contested = scene.v1.disputes.update(opened["id"], evidence)
    assert contested.status == "under_review"
    assert contested.evidence_details.submission_count == 1


def test_some_cards_bring_a_dispute_with_them(scene: Scene) -> None:
    scene.pay(card="pm_card_createDispute")
    (dispute,) = scene.v1.disputes.list().data
    assert dispute.status == "needs_response"


def test_a_charge_costs_a_share_and_a_fixed_part(scene: Scene) -> None:
    payment = scene.pay(12_345)
    expanded = {"expand": ["latest_charge.balance_transaction"]}
    found: Any = scene.v1.payment_intents.retrieve(payment.id, expanded)
    row = found.latest_charge.balance_transaction
    assert (row.amount, row.fee, row.net) == (12_345, 358 + 30, 12_345 - 388)
    (detail,) = row.fee_details
    assert (detail.type, detail.amount) == ("stripe_fee", 388)
    assert (row.type, row.reporting_category) == ("charge", "charge")


def test_another_currency_is_exchanged_into_the_accounts(scene: Scene) -> None:
    payment = scene.pay(12_800, currency="jpy")
    scene.refund(payment.id, 1_600)
    refunded, charged = scene.v1.balance_transactions.list({"limit": 2}).data
    assert (charged.currency, charged.amount) == ("eur", 80_00)
    assert charged.exchange_rate == 0.00625
    assert (refunded.amount, refunded.fee) == (-10_00, 0)


def test_a_movement_becomes_available_after_two_days(scene: Scene) -> None:
    scene.pay()
    balance: Any = scene.v1.balance.retrieve()
    assert (balance.available[0].amount, balance.pending[0].amount) == (0, 96_80)
    scene.now_s += 2 * 86_400
    balance = scene.v1.balance.retrieve()
    assert (balance.available[0].amount, balance.pending[0].amount) == (96_80, 0)
    assert scene.v1.balance_transactions.list().data[0].status == "available"


def test_movements_are_listed_by_time_with_what_caused_them(scene: Scene) -> None:
    payment = scene.pay()
    scene.now_s += 100
    refund = scene.refund(payment.id, 30_00)
    scene.now_s += 100
    params: Any = {"created": {"gte": int(scene.now_s) - 150, "lt": int(scene.now_s)}}
    (row,) = scene.v1.balance_transactions.list(params | {"expand": ["data.source"]}).data
    assert isinstance(row.source, stripe.Refund)
    assert row.source.id == refund.id
    everything = scene.v1.balance_transactions.list({"limit": 1}).auto_paging_iter()
    assert [one.type for one in everything] == ["refund", "charge"]


def test_a_payout_leaves_the_balance_and_arrives(scene: Scene) -> None:
    scene.pay()
    scene.event_types()
    payout = scene.v1.payouts.create({"amount": 50_00, "currency": "eur"})
    assert payout.status == "pending"
    assert scene.event_types() == ["payout.created"]
    scene.fake.settle_payout(payout.id, "in_transit")
    scene.fake.settle_payout(payout.id, "paid")
    assert scene.event_types() == ["payout.updated", "payout.paid"]
    assert scene.moved() == {"charge": 100_00, "payout": -50_00}
    assert [one.id for one in scene.v1.payouts.list({"status": "paid"}).data] == [payout.id]


def test_a_payout_that_fails_comes_back(scene: Scene) -> None:
    payout = scene.fake.pay_out(50_00)
    scene.fake.settle_payout(payout["id"], "paid")
    scene.fake.settle_payout(payout["id"], "failed")
    assert scene.event_types() == ["payout.created", "payout.paid", "payout.failed"]
    assert scene.moved() == {"payout": -50_00, "payout_failure": 50_00}
    assert scene.v1.payouts.retrieve(payout["id"]).failure_code == "account_closed"


def test_more_than_the_balance_is_not_paid_out(scene: Scene) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        scene.v1.payouts.create({"amount": 1, "currency": "eur"})
    assert refused.value.code == "balance_insufficient"


def test_an_automatic_payout_says_what_it_pays(scene: Scene) -> None:
    payment = scene.pay()
    scene.refund(payment.id, 30_00)
    payout = scene.fake.pay_out_all()
    assert payout is not None
    assert payout["amount"] == 100_00 - 3_20 - 30_00
    rows = scene.v1.balance_transactions.list({"payout": payout["id"]}).data
    assert [row.type for row in rows] == ["payout", "refund", "charge"]
    assert sum(row.net for row in rows) == 0
    assert scene.fake.pay_out_all() is None


def test_time_settles_a_payout_where_it_may() -> None:
    scene = Scene(pay_out_after_s=86_400.0)
    payout = scene.fake.pay_out(50_00)
    scene.now_s += 86_400
    scene.fake.run_due()
    assert scene.v1.payouts.retrieve(payout["id"]).status == "paid"

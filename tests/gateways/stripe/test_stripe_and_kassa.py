"""Stripe's events through the real handlers: movements, instants, whose they are, and odd forms."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from functions.receive_eventbridge.app import lambda_handler as receive_eventbridge
from kassa.billing.invoices.invoice import is_invoiced
from kassa.ledger.facts import PaymentCaptured
from kassa.platform.table import plain
from tests.support import stripe_events as s
from tests.support.aws_stack import Stack
from tests.support.effort import few
from tests.support.fake_clock import FakeClock
from tests.support.gateway_stage import Stage, on_stage
from tests.support.gateway_stages.stripe import Body, Published, deliver, facts, kept, moved

OURS, THEIRS = "acct_ours", "acct_theirs"
OPENED, DAY = datetime(2026, 11, 1, tzinfo=UTC), 86_400
AUTHORISED, CAPTURED_AT = int(OPENED.timestamp()) - 2 * DAY, int(OPENED.timestamp()) + 3 * DAY
SOURCE = "aws.partner/stripe.com/ed_61AbCdEf"


@pytest.fixture
def stage(
    request: pytest.FixtureRequest,
    stack: Stack,
    fake_clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Stage]:
    """Put Stripe in front of the real handlers; a parameter is what its secret says."""
    monkeypatch.setenv("STRIPE_EVENT_SOURCE", SOURCE)
    monkeypatch.setenv("STRIPE_EVENT_ACCOUNT", "main")
    scene: Any = Published(fake_clock, **getattr(request, "param", {}))
    with on_stage(stack, fake_clock, scene, monkeypatch) as opened:
        yield opened


def test_a_dispute_partly_won_leaves_chargebacks_and_no_headroom(stage: Stage) -> None:
    taken, back = moved(1, -100_00), moved(2, 30_00)
    lost = s.dispute(status="lost", balance_transactions=[taken, back])
    events = [
        s.event("charge.succeeded", s.charge(), "evt_1"),
        s.event("refund.created", s.refund(amount=30_00), "evt_2"),
        s.event("charge.dispute.funds_withdrawn", s.dispute(balance_transactions=[taken]), "evt_3"),
        s.event("charge.dispute.funds_reinstated", lost, "evt_4"),
        s.event("charge.dispute.closed", lost, "evt_5"),
    ]
    for number, order in enumerate((events, events[::-1], [*events[3:], *events[:3], *events])):
        deliver(stage, order, f"{number}x")

    assert stage.ledger() == {("chargebacks", "EUR"): 210_00, ("customers", "EUR"): -210_00}
    payments = [item for item in map(plain, stage.stack.items()) if "headroom" in item]
    assert [int(item["headroom"]) for item in payments] == [0, 0, 0]


def of_bank_debit() -> list[Body]:
    """A charge that was made before the books opened, captured after, and refunded in part."""
    made = s.charge(created=AUTHORISED)
    fields = {"created": CAPTURED_AT}
    intent = s.payment_intent(created=AUTHORISED)
    refunded = s.charge(created=AUTHORISED, amount_refunded=10_00)
    return [
        s.event("charge.refunded", refunded, "evt_1", created=CAPTURED_AT + DAY),
        s.event("charge.captured", made, "evt_2", **fields),
        s.event("payment_intent.succeeded", intent, "evt_3", **fields),
        s.event("refund.created", s.refund(created=CAPTURED_AT + DAY), "evt_4"),
        s.event("charge.updated", made, "evt_5", created=CAPTURED_AT + 5),
    ]


@pytest.mark.parametrize("stage", [{"opened_at": OPENED.isoformat()}], indirect=True)
def test_what_was_captured_after_the_books_opened_is_an_ordinary_capture_with_an_invoice(
    stage: Stage,
) -> None:
    orders = list(permutations(of_bank_debit()))[::9]  # charge.refunded first, and any other
    for number, order in enumerate(orders):
        deliver(stage, order, f"{number}x")

    fields = len(orders)
    assert stage.ledger() == {
        ("customers", "EUR"): -90_00 * fields,
        ("gateway_clearing", "EUR"): 90_00 * fields,
    }
    captures = [fact.data for fact in facts(stage) if isinstance(fact.data, PaymentCaptured)]
    invoiced = [one for one in captures if is_invoiced(one)]
    assert len(invoiced) == fields
    assert {int(one.occurred_at.timestamp()) for one in invoiced} == {CAPTURED_AT}


@pytest.mark.parametrize("stage", [{"opened_at": OPENED.isoformat()}], indirect=True)
def test_a_pulled_balance_transaction_says_when_a_charge_was_captured(stage: Stage) -> None:
    made = s.charge(created=AUTHORISED)
    deliver(stage, [s.pulled(s.balance_transaction(source=made, created=CAPTURED_AT, fee=0))])
    assert ("opening_balance", "EUR") not in stage.ledger()


def failed(late_s: int, **more: Any) -> list[Body]:
    """The events of a debit that failed so long after it had succeeded."""
    charge = s.charge(status="failed", paid=False, failure_code="insufficient_funds", **more)
    error = {"code": "insufficient_funds", "charge": "ch_1"}
    intent = s.payment_intent(status="requires_payment_method", last_payment_error=error)
    fields = {"created": s.CREATED + late_s}
    return [
        s.event("charge.failed", charge, "evt_8", **fields),
        s.event("payment_intent.payment_failed", intent, "evt_9", **fields),
    ]


@pytest.mark.parametrize("late_s", [0, 3 * DAY])
def test_a_debit_that_fails_after_it_succeeded_is_taken_back_in_any_order(
    stage: Stage, late_s: int
) -> None:
    succeeded = s.event("charge.succeeded", s.charge(), "evt_1", created=s.CREATED)
    events = [succeeded, *failed(late_s, failure_balance_transaction="txn_2")]
    for number, order in enumerate(permutations(events)):
        deliver(stage, order, f"{number}x")
    assert stage.ledger() == {}


def test_a_debit_that_never_succeeded_took_nothing_and_gives_nothing_back(stage: Stage) -> None:
    pending = s.event("charge.pending", s.charge(status="pending"), "evt_1")
    gross = s.pulled(s.balance_transaction("txn_1", source=s.charge(status="pending"), fee=0))
    back = {"amount": -100_00, "type": "payment_failure_refund", "fee": 0}
    returned = s.pulled(s.balance_transaction("txn_2", s.charge(status="failed"), **back))
    deliver(stage, [pending, *failed(DAY, failure_balance_transaction="txn_2"), gross, returned])
    assert stage.ledger() == {}
    assert {fact.data.fact for fact in facts(stage)} == {
        "BalanceTransactionBooked",
        "PaymentFailed",
    }


CONNECTED = [
    s.event("charge.succeeded", s.charge(), "evt_1", account=THEIRS),
    s.event("payout.paid", s.payout(amount=80_00), "evt_2", account=THEIRS),
    s.event("payment_intent.succeeded", s.payment_intent(), "evt_3", account=THEIRS),
    s.event("charge.dispute.closed", s.dispute(status="lost"), "evt_4", account=THEIRS),
]


@pytest.mark.parametrize("stage", [{}, {"shop": OURS}], indirect=True)
def test_what_belongs_to_another_account_is_counted_and_never_booked(stage: Stage) -> None:
    deliver(stage, CONNECTED)
    assert stage.ledger() == {}
    assert {item["gateway_type"] for item in kept(stage)} == {
        f"{event['type']} (another account)" for event in CONNECTED
    }


@pytest.mark.parametrize("stage", [{"shop": OURS}], indirect=True)
def test_what_belongs_to_the_account_that_was_named_is_booked(stage: Stage) -> None:
    deliver(
        stage,
        [
            s.event("charge.succeeded", s.charge(), "evt_1", account=OURS),
            s.event("charge.succeeded", s.charge(), "evt_2x"),
            s.event("payout.paid", s.payout(), "evt_3", context=f"org_1/{OURS}"),
            s.event("payout.paid", s.payout("po_2"), "evt_4", context=f"org_1/{THEIRS}"),
        ],
    )
    assert stage.ledger()["customers", "EUR"] == -100_00
    assert stage.ledger()["bank", "EUR"] == 50_00


@pytest.mark.parametrize("stage", [{"shop": OURS}], indirect=True)
@pytest.mark.parametrize(("account", "ledger"), [(OURS, 2), (None, 2), (THEIRS, 0)])
def test_the_bus_names_an_aws_account_and_only_the_detail_stripes(
    stage: Stage, account: str | None, ledger: int
) -> None:
    detail = s.event("charge.succeeded", s.charge(), "evt_1")
    fields = detail | ({"account": account} if account else {})
    envelope = {"detail-type": "charge.succeeded", "source": SOURCE, "account": "123456789012"}
    receive_eventbridge(envelope | {"detail": fields}, None)
    stage.book()
    assert len(stage.ledger()) == ledger
    assert stage.failures == []


def test_a_thin_event_of_the_bus_is_counted(stage: Stage) -> None:
    thin = {
        "id": "evt_thin",
        "object": "v2.core.event",
        "type": "v2.core.account.updated",
        "created": "2026-11-21T09:00:00.000Z",
        "related_object": {"id": "acct_1", "type": "v2.core.account"},
    }
    receive_eventbridge({"detail-type": thin["type"], "source": SOURCE, "detail": thin}, None)
    stage.book()
    assert [item["gateway_type"] for item in kept(stage)] == ["v2.core.account.updated"]
    assert stage.failures == []


FEES = ("stripe_fee", "stripe_fx_fee", "tax_fee", "network_cost")


@pytest.mark.parametrize("of_type", FEES)
def test_what_stripe_takes_for_its_services_is_a_fee(stage: Stage, of_type: str) -> None:
    taken = s.balance_transaction(amount=-1_23, fee=0, type=of_type, source="fee_1")
    deliver(stage, [s.pulled(taken)])
    assert stage.ledger() == {("gateway_balance", "EUR"): -1_23, ("gateway_fees", "EUR"): 1_23}


def test_a_bank_transfer_that_came_in_part_books_nothing_yet(stage: Stage) -> None:
    partly = s.payment_intent(status="requires_action", payment_method_types=["customer_balance"])
    session = s.checkout(payment_status="unpaid")
    deliver(
        stage,
        [
            s.event("payment_intent.partially_funded", partly, "evt_1"),
            s.event("checkout.session.completed", session, "evt_2"),
            s.event("checkout.session.async_payment_failed", session, "evt_3"),
        ],
    )
    assert stage.ledger() == {}
    deliver(stage, [s.event("payment_intent.succeeded", s.payment_intent(), "evt_4")])
    assert stage.ledger()["customers", "EUR"] == -100_00


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@few(10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(min_size=1, max_size=30).map(lambda name: f"new.{name}"),
    st.dictionaries(st.sampled_from(["created", "data", "livemode"]), ANYTHING),
    st.integers(0, 2**40),
)
def test_a_type_that_nobody_knows_yet_is_counted_in_any_form(
    stage: Stage, name: str, body: Body, number: int
) -> None:
    deliver(stage, [body | {"id": f"evt_{number}", "object": "event", "type": name}])
    assert stage.ledger() == {}

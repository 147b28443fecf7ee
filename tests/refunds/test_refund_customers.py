"""Whose refunds count together: the shop's customer, over every gateway and account."""

from typing import Any

import pytest

from kassa.core.callers import Caller
from kassa.core.money import Money
from kassa.gateways.events import GatewayEvent, ObjectKind, ObjectReport, Subject, SubjectKind
from kassa.ledger.booking import BookingContext, book
from kassa.ledger.items import BookedEvent, reading_of
from kassa.ledger.store import Books
from kassa.orders.lifecycle import OrderPayment
from kassa.orders.store import Orders
from kassa.refunds.approve_refund import approve_refund
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.policy.limits import limits_of
from kassa.refunds.request.body import RefundRequestBody
from kassa.refunds.risk.customer_history import of_orders
from tests.support.builders import fact_metadata
from tests.support.refund_races import Race, race
from tests.support.refund_scene import RefundScene, time_left
from tests.support.refund_scene import scene as scene
from tests.support.refund_scene_cases import AMOUNT, order_sent

ALL = {"id": "R1", "name": "All", "when": {"payment_age_days": {"up_to": 10_000}}}
GATEWAYS = ["stripe", "adyen"]


def captured(order_id: str | None, gateway: str = "stripe", **more: Any) -> Subject:
    """Book a capture of an order as that gateway's reader would name it."""
    account, payment_id = more.pop("account", "main"), f"pay_{order_id}_{gateway}"
    payment = Subject(
        gateway=gateway, account=account, kind=SubjectKind.PAYMENT, subject_id=payment_id
    )
    charge = ObjectReport(
        object_id=f"ch_{payment_id}",
        kind=ObjectKind.CHARGE,
        state="captured",
        amount=Money(amount_minor=AMOUNT, currency="EUR"),
        happened_at=more.pop("at"),
        fingerprint=more.pop("fingerprint", None),
    )
    book_event(payment, "evt_1", charge, order_id=order_id, **more)
    return payment


def book_event(
    payment: Subject, event_id: str, object_report: ObjectReport, **more: Any
) -> GatewayEvent:
    """Book one event, as book_event does."""
    event: Any = GatewayEvent(
        event_id=event_id,
        subject=payment,
        gateway_type="reported",
        happened_at=object_report.happened_at,
        object_reports=(object_report,),
        **more,
    )
    event, before, _ = Books().read_for(event)
    context = BookingContext(merchant_id="main", booked_at=object_report.happened_at)
    after, facts = book(before, event, context)
    booked = BookedEvent(
        event_id=event_id,
        subject=payment,
        merchant_id="main",
        gateway_type="reported",
        booked_at=object_report.happened_at,
        version=after.version,
        is_ignored=False,
        raw=None,
        reading=reading_of(event),
        facts=facts,
    )
    Books().commit(before, after, event, booked)
    return GatewayEvent.model_validate(event)


def requested(scene: RefundScene, payment: Subject, **more: Any) -> RefundCase:
    """Ask for all of a payment back."""
    named = {"gateway": payment.gateway, "payment_id": payment.subject_id, "reason": "damaged"}
    named |= {"account": payment.account}
    request_body = RefundRequestBody.model_validate(named | more)
    return approve_refund(request_body, Caller(key_id="shop"), scene.requests, time_left())


def approve_all(scene: RefundScene) -> None:
    scene.save_policy(rules=[ALL | {"then": "approve"}])


@pytest.mark.parametrize("gateways", [["stripe"], ["adyen"], GATEWAYS])
def test_five_orders_of_one_customer_stay_within_a_days_limit_at_any_gateway(
    scene: RefundScene, gateways: list[str]
) -> None:
    approve_all(scene)
    cases = []
    for n in range(5):
        order_sent(f"order-{n}")
        payment = captured(f"order-{n}", gateways[n % len(gateways)], at=scene.clock.at)
        cases.append(requested(scene, payment))

    why = [case.request.receipt.why for case in cases]
    assert why == ["policy", "policy", *["customer_day_limit"] * 3]
    assert limits_of("EUR").per_customer_day_minor == 1000_00
    assert {case.request.customer_id for case in cases} == {"customer-1"}
    counted = [case.request.receipt.inputs.requests_customer_day for case in cases]
    assert counted == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("seed", range(4))
def test_requested_at_once_and_over_two_gateways_no_more_than_the_limit_is_approved(
    seed: int,
) -> None:
    with race(seed) as run:
        approve_all(run.scene)
        for n in range(5):
            order_sent(f"order-{n}")
        paid = [captured(f"order-{n}", GATEWAYS[n % 2], at=run.scene.clock.at) for n in range(5)]
        run.at_once(*(at_once(run, payment) for payment in paid))

        held = [sum(run.scene.requests.payment(one).reservations.values()) for one in paid]
        assert sorted(held) == [0, 0, 0, AMOUNT, AMOUNT]


def at_once(run: Race, payment: Subject) -> Any:
    named = {"gateway": payment.gateway, "payment_id": payment.subject_id, "reason": "damaged"}
    request_body = RefundRequestBody.model_validate(named)
    return lambda: approve_refund(
        request_body, Caller(key_id="shop"), run.scene.requests, run.schedule.left_s
    )


def test_kassas_own_order_says_whose_a_payment_is_whatever_the_gateway_says(
    scene: RefundScene,
) -> None:
    order_sent("order-1")
    payment = captured("order-1", at=scene.clock.at, customer_id="zz_gateways_own")
    later = scene.requests.payment(payment).objects[f"ch_{payment.subject_id}"]
    again = ObjectReport(
        object_id="ch_2",
        kind=ObjectKind.CHARGE,
        state="failed",
        amount=later.amount,
        happened_at=later.instant,
    )
    book_event(payment, "evt_2", again, customer_id="zz_another")  # this one names no order

    state = scene.requests.payment(payment)
    assert (state.customer_id, state.customer_from_order) == ("customer-1", True)


def test_an_order_sent_only_after_its_payment_was_booked_still_names_the_customer(
    scene: RefundScene,
) -> None:
    approve_all(scene)
    cases = []
    for n in range(3):
        payment = captured(f"order-{n}", at=scene.clock.at, customer_id=f"cus_{n}")
        assert scene.requests.payment(payment).customer_id == f"cus_{n}"
        order_sent(f"order-{n}")
        cases.append(requested(scene, payment))

    assert [case.request.customer_id for case in cases] == ["customer-1"] * 3
    assert cases[2].request.receipt.why == "customer_day_limit"


def test_ids_of_two_gateways_never_meet_without_an_order(scene: RefundScene) -> None:
    approve_all(scene)
    whys = []
    for n, (gateway, account) in enumerate(
        [("stripe", "main"), ("stripe", "main"), ("adyen", "main"), ("stripe", "other")]
    ):
        payment = captured(
            f"order-{n}", gateway, at=scene.clock.at, account=account, customer_id="7"
        )
        whys.append(requested(scene, payment).request.receipt.inputs.requests_customer_day)

    assert whys == [0, 1, 0, 0]


def test_a_shops_customer_is_never_taken_for_a_gateways(scene: RefundScene) -> None:
    order_sent("order-1", "7")
    requested(scene, captured("order-1", at=scene.clock.at))
    of_gateway = captured("order-2", at=scene.clock.at, customer_id="7")

    assert requested(scene, of_gateway).request.receipt.inputs.requests_customer_day == 0


def test_a_history_is_of_all_the_customers_orders_at_every_gateway(scene: RefundScene) -> None:
    payments = []
    for n, gateway in enumerate(GATEWAYS):
        order = order_sent(f"order-{n}")
        payment = captured(order.order_id, gateway, at=scene.clock.at)
        paid_by = OrderPayment(
            gateway=gateway,
            account="main",
            payment_id=payment.subject_id,
            amount=order.amount,
            captured_at=scene.clock.at,
            object_id=f"ch_{payment.subject_id}",
            last_fact=fact_metadata("fact", payment.subject_id, gateway),
        )
        before = Orders("main").named(order.order_id).lifecycle
        after = before.model_copy(update={"paid_by": paid_by, "version": before.version + 1})
        Orders("main").keep(before, after)
        payments.append(payment)
    order_sent("order-9", "customer-2")

    history = of_orders("main", "customer-1")
    assert history is not None
    assert (history.payments, history.paid["EUR"].amount_minor) == (2, 2 * AMOUNT)
    assert of_orders("main", "customer-2") is None
    inputs = requested(scene, payments[0]).request.receipt.inputs
    assert (inputs.customer_payments, inputs.customer_age_days) == (2, 0)


PRINT, MAIL = "card-print", "ab" * 32


def test_guests_are_linked_by_card_and_mail_which_only_route(scene: RefundScene) -> None:
    approve_all(scene)
    cases = []
    for n in range(4):
        order_sent(f"order-{n}", None, email_hash=MAIL)
        payment = captured(f"order-{n}", at=scene.clock.at, fingerprint=PRINT)
        cases.append(requested(scene, payment))

    inputs = [case.request.receipt.inputs for case in cases]
    assert [one.requests_card_day for one in inputs] == [0, 1, 2, 3]
    assert [one.requests_email_day for one in inputs] == [0, 1, 2, 3]
    assert [case.request.receipt.why for case in cases] == ["policy"] * 4  # no limit counts them
    assert inputs[3].risk_score > inputs[0].risk_score


def test_what_links_guests_may_escalate(scene: RefundScene) -> None:
    often = {"id": "R0", "name": "Often", "when": {"requests_email_day": {"over": 0}}}
    rules = [often | {"then": "escalate"}, ALL | {"then": "approve"}]
    scene.save_policy(rules=rules)
    outcomes = []
    for n in range(2):
        payment = captured(f"order-{n}", at=scene.clock.at)
        outcomes.append(requested(scene, payment, email_hash=MAIL).request.receipt.rule_id)

    assert outcomes == ["R1", "R0"]

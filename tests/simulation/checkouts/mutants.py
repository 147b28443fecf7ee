"""Planted mistakes with orders: each must be caught, or what checks the worlds is blind."""

from typing import Any

from kassa.checkout import apply_fact, resolve_by_person, track_order
from kassa.checkout import open_checkout as opening
from kassa.checkout import resolve_attempt as resolve_checkout
from kassa.checkout import submit_checkout as submitting
from kassa.checkout.routing import circuit_breaker as breakers
from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.core.money import Sums
from kassa.gateways import dispatch as calls
from kassa.gateways.adyen import checkouts as adyen_checkouts
from kassa.gateways.adyen import events as adyen_events
from kassa.gateways.stripe import checkouts as stripe_checkouts
from kassa.gateways.stripe import events as stripe_events
from kassa.gateways.stripe import refunds as stripe_refunds
from kassa.monitoring import watch_checkouts
from kassa.orders import attempts
from kassa.orders import payments as order_payments
from kassa.orders.next_step import Do
from kassa.orders.store import Orders
from kassa.platform.pacing.circuit_breaker import CircuitBreaker
from kassa.platform.pacing.circuits import Circuit
from kassa.refunds import store as refund_requests
from kassa.refunds.paying import steps as refund_steps
from tests.simulation.engine.mutants import Mutant
from tests.simulation.refunds.mutants import without_condition


def silence_is_no(real: Any) -> Any:
    """Take a gateway that doesn't answer for one that refuses."""

    def open_checkout(*arguments: Any) -> Any:
        try:
            return real(*arguments)
        except GatewayUnavailable as error:
            raise GatewayRefused("timeout", is_retryable=True) from error

    return open_checkout


def submitting_beside_what_is_unknown(real: Any) -> Any:
    """Begin another attempt although nobody knows what became of the last."""

    def next_step(lifecycle: Any, now: Any) -> Any:
        step = real(lifecycle, now)
        return Do.SUBMIT if step in (Do.RESOLVE, Do.WAIT) else step

    return next_step


def submitting_beside_an_open_one(real: Any) -> Any:
    """Open a new page for whoever asks again."""

    def next_step(lifecycle: Any, now: Any) -> Any:
        step = real(lifecycle, now)
        return Do.SUBMIT if step is Do.SHOW and not lifecycle.paid_by and lifecycle.last else step

    return next_step


def always(answer: Any) -> Any:
    """Answer the same whatever is asked."""
    return lambda real: lambda *arguments, **named: answer


def never_again(real: Any) -> Any:
    """Leave what is unknown alone after the first silence."""

    def unanswered(attempt: Any, now: Any) -> Any:
        return attempts.given_up(attempt, now)

    return unanswered


def any_part_pays(real: Any) -> Any:
    """Take the first part for all that was ordered."""
    return lambda parts, ordered: parts[:1]


def only_one_payment_pays(real: Any) -> Any:
    """Never add payments up."""
    return lambda parts, ordered: real(parts[-1:], ordered)


def counting_what_is_left(real: Any) -> Any:
    """Take a payment of the whole amount for a part once something of it was refunded."""
    return lambda together, ordered: sum(one.left_minor for one in together)


def adding_currencies(real: Any) -> Any:
    """Add up amounts whatever currency they are in."""

    def summed(amounts: Any, ordered: Any) -> Any:
        return sum(one.amount_minor for one in amounts)

    return summed


def of_one_gateway(real: Any) -> Any:
    """Count a customer's day at each gateway by itself."""

    def day_limits(request: Any, lifecycle: Any) -> Any:
        whose = f"{request.customer_id or request.payment.subject_id}@{request.payment.gateway}"
        return real(request.model_copy(update={"customer_id": whose}), lifecycle)

    return day_limits


def in_iso_units(real: Any) -> Any:
    """Write an amount as Kassa counts it."""
    return lambda money: money.amount_minor


def staying_paid(real: Any) -> Any:
    """Leave an order paid whose payment was taken back."""
    return lambda lifecycle, kept, now: lifecycle


def staying_as_it_is(real: Any) -> Any:
    """Change nothing of a lifecycle."""
    return lambda lifecycle, *_: lifecycle


MUTANTS: tuple[Mutant, ...] = (
    Mutant("silence is a refusal", ((calls, "open_checkout", silence_is_no),)),
    Mutant(
        "a second attempt beside an unknown one",
        ((opening, "next_step", submitting_beside_what_is_unknown),),
    ),
    Mutant(
        "a second checkout beside an open one",
        ((opening, "next_step", submitting_beside_an_open_one),),
    ),
    Mutant("an order written over", ((Orders, "_lifecycle_update", without_condition),)),
    Mutant("unknown for ever", ((attempts, "unanswered", never_again),)),
    Mutant("nobody finds out", ((resolve_checkout, "_resolved", always(None)),)),
    Mutant("unknown only until the next request", ((attempts, "has_closed", always(True)),)),
    Mutant("any part pays an order", ((order_payments, "_enough", any_part_pays),)),
    Mutant("payments never add up", ((order_payments, "_enough", only_one_payment_pays),)),
    Mutant("a refund unpays an order", ((order_payments, "_paid", counting_what_is_left),)),
    Mutant("more than ordered is paid", ((order_payments, "_difference", always(None)),)),
    Mutant("a lost callback is lost", ((watch_checkouts, "missed_payment", always(None)),)),
    Mutant(
        "a duplicate payment is kept",
        ((track_order, "to_refund", always(())),),
    ),
    Mutant(
        "a duplicate goes back in any case",
        ((refund_steps, "_was_shown", always(True)),),
    ),
    Mutant(
        "each environment counts silences alone",
        (
            (CircuitBreaker, "read", always(Circuit())),
            (breakers, "resting", always(frozenset())),
        ),
    ),
    Mutant("an unknown attempt never expires", ((attempts, "has_closed", always(False)),)),
    Mutant("the same gateway after a decline", ((submitting, "last_tried", always(0)),)),
    Mutant(
        "currencies add up",
        (
            (order_payments, "_sum", adding_currencies),
            (order_payments, "_is_in", always(True)),
        ),
    ),
    Mutant("a paid checkout is shown for ever", ((apply_fact, "_taken_back", staying_as_it_is),)),
    Mutant("a returned debit pays", ((apply_fact, "_is_bank_debit", always(False)),)),
    Mutant("a reversal pays", ((apply_fact, "undisputed", always(Sums())),)),
    Mutant("paid for ever", ((order_payments, "_reopened", staying_paid),)),
    Mutant("a customer's day at each gateway", ((refund_requests, "day_limits", of_one_gateway),)),
    Mutant(
        "amounts leave in ISO units",
        (
            (stripe_checkouts, "to_stripe", in_iso_units),
            (stripe_refunds, "to_stripe", in_iso_units),
            (adyen_checkouts, "to_adyen", in_iso_units),
        ),
    ),
    Mutant("a test notification is booked", ((adyen_events, "is_test", always(False)),)),
    Mutant("another account's money is booked", ((stripe_events, "_is_anothers", always(False)),)),
    Mutant(
        "a person says otherwise than the gateway",
        ((resolve_by_person, "check", always(None)),),
    ),
)

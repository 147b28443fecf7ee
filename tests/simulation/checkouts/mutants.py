"""Planted mistakes with orders: each must be caught, or the judge is blind."""

from typing import Any

from kassa.adapters import orders as stored
from kassa.adapters.gateways import calls
from kassa.domain import attempts, order_payments
from kassa.domain.order_steps import Do
from kassa.errors import GatewayRefused, GatewayUnavailable
from kassa.operations import open_checkout as opening
from kassa.operations import resolve_checkout, track_order, watch_gateways
from tests.simulation.mutants import Mutant


def silence_is_no(real: Any) -> Any:
    """Take a gateway that doesn't answer for one that refuses."""

    def open_checkout(*words: Any) -> Any:
        try:
            return real(*words)
        except GatewayUnavailable as error:
            raise GatewayRefused("timeout", is_retryable=True) from error

    return open_checkout


def asking_beside_what_is_unknown(real: Any) -> Any:
    """Begin another attempt although nobody knows what became of the last."""

    def next_step(life: Any, now: Any) -> Any:
        step = real(life, now)
        return Do.ASK if step in (Do.RESOLVE, Do.WAIT) else step

    return next_step


def asking_beside_an_open_page(real: Any) -> Any:
    """Open a new page for whoever asks again."""

    def next_step(life: Any, now: Any) -> Any:
        step = real(life, now)
        return Do.ASK if step is Do.SHOW and not life.paid_by and life.last else step

    return next_step


def without_condition(real: Any) -> Any:
    """Write over what somebody else wrote meanwhile."""

    def put(item: Any, read: Any) -> Any:
        written = real(item, read)
        written.pop("ExpressionAttributeNames", None)
        written.pop("ExpressionAttributeValues", None)
        return written | {"ConditionExpression": "attribute_exists(PK) OR attribute_not_exists(PK)"}

    return put


def always(answer: Any) -> Any:
    """Answer the same whatever is asked."""
    return lambda real: lambda *arguments, **named: answer


def never_again(real: Any) -> Any:
    """Leave what is unknown alone after the first silence."""

    def unheard(attempt: Any, now: Any) -> Any:
        return attempts.given_up(attempt, now)

    return unheard


def any_part_pays(real: Any) -> Any:
    """Take the first part for all that was ordered."""
    return lambda parts, ordered: parts[:1]


def only_one_payment_pays(real: Any) -> Any:
    """Never add payments up."""
    return lambda parts, ordered: real(parts[-1:], ordered)


MUTANTS: tuple[Mutant, ...] = (
    Mutant("silence is a refusal", ((calls, "open_checkout", silence_is_no),)),
    Mutant(
        "a second attempt beside an unknown one",
        ((opening, "next_step", asking_beside_what_is_unknown),),
    ),
    Mutant(
        "a second page beside an open one", ((opening, "next_step", asking_beside_an_open_page),)
    ),
    Mutant("an order written over", ((stored, "_put", without_condition),)),
    Mutant("unknown for ever", ((attempts, "unheard", never_again),)),
    Mutant("nobody finds out", ((resolve_checkout, "_resolved", always(None)),)),
    Mutant("unknown only until somebody asks", ((attempts, "has_closed", always(True)),)),
    Mutant("any part pays an order", ((order_payments, "_enough", any_part_pays),)),
    Mutant("payments never add up", ((order_payments, "_enough", only_one_payment_pays),)),
    Mutant("more than ordered is paid", ((order_payments, "_difference", always(None)),)),
    Mutant("a lost callback is lost", ((watch_gateways, "missed_payment", always(None)),)),
    Mutant(
        "a second payment is kept",
        ((track_order, "to_refund", always(())),),
    ),
)

"""Submit an order's checkout to gateways, one after the other; each outcome is written down.

That a checkout is submitted is noted before the call, on the version read: of two requests only one
comes so far. Only a known refusal after which another gateway may do leads to the next one; after
silence nothing is submitted, whatever the customer would like.
"""

import time
from collections.abc import Callable

from kassa.checkout.routing import circuit_breaker
from kassa.checkout.routing.publish_submission import publish_submission
from kassa.checkout.routing.routing import UNHEALTHY, Candidate, LeftOut, Routing, nobody_pays_in
from kassa.core.errors import (
    CheckoutRefused,
    CheckoutUnavailable,
    CurrencyNotTaken,
    GatewayRefused,
    GatewayResting,
    GatewayUnavailable,
    SecretsUnavailable,
    StaleWrite,
    UnknownGateway,
)
from kassa.core.money import CURRENCIES
from kassa.gateways import dispatch, registry
from kassa.orders import attempts as stages
from kassa.orders.attempts import Attempt
from kassa.orders.lifecycle import OrderLifecycle, last_tried, submitting, with_attempt
from kassa.orders.order import Order
from kassa.orders.store import Orders
from kassa.orders.views import OrderCase
from kassa.platform import clock, secrets
from kassa.platform.clock import TimeLeft
from kassa.platform.telemetry import count_by, logger

CALL_S = 17.0  # what a submission may take at most; with less time left no other is begun
LATER_S = 60  # when a gateway that rests, or was out of something, may do
RACES_MAX = 8
_NEVER = ("currency", "amount")  # what a refusal names that stands however often it is submitted

Change = Callable[[Attempt], Attempt]


def submit_checkout(
    case: OrderCase, routing: Routing, orders: Orders, time_left_s: TimeLeft
) -> OrderLifecycle:
    """Open the checkout at the first gateway that does, and return the order's lifecycle.

    Whoever ended an attempt of this order comes after all others, the latest of them last.
    Raises CheckoutUnavailable where a gateway was silent, CheckoutRefused where one said a no
    that stands or none can serve the order, StaleWrite where another request was first.
    """
    lifecycle = case.lifecycle
    for candidate in sorted(routing.candidates, key=lambda one: last_tried(lifecycle, one.where)):
        if time_left_s() < CALL_S:
            break
        lifecycle = _tried(OrderCase(case.order, lifecycle), candidate, orders)
        last = lifecycle.last
        if last is not None and not last.is_retryable and lifecycle is not case.lifecycle:
            return lifecycle
    raise _nobody(OrderCase(case.order, lifecycle), routing)


def noted(lifecycle: OrderLifecycle, number: int, change: Change, orders: Orders) -> OrderLifecycle:
    """Write what became of an attempt, whatever else was written of the order meanwhile."""
    for _ in range(RACES_MAX):
        after = with_attempt(lifecycle, change(lifecycle.attempts[number - 1]))
        try:
            orders.keep(lifecycle, after)
        except StaleWrite:
            lifecycle = orders.named(lifecycle.order_id).lifecycle
        else:
            return after
    raise StaleWrite("the order is being written to by many")


def _tried(case: OrderCase, candidate: Candidate, orders: Orders) -> OrderLifecycle:
    """Submit to one gateway; one that has no access or rests is left out, nothing is written."""
    try:
        secrets.api_access(*candidate.where)
        return circuit_breaker.guarded(
            candidate.gateway, lambda: _submitted(case, candidate, orders)
        )
    except (UnknownGateway, GatewayResting, SecretsUnavailable) as error:
        logger.warning("gateway not asked", gateway=candidate.gateway, reason=str(error))
        return case.lifecycle


def _submitted(case: OrderCase, candidate: Candidate, orders: Orders) -> OrderLifecycle:
    """Note a submission, submit it, and note what the gateway answered; a refusal is an answer."""
    is_watched = not dispatch.lists_events(candidate.gateway)
    open_for = registry.gateway(candidate.gateway).open_for
    lifecycle = submitting(case.lifecycle, candidate.where, clock.now(), is_watched, open_for)
    if case.lifecycle.version:
        orders.keep(case.lifecycle, lifecycle)
    else:
        orders.open(case.order, lifecycle)
    attempt = lifecycle.attempts[-1]
    number, begun = attempt.number, time.monotonic()
    try:
        checkout = dispatch.open_checkout(*candidate.where, case.order.submission(attempt))
    except GatewayUnavailable:
        lifecycle = noted(
            lifecycle, number, lambda one: stages.unanswered(one, clock.now()), orders
        )
        _account(case.order, lifecycle.attempts[number - 1], None)
        raise
    except GatewayRefused as error:
        answered_ms = _elapsed_ms(begun)
        no = (str(error), error.is_retryable)
        lifecycle = noted(
            lifecycle, number, lambda one: stages.refused(one, *no, clock.now()), orders
        )
    else:
        answered_ms = _elapsed_ms(begun)
        lifecycle = noted(
            lifecycle, number, lambda one: stages.opened(one, checkout, clock.now()), orders
        )
    _account(case.order, lifecycle.attempts[number - 1], answered_ms)
    return lifecycle


def _nobody(case: OrderCase, routing: Routing) -> CheckoutRefused | CheckoutUnavailable:
    """Say why no checkout was opened: nobody can, or nobody can just now."""
    left_out = [one.model_dump() for one in routing.left_out]
    refusals = [_of_order(case.lifecycle, one) for one in routing.candidates]
    currency = case.order.currency
    if routing.candidates and all(refusals):
        left_out += [one.model_dump() for one in refusals if one]
        if any(one and "currency" in one.why for one in refusals):
            return CurrencyNotTaken(f"currency: no gateway takes {currency}", left_out)
        return CheckoutRefused("amount_minor: no gateway takes this amount", left_out)
    if currency not in CURRENCIES:
        return CurrencyNotTaken(f"currency: {nobody_pays_in(currency)}", left_out)
    if routing.candidates:
        return CheckoutUnavailable("no gateway opened a checkout just now: ask again", LATER_S)
    if any(one.why == UNHEALTHY for one in routing.left_out):
        return CheckoutUnavailable("the gateways for this order don't answer: ask again", LATER_S)
    return CheckoutRefused("no route can serve this order", left_out)


def _of_order(lifecycle: OrderLifecycle, candidate: Candidate) -> LeftOut | None:
    """Return a gateway account that said last that it never takes such an amount or currency."""
    number = last_tried(lifecycle, candidate.where)
    why = (lifecycle.attempts[number - 1].reason or "") if number else ""
    if not any(part in why for part in _NEVER):  # all gateways say so; a test holds that
        return None
    return LeftOut(gateway=candidate.gateway, account=candidate.account, why=why)


def _elapsed_ms(begun: float) -> int:
    return round(1_000 * (time.monotonic() - begun))


def _account(order: Order, attempt: Attempt, answered_ms: int | None) -> None:
    """Log, count and publish what a submission led to."""
    count_by("CheckoutSubmitted", "outcome", attempt.state)
    logger.info(
        "checkout submitted",
        order_id=order.order_id,
        attempt=attempt.number,
        gateway=attempt.gateway,
        account=attempt.account,
        state=attempt.state,
        reason=attempt.reason,
    )
    publish_submission(order, attempt, answered_ms)

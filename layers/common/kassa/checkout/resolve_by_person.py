"""Let a person resolve an attempt, after a look-up at its gateway; who resolved it is kept."""

from kassa.audit.trail import Act, Actor, noted
from kassa.checkout.find_hosted_checkout import find_hosted_checkout
from kassa.core.callers import Caller
from kassa.core.errors import (
    CheckoutUnavailable,
    GatewayUnavailable,
    InvalidRequest,
    OrderNotFound,
    StaleWrite,
)
from kassa.gateways import registry
from kassa.gateways.submissions import FoundCheckout
from kassa.orders import act_store
from kassa.orders import attempts as stages
from kassa.orders.attempts import Attempt, AttemptResolution
from kassa.orders.lifecycle import with_attempt
from kassa.orders.resolutions import (
    AttemptResolutionBody,
    HostedCheckoutStatus,
    ResolvedAttempt,
    check,
    is_resolved_as,
)
from kassa.orders.store import Orders
from kassa.orders.views import OrderCase
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import count_by, logger

RESERVE_S = 1.0
SOON_S = 5  # when it may be said again


def resolve_by_person(
    named: tuple[str, int],
    body: AttemptResolutionBody,
    caller: Caller,
    orders: Orders,
    time_left_s: TimeLeft,
) -> ResolvedAttempt:
    """Look up an order's attempt at its gateway, and note what a person says became of it.

    `named` is the order and the attempt's number. Without an outcome nothing is written. Raises
    OrderNotFound, InvalidRequest naming the field, Conflict where it can't be as it is said, and
    CheckoutUnavailable where others kept changing the order.
    """
    try:
        return retry_on_conflict(
            lambda: _resolved(named, body, caller, orders), time_left_s, RESERVE_S
        )
    except StaleWrite as error:
        raise CheckoutUnavailable("the order is being written to: say it again", SOON_S) from error


def _resolved(
    named: tuple[str, int], body: AttemptResolutionBody, caller: Caller, orders: Orders
) -> ResolvedAttempt:
    case, attempt = _found(orders, *named)
    checkout, status, why = _gateway_answer(case, attempt)
    shown = ResolvedAttempt(
        order_id=case.order.order_id,
        status=case.lifecycle.status,
        attempt=attempt,
        gateway_status=status,
        why=why,
    )
    if body.outcome is None:
        return shown
    if not body.reason.strip():
        raise InvalidRequest("reason: say why, for whoever looks at the order later")
    now = clock.now()
    resolution = AttemptResolution(
        outcome=body.outcome, by=caller.actor_id, at=now, reason=body.reason.strip()
    )
    if is_resolved_as(attempt, resolution):
        return shown
    check(attempt, body.outcome, status, now)
    after = stages.resolved(attempt, resolution, checkout, now)
    lifecycle = with_attempt(case.lifecycle, after)
    act = Act(
        operation="attempt.resolve",
        object_id=f"order/{case.order.order_id}/attempts/{attempt.number}",
        by=Actor.of(caller),
        before=str(case.lifecycle.version),
        after=str(lifecycle.version),
        reason=f"{resolution.outcome} {noted(resolution.reason)}",
    )
    act_store.keep(orders, case.lifecycle, lifecycle, act)
    _account(case.order.order_id, after, status)
    return shown.model_copy(update={"status": lifecycle.status, "attempt": after})


def _found(orders: Orders, order_id: str, number: int) -> tuple[OrderCase, Attempt]:
    case = orders.named(order_id)
    if not 1 <= number <= len(case.lifecycle.attempts):
        raise OrderNotFound(f"order {order_id} has no attempt {number}")
    return case, case.lifecycle.attempts[number - 1]


def _gateway_answer(
    case: OrderCase, attempt: Attempt
) -> tuple[FoundCheckout | None, HostedCheckoutStatus, str | None]:
    """Return an attempt's checkout as its gateway has it, what that means, why it can't say."""
    try:
        checkout = find_hosted_checkout(case.order, attempt)
    except GatewayUnavailable as error:
        return None, HostedCheckoutStatus.UNKNOWN, str(error)
    if checkout is not None:
        return checkout, HostedCheckoutStatus(checkout.state), None
    if attempt.checkout_id is None and not registry.gateway(attempt.gateway).finds_by_name:
        return (
            None,
            HostedCheckoutStatus.UNKNOWN,
            f"{attempt.gateway} finds no checkout by our name for it",
        )
    return None, HostedCheckoutStatus.ABSENT, None


def _account(order_id: str, attempt: Attempt, status: HostedCheckoutStatus) -> None:
    """Log and count what a person said; the reason stands on the attempt alone."""
    count_by("CheckoutResolvedByPerson", "outcome", attempt.state)
    logger.warning(
        "checkout resolved by a person",
        order_id=order_id,
        attempt=attempt.number,
        gateway=attempt.gateway,
        outcome=attempt.state,
        gateway_status=status,
        by=attempt.resolution and attempt.resolution.by,
    )

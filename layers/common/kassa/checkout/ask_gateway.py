"""Ask gateways for an order's page, one after the other; every outcome is written down.

That a gateway is asked is noted before the call, on the version read: of two requests only one
comes so far. Only a known refusal after which another gateway may do leads to the next one; after
silence nobody is asked, whatever the customer would like.
"""

from collections.abc import Callable

from kassa.checkout.routing import circuit_breaker as breakers
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
from kassa.gateways import dispatch as calls
from kassa.gateways import registry
from kassa.orders import attempts as stages
from kassa.orders.attempts import Attempt
from kassa.orders.lifecycle import OrderLife, asking, last_tried, with_attempt
from kassa.orders.store import Orders
from kassa.orders.views import OrderCase
from kassa.platform import clock, secrets
from kassa.platform.telemetry import count_by, logger

CALL_S = 17.0  # what asking a gateway may take at most; with less time left no other is begun
LATER_S = 60  # when a gateway that rests, or was out of something, may do
RACES_MAX = 8
_NEVER = ("currency", "amount")  # what a refusal names that stands however often it is asked

TimeLeft = Callable[[], float]
Change = Callable[[Attempt], Attempt]


def ask_for_checkout(
    case: OrderCase, routing: Routing, orders: Orders, time_left_s: TimeLeft
) -> OrderLife:
    """Open the page at the first gateway that does, and return the order's life.

    Whoever ended an attempt of this order comes after all others, the latest of them last.
    Raises CheckoutUnavailable where a gateway was silent, CheckoutRefused where one said a no
    that stands or none can serve the order, StaleWrite where another request was first.
    """
    life = case.life
    for candidate in sorted(routing.candidates, key=lambda one: last_tried(life, one.where)):
        if time_left_s() < CALL_S:
            break
        life = _tried(OrderCase(case.order, life), candidate, orders)
        last = life.last
        if last is not None and not last.is_retryable and life is not case.life:
            return life
    raise _nobody(OrderCase(case.order, life), routing)


def noted(life: OrderLife, number: int, change: Change, orders: Orders) -> OrderLife:
    """Write what became of an attempt, whatever else was written of the order meanwhile."""
    for _ in range(RACES_MAX):
        after = with_attempt(life, change(life.attempts[number - 1]))
        try:
            orders.keep(life, after)
        except StaleWrite:
            life = orders.named(life.order_id).life
        else:
            return after
    raise StaleWrite("the order is being written to by many")


def _tried(case: OrderCase, candidate: Candidate, orders: Orders) -> OrderLife:
    """Ask one gateway; one that has no access or rests isn't asked, and nothing is written."""
    try:
        secrets.api_access(*candidate.where)
        return breakers.guarded(candidate.gateway, lambda: _asked(case, candidate, orders))
    except (UnknownGateway, GatewayResting, SecretsUnavailable) as error:
        logger.warning("gateway not asked", gateway=candidate.gateway, reason=str(error))
        return case.life


def _asked(case: OrderCase, candidate: Candidate, orders: Orders) -> OrderLife:
    """Note that a gateway is asked, ask it, and note what it answered; a refusal is an answer."""
    is_watched = not calls.lists_events(candidate.gateway)
    open_for = registry.gateway(candidate.gateway).open_for
    life = asking(case.life, candidate.where, clock.now(), is_watched, open_for)
    if case.life.version:
        orders.keep(case.life, life)
    else:
        orders.open(case.order, life)
    attempt = life.attempts[-1]
    number = attempt.number
    try:
        page = calls.open_checkout(*candidate.where, case.order.asked_as(attempt))
    except GatewayUnavailable:
        life = noted(life, number, lambda one: stages.unheard(one, clock.now()), orders)
        _account(life, number)
        raise
    except GatewayRefused as error:
        no = (str(error), error.is_retryable)
        life = noted(life, number, lambda one: stages.refused(one, *no, clock.now()), orders)
    else:
        life = noted(life, number, lambda one: stages.opened(one, page, clock.now()), orders)
    _account(life, number)
    return life


def _nobody(case: OrderCase, routing: Routing) -> CheckoutRefused | CheckoutUnavailable:
    """Say why no page was opened: nobody can, or nobody can just now."""
    left_out = [one.model_dump() for one in routing.left_out]
    refusals = [_of_order(case.life, one) for one in routing.candidates]
    currency = case.order.currency
    if routing.candidates and all(refusals):
        left_out += [one.model_dump() for one in refusals if one]
        if any(one and "currency" in one.why for one in refusals):
            return CurrencyNotTaken(f"currency: no gateway takes {currency}", left_out)
        return CheckoutRefused("amount_minor: no gateway takes this amount", left_out)
    if currency not in CURRENCIES:
        return CurrencyNotTaken(f"currency: {nobody_pays_in(currency)}", left_out)
    if routing.candidates:
        return CheckoutUnavailable("no gateway opened a page just now: ask again", LATER_S)
    if any(one.why == UNHEALTHY for one in routing.left_out):
        return CheckoutUnavailable("the gateways for this order don't answer: ask again", LATER_S)
    return CheckoutRefused("no route can serve this order", left_out)


def _of_order(life: OrderLife, candidate: Candidate) -> LeftOut | None:
    """Return a gateway account that said last that it never takes such an amount or currency."""
    number = last_tried(life, candidate.where)
    why = (life.attempts[number - 1].reason or "") if number else ""
    if not any(word in why for word in _NEVER):  # all gateways say so; a test holds that
        return None
    return LeftOut(gateway=candidate.gateway, account=candidate.account, why=why)


def _account(life: OrderLife, number: int) -> None:
    """Log and count what an ask led to."""
    attempt = life.attempts[number - 1]
    count_by("CheckoutAsked", "outcome", attempt.state)
    logger.info(
        "checkout asked",
        order_id=life.order_id,
        attempt=number,
        gateway=attempt.gateway,
        account=attempt.account,
        state=attempt.state,
        reason=attempt.reason,
    )

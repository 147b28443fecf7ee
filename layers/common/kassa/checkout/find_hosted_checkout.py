"""Learn from a gateway what became of an attempt's hosted checkout, and never begin another.

It is looked up there by our name. Where that finds none, the same request is sent again under
the same idempotency key, as long as the gateway is sure to remember it; after that, what isn't
there never was. What stays unknown ends when nobody can pay it any more, as it was agreed with the
gateway when it was submitted: since nobody knew of the checkout, nobody was shown it.
"""

from datetime import timedelta

from kassa.checkout.routing import circuit_breaker
from kassa.core.errors import GatewayRefused, GatewayUnavailable, UnknownGateway
from kassa.gateways import dispatch, registry
from kassa.gateways.registry import Ability
from kassa.gateways.submissions import CheckoutState, FoundCheckout
from kassa.orders import attempts as stages
from kassa.orders.attempts import Attempt, AttemptState
from kassa.orders.order import Order
from kassa.platform import clock
from kassa.platform.telemetry import logger

SETTLED_AFTER = timedelta(minutes=10)  # no request that was sent is still on its way


def learnt(order: Order, attempt: Attempt) -> Attempt:
    """Return an unknown attempt as it turns out to stand; nothing is learnt from silence.

    A gateway that is known to be silent isn't called about what has closed: a customer is waiting.
    """
    if stages.has_closed(attempt, clock.now()) and circuit_breaker.is_silent(attempt.gateway):
        return stages.closed_unseen(attempt, clock.now())
    try:
        checkout = find_hosted_checkout(order, attempt)
        if checkout is not None and _is_enough(checkout, attempt):
            return stages.found(attempt, checkout, clock.now())
        return _repeated(order, attempt, is_there=checkout is not None)
    except GatewayRefused as error:
        return stages.refused(attempt, str(error), error.is_retryable, clock.now())
    except (GatewayUnavailable, UnknownGateway) as error:
        logger.warning("gateway silent", gateway=attempt.gateway, reason=str(error))
        now = clock.now()
        if stages.has_closed(attempt, now):
            return stages.closed_unseen(attempt, now)
        return stages.unanswered(attempt, now)


def checked(order: Order, attempt: Attempt) -> Attempt:
    """Return an attempt as its known checkout turns out to stand; silence changes nothing."""
    now = clock.now()
    try:
        checkout = (
            find_hosted_checkout(order, attempt) if attempt.state is AttemptState.OPEN else None
        )
    except GatewayUnavailable as error:
        logger.warning("gateway silent", gateway=attempt.gateway, reason=str(error))
        checkout = None
    return stages.found(attempt, checkout, now) if checkout else stages.watched(attempt, now)


def find_hosted_checkout(order: Order, attempt: Attempt) -> FoundCheckout | None:
    """Return an attempt's checkout as its gateway has it; none where it has none, or can't say.

    Raises GatewayUnavailable for silence, and for a no: neither says anything of the checkout.
    """
    if not registry.can(attempt.gateway, Ability.FIND_CHECKOUT):
        return None
    submission, where = order.submission(attempt), (attempt.gateway, attempt.account)
    try:
        return dispatch.find_checkout(*where, submission, attempt.checkout_id)
    except (GatewayRefused, UnknownGateway) as error:
        raise GatewayUnavailable(str(error)) from error


def _is_enough(checkout: FoundCheckout, attempt: Attempt) -> bool:
    """Tell whether a checkout is known well enough: one that is open needs its address, too."""
    return checkout.state is not CheckoutState.OPEN or bool(checkout.opened.url or attempt.url)


def _repeated(order: Order, attempt: Attempt, is_there: bool) -> Attempt:
    """Send the same again while the gateway remembers it; later, what isn't there never was.

    A checkout that is there and whose address nobody can learn any more ends by itself.
    """
    known, now = registry.gateway(attempt.gateway), clock.now()
    if stages.is_repeatable(attempt, known.memory, now):
        where = (attempt.gateway, attempt.account)
        checkout = dispatch.open_checkout(*where, order.submission(attempt))
        return stages.opened(attempt, checkout, clock.now())
    if stages.has_closed(attempt, now) and not is_there:
        return stages.closed_unseen(attempt, now)
    if Ability.FIND_CHECKOUT not in known.can:
        is_left = attempt.closes_at is None  # submitted before checkouts were given a time
        return stages.given_up(attempt, now) if is_left else stages.unanswered(attempt, now)
    if not is_there and now >= attempt.submitted_at + SETTLED_AFTER:
        return stages.never_opened(attempt, now)
    return stages.unanswered(attempt, now)

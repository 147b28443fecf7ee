"""Hold an unsigned callback to the attempt whose URL it came to.

A callback's token proves the URL, and anyone may write ids beside it. Every URL we give away is of
an attempt that was noted first, so what is read back is that attempt's own checkout, and never
what a callback names.
"""

from kassa.core.errors import GatewayUnavailable, InvalidSignature
from kassa.gateways.events import Delivery, UnverifiedNotification
from kassa.orders.store import Orders


def bind_callback(
    notification: UnverifiedNotification, delivery: Delivery
) -> UnverifiedNotification:
    """Return what to read back; a callback of no attempt of ours is left as it is.

    Raises InvalidSignature for one that names something else than its attempt's, GatewayUnavailable
    while nobody knows the attempt's checkout.
    """
    attempt = (
        Orders(delivery.merchant_id).attempt(notification.submission_id)
        if notification.submission_id
        else None
    )
    if attempt is None:
        return notification
    if (attempt.gateway, attempt.account) != (delivery.gateway, delivery.account):
        raise InvalidSignature("the callback's attempt was made at another gateway account")
    if attempt.checkout_id is None:
        raise GatewayUnavailable("the checkout of the callback's attempt isn't known yet")
    own = attempt.checkout_id if notification.reads == "session" else attempt.payment_id
    if own is not None and notification.object_id != own:
        raise InvalidSignature("the callback names something else than its attempt's own")
    session = {"reads": "session", "object_id": attempt.checkout_id}
    return notification.model_copy(update=session | {"fallback_id": attempt.payment_id})

"""What is read back at Klarna: the order behind a notification, its disputes, and how a payment
stands.
"""

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.gateways.events import Subject, UnverifiedNotification
from kassa.gateways.klarna.client import ORDERS, found, posted, segment
from kassa.gateways.klarna.disputes import dispute_essence
from kassa.gateways.klarna.parsing import framed, text
from kassa.gateways.klarna.payments import order_essence
from kassa.gateways.parsing import Body, parts
from kassa.platform.secrets import ApiAccess

DISPUTES = "/v4/payment/disputes"
DISPUTE_NAME = "krn:"
_LIVES = ("AUTHORIZED", "PART_CAPTURED", "CAPTURED")


def confirm(access: ApiAccess, notification: UnverifiedNotification) -> Body | None:
    """Read back what an unverified notification is about; nothing where Klarna has no such thing.

    An order that lives is acknowledged once it was read: Klarna repeats until somebody has.
    """
    if notification.reads == "dispute":
        return _must_be(found(access, f"{DISPUTES}/{segment(notification.object_id)}"), "a dispute")
    if notification.reads == "order":
        return _order(access, notification.object_id)
    page = found(access, f"/hpp/v1/sessions/{segment(notification.object_id)}")
    if page is None:  # Klarna forgets a checkout after two days; its order stays
        return _order(access, notification.fallback_id) if notification.fallback_id else None
    order_id = text(page, "order_id")
    if order_id is None:
        return page
    return _must_be(_order(access, order_id), "an order") | {"page": page}


def _must_be(body: Body | None, what: str) -> Body:
    """Return an object Klarna notified us of; where it isn't there yet, it is tried again."""
    if body is None:
        raise GatewayUnavailable(f"klarna: {what} that it named isn't there")
    return body


def _order(access: ApiAccess, order_id: str) -> Body | None:
    order = found(access, f"{ORDERS}/{segment(order_id)}")
    if order and order.get("status") in _LIVES:
        _acknowledge(access, order_id)
    return order


def _acknowledge(access: ApiAccess, order_id: str) -> None:
    """Acknowledge an order; repeating it does no harm, and an order doesn't show that it was."""
    # A no is no reason not to book: an order that went on is acknowledged by that.
    posted(access, f"{ORDERS}/{segment(order_id)}/acknowledge", key=f"acknowledge:{order_id}")


def look_up(access: ApiAccess, subject: Subject) -> list[bytes]:
    """Return how an order, its captures, its refunds and its disputes stand now.

    Names, addresses and what customers wrote stay at Klarna: the bodies are archived.
    """
    order = found(access, f"{ORDERS}/{segment(subject.subject_id)}")
    if order is None:
        return []
    disputes = [
        framed("dispute", dispute=dispute_essence(one))
        for one in _of_order(access, subject.subject_id)
    ]
    return [framed("order", order=order_essence(order)), *disputes]


def _of_order(access: ApiAccess, order_id: str) -> list[Body]:
    """Return an order's disputes; none for a merchant who isn't enrolled in their API."""
    try:
        return disputes_of(access, order_id)
    except GatewayRefused:
        return []


def disputes_of(access: ApiAccess, order_id: str) -> list[Body]:
    """Return an order's disputes; raise GatewayRefused where the merchant isn't enrolled."""
    return parts(found(access, DISPUTES, {"order_ids": order_id}) or {}, "disputes")


def payment_of(access: ApiAccess, object_id: str) -> str:
    """Return the order behind a dispute; Klarna finds none by its capture."""
    if not object_id.startswith(DISPUTE_NAME):
        return object_id
    dispute = found(access, f"{DISPUTES}/{segment(object_id)}")
    return text(dispute or {}, "order_id") or object_id

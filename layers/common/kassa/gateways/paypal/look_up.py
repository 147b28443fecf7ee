"""How things stand at PayPal: what an unverified notification is about, a payment with all its
refunds and disputes.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

from kassa.core.errors import GatewayRefused, UnreadableEvent
from kassa.gateways import parsing as pulled
from kassa.gateways.events import Subject, SubjectKind, UnverifiedNotification
from kassa.gateways.paypal import checkouts
from kassa.gateways.paypal.client import get
from kassa.gateways.paypal.disputes import reversed_payment
from kassa.gateways.paypal.parsing import ANOTHERS, Body, identifier, is_of_another, parts, text
from kassa.gateways.paypal.payments import order_of
from kassa.gateways.paypal.refunds import refunds_of
from kassa.platform.secrets import ApiAccess

# PayPal shows many objects by the paths of both generations, and none by all: the likely one first.
PATHS = {
    "capture": ("/v2/payments/captures/", "/v1/payments/capture/", "/v1/payments/sale/"),
    "sale": ("/v1/payments/sale/", "/v2/payments/captures/", "/v1/payments/capture/"),
    "refund": ("/v2/payments/refunds/", "/v1/payments/refund/"),
    "sale_refund": ("/v1/payments/refund/", "/v2/payments/refunds/"),
    "dispute": ("/v1/customer/disputes/",),
}
DISPUTES = "/v1/customer/disputes"
DISPUTES_MAX = 50  # of one payment; PayPal's largest page


def confirm(access: ApiAccess, notification: UnverifiedNotification) -> Body | None:
    """Read back what an unverified notification is about; by that an approved order of ours is
    captured.

    What belongs to another merchant than the account's is only marked so.
    """
    found = _read_back(access, notification)
    return {ANOTHERS: True} if is_of_another(found or {}, access.shop) else found


def _read_back(access: ApiAccess, notification: UnverifiedNotification) -> Body | None:
    if notification.reads == "order":
        return checkouts.capture(access, notification.object_id)
    if notification.reads == "reversal":
        return _reversal(access, notification)
    return _shown(access, notification.reads, notification.object_id)


def _reversal(access: ApiAccess, notification: UnverifiedNotification) -> Body | None:
    """Read back a reversal, or else the payment under its id, and the payment's disputes.

    What PayPal shows of the reversal itself counts, also where it lists no disputes or refuses to.
    """
    took = _shown(access, "refund", notification.object_id)
    charge = None if took else _shown(access, "capture", notification.object_id)
    named = reversed_payment(took or {}) or notification.fallback_id
    payment_id = named or (notification.object_id if charge else None)
    if took is None and payment_id is None:
        return None
    found: Body = {"disputes": []}
    with suppress(GatewayRefused):  # an app may lack the right to see disputes
        found["disputes"] = _disputes(access, payment_id) if payment_id else []
    fields = {"payment_id": payment_id, "reversal": took, "charge": charge}
    return found | {name: one for name, one in fields.items() if one}


def _shown(access: ApiAccess, reads: str, object_id: str) -> Body | None:
    """Read an object by the first path that knows it."""
    found = (get(access, path + identifier(object_id)) for path in PATHS[reads])
    return next((one for one in found if one is not None), None)


def look_up(access: ApiAccess, subject: Subject) -> list[bytes]:
    """Return how a payment stands, with its refunds and disputes, as our reader reads them."""
    if subject.kind is not SubjectKind.PAYMENT:
        return []
    payment_id = identifier(subject.subject_id)
    found = _shown(access, "capture", payment_id)
    if found is None:
        return []
    bodies = [look_up_body("capture", found)]
    if order_of(found):  # without one, PayPal lists no refunds
        bodies += [look_up_body("refund", one) for one in refunds_of(access, found)]
    return bodies + disputes_of(access, payment_id)


def refund_of_row(access: ApiAccess, row: Body) -> list[bytes]:
    """Return how the refund stands that a row of the reports gave back, if it is one."""
    refund_id = text(row.get("paypal_reference_id"))
    found = _shown(access, "refund", refund_id) if refund_id else None
    return [look_up_body("refund", found)] if found else []


def payment_of(access: ApiAccess, object_id: str) -> str:
    """Return the capture behind a refund or a dispute; the object itself where it has none."""
    if object_id.startswith("PP-"):
        dispute = _shown(access, "dispute", object_id) or {}
        disputed = next(iter(parts(dispute, "disputed_transactions")), {})
        return text(disputed.get("seller_transaction_id")) or object_id
    return reversed_payment(_shown(access, "refund", object_id) or {}) or object_id


def disputes_of(access: ApiAccess, payment_id: str) -> list[bytes]:
    """Return how all disputes of a payment stand, however old."""
    return [look_up_body("dispute", one) for one in _disputes(access, payment_id)]


def list_disputes(access: ApiAccess, since: str, token: str) -> tuple[list[Body], str]:
    """Return a page of the disputes since an instant, in short, and the next one's token.

    The first page has no token; behind the last comes `end`.
    """
    query = {"start_time": since, "page_size": str(DISPUTES_MAX)}
    query |= {"next_page_token": token} if token else {}
    listed = get(access, DISPUTES, query) or {}
    links = {one.get("rel"): text(one.get("href")) for one in parts(listed, "links")}
    following = parse_qs(urlsplit(links.get("next") or "").query).get("next_page_token", ["end"])
    return parts(listed, "items"), following[0]


def shown_disputes(access: ApiAccess, items: list[Body]) -> Iterator[bytes]:
    """Walk how listed disputes stand; a list says nothing of whose they are and what they moved."""
    for one in items:
        found = _shown(access, "dispute", identifier(one.get("dispute_id")))
        yield from [look_up_body("dispute", found)] if found else []


def _disputes(access: ApiAccess, payment_id: str) -> list[Body]:
    query = {"disputed_transaction_id": identifier(payment_id), "page_size": str(DISPUTES_MAX)}
    listed = get(access, DISPUTES, query) or {}
    ids = [text(one.get("dispute_id")) for one in parts(listed, "items")]
    found = (_shown(access, "dispute", one) for one in ids if one)
    return [one for one in found if one]


def look_up_body(resource_type: str, found: Body) -> bytes:
    """Name what was looked up by its content too: it may change."""
    object_id = text(found.get("id")) or text(found.get("dispute_id"))
    if object_id is None:
        raise UnreadableEvent("PayPal showed something without an id")
    envelope = {
        "id": pulled.look_up_id(object_id, found),
        "event_type": "kassa.look_up",
        "resource_type": resource_type,
        "resource": found,
    }
    return json.dumps(envelope).encode()

"""How things stand at PayPal: what a hint is about, a payment with all its refunds and disputes."""

import json

from kassa.adapters.gateways import pulled
from kassa.adapters.gateways.paypal import checkouts
from kassa.adapters.gateways.paypal.bodies import Body, identifier, linked, parts, word
from kassa.adapters.gateways.paypal.client import get
from kassa.adapters.gateways.paypal.payments import order_of
from kassa.adapters.gateways.paypal.refunds import refunds_of
from kassa.adapters.secrets import ApiAccess
from kassa.domain.events import Hint, Subject, SubjectKind
from kassa.errors import UnreadableEvent

PATHS = {
    "capture": "/v2/payments/captures/",
    "refund": "/v2/payments/refunds/",
    "sale": "/v1/payments/sale/",
    "sale_refund": "/v1/payments/refund/",
    "dispute": "/v1/customer/disputes/",
}
DISPUTES_MAX = 50  # of one payment; PayPal's largest page


def confirm(access: ApiAccess, hint: Hint) -> Body | None:
    """Read back what a hint is about; by that an approved order of ours is captured."""
    if hint.reads == "order":
        return checkouts.capture(access, hint.object_id)
    if hint.reads == "disputes":
        return {"payment_id": hint.object_id, "disputes": _disputes(access, hint.object_id)}
    return get(access, PATHS[hint.reads] + identifier(hint.object_id))


def look_up(access: ApiAccess, subject: Subject) -> list[bytes]:
    """Return how a payment stands, with its refunds and disputes, as our reader reads them."""
    if subject.kind is not SubjectKind.PAYMENT:
        return []
    payment_id = identifier(subject.subject_id)
    found = get(access, PATHS["capture"] + payment_id)
    if found is None:
        sale = get(access, PATHS["sale"] + payment_id)
        return [look_up_body("sale", sale)] if sale else []
    bodies = [look_up_body("capture", found)]
    if order_of(found):  # without one, PayPal lists no refunds
        bodies += [look_up_body("refund", one) for one in refunds_of(access, found)]
    return bodies + [look_up_body("dispute", one) for one in _disputes(access, payment_id)]


def refund_of_row(access: ApiAccess, row: Body) -> list[bytes]:
    """Return how the refund stands that a row of the reports gave back, if it is one."""
    refund_id = word(row.get("paypal_reference_id"))
    found = get(access, PATHS["refund"] + identifier(refund_id)) if refund_id else None
    return [look_up_body("refund", found)] if found else []


def payment_of(access: ApiAccess, object_id: str) -> str:
    """Return the capture behind a refund or a dispute; the object itself where it has none."""
    if object_id.startswith("PP-"):
        dispute = get(access, PATHS["dispute"] + identifier(object_id)) or {}
        disputed = next(iter(parts(dispute, "disputed_transactions")), {})
        return word(disputed.get("seller_transaction_id")) or object_id
    refund = get(access, PATHS["refund"] + identifier(object_id)) or {}
    return linked(refund, "up", "/captures/") or object_id


def _disputes(access: ApiAccess, payment_id: str) -> list[Body]:
    query = {"disputed_transaction_id": identifier(payment_id), "page_size": str(DISPUTES_MAX)}
    listed = get(access, "/v1/customer/disputes", query) or {}
    ids = [word(one.get("dispute_id")) for one in parts(listed, "items")]
    found = (get(access, PATHS["dispute"] + identifier(one)) for one in ids if one)
    return [one for one in found if one]


def look_up_body(resource_type: str, found: Body) -> bytes:
    """Name what was looked up by its content too: it may change."""
    object_id = word(found.get("id")) or word(found.get("dispute_id"))
    if object_id is None:
        raise UnreadableEvent("PayPal showed something without an id")
    envelope = {
        "id": pulled.look_up_id(object_id, found),
        "event_type": "kassa.look_up",
        "resource_type": resource_type,
        "resource": found,
    }
    return json.dumps(envelope).encode()

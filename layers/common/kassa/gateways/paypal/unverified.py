"""Which of PayPal's events Kassa acts on, and what is read back for each."""

from typing import NamedTuple

from kassa.gateways.event_types import Outcome
from kassa.gateways.parsing import Body, part, word
from kassa.gateways.paypal.event_types import EVENT_TYPES
from kassa.gateways.paypal.parsing import identifier, is_first_generation
from kassa.gateways.paypal.reversals import reversed_payment

OWN_TYPES = {"kassa.look_up", "kassa.balance_transaction"}  # what Kassa fetched itself

_OBJECTS = (  # by how an event's name begins; the first one decides
    ("PAYMENT.CAPTURE.REFUNDED", "refund"),
    ("PAYMENT.SALE.REFUNDED", "refund"),
    ("PAYMENT.REFUND.", "refund"),
    ("PAYMENT.CAPTURE.REVERSED", "reversal"),
    ("PAYMENT.SALE.REVERSED", "reversal"),
    ("PAYMENT.CAPTURE.", "capture"),
    ("PAYMENT.SALE.", "sale"),
    ("CHECKOUT.", "order"),
    ("CUSTOMER.DISPUTE.", "dispute"),
    ("RISK.DISPUTE.", "dispute"),
)


class Reads(NamedTuple):
    """What is read for an event, and under which id; of a reversal also whose it is."""

    reads: str
    object_id: str
    payment_id: str | None = None


def what(gateway_type: str, envelope: Body, is_own: bool) -> Reads | None:
    """Return what is read for an event; nothing for what we don't act on."""
    resource = part(envelope, "resource")
    if gateway_type in OWN_TYPES:
        return Reads(str(envelope.get("resource_type")), "") if is_own else None
    row = EVENT_TYPES.get(gateway_type)
    if row is None or row.outcome is not Outcome.BOOKED:
        return None
    if gateway_type == "RISK.DISPUTE.CREATED" and not word(resource.get("dispute_id")):
        return None  # deprecated, and told without what it is about
    reads = next(reads for begin, reads in _OBJECTS if gateway_type.startswith(begin))
    if reads in ("capture", "refund") and is_first_generation(resource):
        reads = "sale" if reads == "capture" else "sale_refund"
    payment_id = reversed_payment(resource) if reads == "reversal" else None
    return Reads(reads, identifier(_id_of(reads, resource)), payment_id)


def _id_of(reads: str, resource: Body) -> object:
    if reads == "dispute":
        return resource.get("dispute_id")
    if reads == "order":
        return word(resource.get("order_id")) or resource.get("id")
    return resource.get("id")

"""Lift a suppression: write again to an address that bounced, or whose owner complained.

Why is kept for good, in the audit trail, where nothing can be erased: so it may hold no address.
"""

from typing import NamedTuple

from kassa.audit.trail import REASON_MAX, Actor
from kassa.core.errors import Conflict, ContactNotFound, InvalidRequest
from kassa.customers.addresses import digest_named
from kassa.messages.contacts.contact import Cause, Suppression
from kassa.messages.contacts.contact_store import ContactStore


class Lift(NamedTuple):
    """Which address, why, and who says so."""

    address: str  # or a phone number; or its digest
    reason: str
    by: Actor
    despite_complaint: bool = False  # its owner asked for messages again


def lift_suppression(merchant_id: str, lift: Lift) -> Suppression:
    """Write to an address again; return what held it back.

    Raises InvalidRequest without a reason, Conflict for a complaint that isn't named as one, and
    ContactNotFound where nothing is held back.
    """
    reason = " ".join(lift.reason.split())
    if not 1 <= len(reason) <= REASON_MAX or "@" in reason:
        raise InvalidRequest(
            f"reason: say why in {REASON_MAX} characters at most, and name no mail address:"
            " it is kept for good"
        )
    digest, contacts = digest_named(merchant_id, lift.address), ContactStore(merchant_id)
    held = contacts.find_suppression(digest)
    if held is None:
        raise ContactNotFound("nothing is held back from this address")
    if held.cause is Cause.COMPLAINT and not lift.despite_complaint:
        raise Conflict(
            "despite_complaint: its owner called a message spam; lift that only where they asked"
            " for messages again, and say so"
        )
    contacts.lift(held, lift.by, reason)
    return held

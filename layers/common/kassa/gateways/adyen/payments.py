"""Payments, captures and refunds in our words: how an item's stand, from its signed fields alone.

Written from Adyen's "Webhook structure and types". Where capture is immediate, Adyen's default,
an authorised payment is taken for captured and no CAPTURE need come; a cancellation disproves that,
since nothing that was captured can be cancelled, and a CAPTURE or the settlement report says for
sure how much it was. Where capture is delayed or manual, only a CAPTURE says so; several add up.
"""

from collections.abc import Iterator

from kassa.gateways.adyen.declines import refusal_reason
from kassa.gateways.adyen.parsing import DatedItem, Reading
from kassa.gateways.events import ObjectKind, ObjectReport

K = ObjectKind


def _authorised(told: DatedItem) -> Iterator[ObjectReport]:
    if told.captures_later:
        yield told.object_report(K.PAYMENT, "authorized", f"{told.payment_id}/payment")
        yield told.object_report(K.CHARGE, "authorized")
    else:
        yield _assumed(told.object_report(K.CHARGE, "captured"))


def _declined(told: DatedItem) -> Iterator[ObjectReport]:
    yield told.object_report(K.CHARGE, "failed", reason=refusal_reason(told.item.get("reason")))


def _captured(told: DatedItem) -> Iterator[ObjectReport]:
    """A capture of its own, or the one that the authorisation was already taken for."""
    yield told.object_report(K.CHARGE, "captured", told.capture_id)


def _capture_failed(told: DatedItem) -> Iterator[ObjectReport]:
    """A scheme rejects what was booked as captured: it is taken back in the books.

    Should Adyen repair it, its CAPTURE comes under the same name; its settlement proves it.
    """
    yield told.object_report(K.CHARGE, "returned", told.capture_id, "capture_failed")


def _settlement_reversed(told: DatedItem) -> Iterator[ObjectReport]:
    """Adyen had settled what it never got: that beats what its settlement proved."""
    reversed_ = told.object_report(K.CHARGE, "returned", told.capture_id, "settled_reversed")
    yield reversed_.model_copy(update={"is_settled": True})


def _voided(told: DatedItem) -> Iterator[ObjectReport]:
    yield told.object_report(K.PAYMENT, "voided", f"{told.payment_id}/payment")
    yield told.object_report(K.CHARGE, "released", told.payment_id)


def _canceled_or_refunded(told: DatedItem) -> Iterator[ObjectReport]:
    """Which of the two isn't signed; ranks decide: what was captured is refunded, else released.

    So a release is only assumed here, and gives way to a capture that is only assumed as well.
    """
    yield _assumed(told.object_report(K.CHARGE, "released", told.payment_id))
    yield told.object_report(K.REFUND, "succeeded")


def _assumed(object_report: ObjectReport) -> ObjectReport:
    return object_report.model_copy(update={"is_assumed": True})


def _one(kind: ObjectKind, state: str, reason: str | None = None) -> Reading:
    def read(told: DatedItem) -> Iterator[ObjectReport]:
        yield told.object_report(kind, state, reason=reason)

    return read


READINGS: dict[tuple[str, str], Reading] = {  # by event code and success
    ("AUTHORISATION", "true"): _authorised,
    ("AUTHORISATION", "false"): _declined,
    ("PENDING", "true"): _one(K.CHARGE, "pending"),
    ("CAPTURE", "true"): _captured,
    ("CAPTURE_FAILED", "true"): _capture_failed,
    ("SETTLED_REVERSED", "true"): _settlement_reversed,
    ("CANCELLATION", "true"): _voided,
    ("TECHNICAL_CANCEL", "true"): _voided,
    ("EXPIRE", "true"): _voided,
    ("CANCEL_OR_REFUND", "true"): _canceled_or_refunded,
    ("REFUND", "true"): _one(K.REFUND, "succeeded"),
    ("REFUND", "false"): _one(K.REFUND, "failed", "refund_refused"),
    ("REFUND_FAILED", "true"): _one(K.REFUND, "failed", "refund_failed"),
    ("REFUNDED_REVERSED", "true"): _one(K.REFUND, "failed", "refunded_reversed"),
}

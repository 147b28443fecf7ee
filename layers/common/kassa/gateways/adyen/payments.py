"""Payments, captures and refunds in our terms: how an item's stand, from its signed fields alone.

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


def _authorised(notification: DatedItem) -> Iterator[ObjectReport]:
    if notification.captures_later:
        yield notification.object_report(
            K.PAYMENT, "authorized", f"{notification.payment_id}/payment"
        )
        yield notification.object_report(K.CHARGE, "authorized")
    else:
        yield _assumed(notification.object_report(K.CHARGE, "captured"))


def _declined(notification: DatedItem) -> Iterator[ObjectReport]:
    yield notification.object_report(
        K.CHARGE, "failed", reason=refusal_reason(notification.item.get("reason"))
    )


def _captured(notification: DatedItem) -> Iterator[ObjectReport]:
    """A capture of its own, or the one that the authorisation was already taken for."""
    yield notification.object_report(K.CHARGE, "captured", notification.capture_id)


def _capture_failed(notification: DatedItem) -> Iterator[ObjectReport]:
    """A scheme rejects what was booked as captured: it is taken back in the books.

    Should Adyen repair it, its CAPTURE comes under the same name; its settlement proves it.
    """
    yield notification.object_report(
        K.CHARGE, "returned", notification.capture_id, "capture_failed"
    )


def _settlement_reversed(notification: DatedItem) -> Iterator[ObjectReport]:
    """Adyen had settled what it never got: that beats what its settlement proved."""
    reversed_ = notification.object_report(
        K.CHARGE, "returned", notification.capture_id, "settled_reversed"
    )
    yield reversed_.model_copy(update={"is_settled": True})


def _voided(notification: DatedItem) -> Iterator[ObjectReport]:
    yield notification.object_report(K.PAYMENT, "voided", f"{notification.payment_id}/payment")
    yield notification.object_report(K.CHARGE, "released", notification.payment_id)


def _canceled_or_refunded(notification: DatedItem) -> Iterator[ObjectReport]:
    """Which of the two isn't signed; ranks decide: what was captured is refunded, else released.

    So a release is only assumed here, and gives way to a capture that is only assumed as well.
    """
    yield _assumed(notification.object_report(K.CHARGE, "released", notification.payment_id))
    yield notification.object_report(K.REFUND, "succeeded")


def _assumed(object_report: ObjectReport) -> ObjectReport:
    return object_report.model_copy(update={"is_assumed": True})


def _one(kind: ObjectKind, state: str, reason: str | None = None) -> Reading:
    def read(notification: DatedItem) -> Iterator[ObjectReport]:
        yield notification.object_report(kind, state, reason=reason)

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

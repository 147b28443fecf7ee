"""Adyen's event codes in our words: how an item's objects stand, from its signed fields alone.

Written from Adyen's "Webhook structure and types" and "Dispute webhooks". Where capture is
immediate, Adyen's default, an authorised payment is taken for captured and no CAPTURE need come; a
cancellation disproves that, since nothing that was captured can be cancelled, and a CAPTURE or the
settlement report says for sure how much it was. Where capture is delayed or manual, only a CAPTURE
says so, and several add up.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from kassa.gateways.adyen.methods import paid_with
from kassa.gateways.adyen.money import from_adyen
from kassa.gateways.adyen.notification import Item
from kassa.gateways.adyen.refusals import refusal_reason
from kassa.gateways.events import UNNAMED, ObjectKind, ObjectReport
from kassa.gateways.payment_methods import Means

K = ObjectKind


class Told(NamedTuple):
    """One item, the instant that stands for it, and whether captures are told of on their own."""

    item: Item
    happened_at: datetime
    captures_later: bool = False

    @property
    def payment_id(self) -> str:
        """Return the payment it is about; an authorisation is about itself."""
        return str(self.item["originalReference"] or self.item["pspReference"])

    @property
    def object_id(self) -> str:
        """Return Adyen's name for what was asked for or happened: a capture, refund or dispute."""
        return str(self.item["pspReference"])

    @property
    def capture_id(self) -> str:
        """Return what a capture is called: by itself, or as the authorisation taken for it."""
        return self.object_id if self.captures_later else self.payment_id

    @property
    def dispute(self) -> "DisputeName":
        """Return what the dispute is called: by its own reference, where Adyen gives it."""
        return dispute_name(self.payment_id, self.object_id)

    def object_report(
        self, kind: ObjectKind, state: str, object_id: str | None = None, reason: str | None = None
    ) -> ObjectReport:
        """Say how an object stands, with the item's amount."""
        amount = self.item["amount"]
        return ObjectReport(
            object_id=object_id or self.object_id,
            kind=kind,
            state=state,
            amount=from_adyen(amount["value"], amount["currency"]),
            happened_at=self.happened_at,
            reason=reason,
            **(
                paid_with(self.item.get("paymentMethod")) if kind is K.CHARGE else Means()
            )._asdict(),
        )


Reading = Callable[[Told], Iterator[ObjectReport]]

SECOND = "/second"  # a dispute's second stage is a dispute of its own


class DisputeName(NamedTuple):
    """A dispute and its movements, as webhooks and settlement reports both call them."""

    dispute_id: str
    movements: str  # what the names of its movements begin with
    is_named: bool

    def movement(self, moved: str) -> dict[str, str | bool]:
        """Return how a movement is told: `moved` is Adyen's event code, in lower case.

        One without its dispute's name gives way to the same movement under that name.
        """
        stage = SECOND if moved == "second_chargeback" else ""
        owner = self.dispute_id + stage
        return {
            "object_id": f"{self.movements}/{moved}",
            "belongs_to": owner if self.is_named else UNNAMED + owner,
            "is_assumed": not self.is_named,
        }


def dispute_name(payment_id: str, reference: str) -> DisputeName:
    """Name a dispute by its own reference, or else by its payment.

    CHARGEBACK_REVERSED and SECOND_CHARGEBACK name their payment alone unless a setting of the
    webhook asks for more; the settlement report names the dispute in any case.
    """
    is_named = bool(reference) and reference != payment_id
    dispute_id = reference if is_named else f"{payment_id}/dispute"
    return DisputeName(dispute_id, reference if is_named else payment_id, is_named)


def object_reports(told: Told) -> tuple[ObjectReport, ...]:
    """Say how the objects of an item stand; nothing for what we don't act on."""
    reading = READINGS.get((told.item["eventCode"], told.item["success"]))
    return tuple(reading(told)) if reading else ()


def _authorised(told: Told) -> Iterator[ObjectReport]:
    if told.captures_later:
        yield told.object_report(K.PAYMENT, "authorized", f"{told.payment_id}/payment")
        yield told.object_report(K.CHARGE, "authorized")
    else:
        yield _assumed(told.object_report(K.CHARGE, "captured"))


def _declined(told: Told) -> Iterator[ObjectReport]:
    yield told.object_report(K.CHARGE, "failed", reason=refusal_reason(told.item.get("reason")))


def _captured(told: Told) -> Iterator[ObjectReport]:
    """A capture of its own, or the one that the authorisation was already taken for."""
    yield told.object_report(K.CHARGE, "captured", told.capture_id)


def _capture_failed(told: Told) -> Iterator[ObjectReport]:
    """A scheme rejects what was booked as captured: it is taken back in the books.

    Should Adyen repair it, its CAPTURE comes under the same name; its settlement proves it.
    """
    yield told.object_report(K.CHARGE, "returned", told.capture_id, "capture_failed")


def _settlement_reversed(told: Told) -> Iterator[ObjectReport]:
    """Adyen had settled what it never got: that beats what its settlement proved."""
    reversed_ = told.object_report(K.CHARGE, "returned", told.capture_id, "settled_reversed")
    yield reversed_.model_copy(update={"is_settled": True})


def _voided(told: Told) -> Iterator[ObjectReport]:
    yield told.object_report(K.PAYMENT, "voided", f"{told.payment_id}/payment")
    yield told.object_report(K.CHARGE, "released", told.payment_id)


def _canceled_or_refunded(told: Told) -> Iterator[ObjectReport]:
    """Which of the two isn't signed; ranks decide: what was captured is refunded, else released.

    So a release is only assumed here, and gives way to a capture that is only assumed as well.
    """
    yield _assumed(told.object_report(K.CHARGE, "released", told.payment_id))
    yield told.object_report(K.REFUND, "succeeded")


def _assumed(object_report: ObjectReport) -> ObjectReport:
    return object_report.model_copy(update={"is_assumed": True})


def _one(kind: ObjectKind, state: str, reason: str | None = None) -> Reading:
    def read(told: Told) -> Iterator[ObjectReport]:
        yield told.object_report(kind, state, reason=reason)

    return read


def _disputed(state: str, stage: str = "") -> Reading:
    """A dispute, or its second stage, and nothing that moves.

    What was won and is lost once more can't be told of one object, and so the second stage is a
    dispute of its own.
    """

    def read(told: Told) -> Iterator[ObjectReport]:
        yield told.object_report(K.DISPUTE, state, told.dispute.dispute_id + stage)

    return read


def _moved(state: str, funds: str, stage: str = "") -> Reading:
    """A dispute and one movement of its money: Adyen's code says which, each comes once."""

    def read(told: Told) -> Iterator[ObjectReport]:
        yield told.object_report(K.DISPUTE, state, told.dispute.dispute_id + stage)
        moved = told.object_report(K.DISPUTE_FUNDS, funds)
        yield moved.model_copy(update=told.dispute.movement(told.item["eventCode"].lower()))

    return read


_OPEN, _OPEN_AGAIN = _disputed("open"), _disputed("open", SECOND)
_WON_AGAIN, _LOST_AGAIN = _disputed("won", SECOND), _disputed("lost", SECOND)

READINGS: dict[tuple[str, str], Reading] = {
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
    ("REQUEST_FOR_INFORMATION", "true"): _disputed("inquiry"),
    ("NOTIFICATION_OF_CHARGEBACK", "true"): _OPEN,
    ("DISPUTE_OPENED_WITH_CHARGEBACK", "true"): _OPEN,
    ("CHARGEBACK", "true"): _moved("open", "withdrawn"),
    ("CHARGEBACK_REVERSED", "true"): _moved("won", "reinstated"),
    ("SECOND_CHARGEBACK", "true"): _moved("lost", "withdrawn", SECOND),
    ("ISSUER_RESPONSE_TIMEFRAME_EXPIRED", "true"): _disputed("won"),
    ("DISPUTE_DEFENSE_PERIOD_ENDED", "true"): _disputed("lost"),
    ("PREARBITRATION_OPEN", "true"): _OPEN_AGAIN,
    ("PREARBITRATION_DECLINED", "true"): _OPEN_AGAIN,
    ("SCHEME_ARBITRATION", "true"): _OPEN_AGAIN,
    ("PREARBITRATION_WON", "true"): _WON_AGAIN,
    ("PREARBITRATION_ISSUER_WITHDRAWN", "true"): _WON_AGAIN,
    ("SCHEME_ARBITRATION_WON", "true"): _WON_AGAIN,
    ("PREARBITRATION_LOST", "true"): _LOST_AGAIN,
    ("PREARBITRATION_ACCEPTED", "true"): _LOST_AGAIN,
    ("SCHEME_ARBITRATION_LOST", "true"): _LOST_AGAIN,
}

"""Adyen's event codes in our words: how an item's objects stand, from its signed fields alone.

Written from Adyen's "Webhook structure and types" and "Dispute webhooks". Where capture is
immediate, Adyen's default, an authorised payment is captured and no CAPTURE need come; where it is
delayed or manual, only a CAPTURE says so, and several add up.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from kassa.adapters.gateways.adyen.items import Item
from kassa.adapters.gateways.adyen.methods import paid_with
from kassa.adapters.gateways.adyen.money import from_adyen
from kassa.adapters.gateways.adyen.refusals import refusal_reason
from kassa.domain.events import ObjectKind, Standing
from kassa.domain.payment_methods import Means

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
    def dispute_id(self) -> str:
        """Return the dispute's name: its payment's, the only one that every event gives.

        Unless it is asked to, Adyen names no dispute when one is reversed or comes a second time.
        """
        return dispute_of(self.payment_id)

    def standing(
        self, kind: ObjectKind, state: str, object_id: str | None = None, reason: str | None = None
    ) -> Standing:
        """Say how an object stands, with the item's amount."""
        amount = self.item["amount"]
        return Standing(
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


Reading = Callable[[Told], Iterator[Standing]]

SECOND = "/second"  # a dispute's second stage is a dispute of its own


def dispute_of(payment_id: str) -> str:
    """Return the name of a payment's dispute."""
    return f"{payment_id}/dispute"


def standings(told: Told) -> tuple[Standing, ...]:
    """Say how the objects of an item stand; nothing for what we don't act on."""
    reading = _READINGS.get((told.item["eventCode"], told.item["success"]))
    return tuple(reading(told)) if reading else ()


def _authorised(told: Told) -> Iterator[Standing]:
    if not told.item["amount"]["value"]:
        return  # a card was kept for later, nothing was paid
    if told.captures_later:
        yield told.standing(K.PAYMENT, "authorized", f"{told.payment_id}/payment")
        yield told.standing(K.CHARGE, "authorized")
    else:
        yield told.standing(K.CHARGE, "captured")


def _declined(told: Told) -> Iterator[Standing]:
    yield told.standing(K.CHARGE, "failed", reason=refusal_reason(told.item.get("reason")))


def _captured(told: Told) -> Iterator[Standing]:
    """A capture of its own, or the one that the authorisation was already taken for."""
    object_id = told.object_id if told.captures_later else told.payment_id
    yield told.standing(K.CHARGE, "captured", object_id)


def _capture_failed(told: Told) -> Iterator[Standing]:
    """A scheme rejects what was booked as captured: it is given back in the books."""
    object_id = f"{told.object_id}/capture_failed"
    yield told.standing(K.REFUND, "succeeded", object_id, "capture_failed")


def _voided(told: Told) -> Iterator[Standing]:
    yield told.standing(K.PAYMENT, "voided", f"{told.payment_id}/payment")
    yield told.standing(K.CHARGE, "released", told.payment_id)


def _canceled_or_refunded(told: Told) -> Iterator[Standing]:
    """Which of the two isn't signed; ranks decide: what was captured is refunded, else released."""
    yield told.standing(K.CHARGE, "released", told.payment_id)
    yield told.standing(K.REFUND, "succeeded")


def _one(kind: ObjectKind, state: str, reason: str | None = None) -> Reading:
    def read(told: Told) -> Iterator[Standing]:
        yield told.standing(kind, state, reason=reason)

    return read


def _disputed(state: str, funds: str | None = None, stage: str = "") -> Reading:
    """A dispute, and its money where Adyen moved it.

    Funds that were given back and are taken once more can't be told of one object twice, and so
    the second stage is a dispute of its own.
    """

    def read(told: Told) -> Iterator[Standing]:
        dispute_id = told.dispute_id + stage
        yield told.standing(K.DISPUTE, state, dispute_id)
        if funds:
            yield told.standing(K.DISPUTE_FUNDS, funds, f"{dispute_id}/funds")

    return read


_LOST_AGAIN = _disputed("lost", "withdrawn", SECOND)
_WON_AGAIN = _disputed("won", stage=SECOND)

_READINGS: dict[tuple[str, str], Reading] = {
    ("AUTHORISATION", "true"): _authorised,
    ("AUTHORISATION", "false"): _declined,
    ("PENDING", "true"): _one(K.CHARGE, "pending"),
    ("CAPTURE", "true"): _captured,
    ("CAPTURE_FAILED", "true"): _capture_failed,
    ("CANCELLATION", "true"): _voided,
    ("TECHNICAL_CANCEL", "true"): _voided,
    ("EXPIRE", "true"): _voided,
    ("CANCEL_OR_REFUND", "true"): _canceled_or_refunded,
    ("REFUND", "true"): _one(K.REFUND, "succeeded"),
    ("REFUND", "false"): _one(K.REFUND, "failed", "refund_refused"),
    ("REFUND_FAILED", "true"): _one(K.REFUND, "failed", "refund_failed"),
    ("REFUNDED_REVERSED", "true"): _one(K.REFUND, "failed", "refunded_reversed"),
    ("REQUEST_FOR_INFORMATION", "true"): _disputed("inquiry"),
    ("NOTIFICATION_OF_CHARGEBACK", "true"): _disputed("open"),
    ("CHARGEBACK", "true"): _disputed("open", "withdrawn"),
    ("CHARGEBACK_REVERSED", "true"): _disputed("won", "reinstated"),
    ("ISSUER_RESPONSE_TIMEFRAME_EXPIRED", "true"): _disputed("won"),
    ("DISPUTE_DEFENSE_PERIOD_ENDED", "true"): _disputed("lost"),
    ("PREARBITRATION_OPEN", "true"): _disputed("open", stage=SECOND),
    ("PREARBITRATION_WON", "true"): _WON_AGAIN,
    ("PREARBITRATION_LOST", "true"): _LOST_AGAIN,
    ("SECOND_CHARGEBACK", "true"): _LOST_AGAIN,
    ("SCHEME_ARBITRATION_WON", "true"): _WON_AGAIN,
    ("SCHEME_ARBITRATION_LOST", "true"): _LOST_AGAIN,
}

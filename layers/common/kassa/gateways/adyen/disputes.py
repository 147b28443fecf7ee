"""Adyen's disputes in our terms: how each stands, and what was withdrawn or reinstated for it.

Written from Adyen's "Dispute webhooks". Webhooks and settlement reports name the same disputes,
and so they are called here what both know of them.
"""

from collections.abc import Iterator
from typing import NamedTuple

from kassa.gateways.adyen.parsing import DatedItem, Reading
from kassa.gateways.events import FUNDS, UNNAMED, ObjectKind, ObjectReport

K = ObjectKind

SECOND = "/second"  # a dispute's second stage is a dispute of its own


class DisputeName(NamedTuple):
    """A dispute and its movements, as webhooks and settlement reports both call them."""

    dispute_id: str
    movements: str  # what the names of its movements begin with
    is_named: bool

    def movement(self, moved: str) -> dict[str, str | bool]:
        """Return how a movement is reported: `moved` is Adyen's event code, in lower case.

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
    webhook requests more; the settlement report names the dispute in any case.
    """
    is_named = bool(reference) and reference != payment_id
    dispute_id = reference if is_named else f"{payment_id}/dispute"
    return DisputeName(dispute_id, reference if is_named else payment_id, is_named)


def _name(notification: DatedItem) -> DisputeName:
    return dispute_name(notification.payment_id, notification.object_id)


def _disputed(state: str, stage: str = "") -> Reading:
    """A dispute, or its second stage, and nothing that moves.

    What was won and is lost once more can't be reported of one object, and so the second stage is a
    dispute of its own.
    """

    def read(notification: DatedItem) -> Iterator[ObjectReport]:
        yield notification.object_report(K.DISPUTE, state, _name(notification).dispute_id + stage)

    return read


def _asked(notification: DatedItem) -> Iterator[ObjectReport]:
    """A question of a bank's: that there is a chargeback too is yet to be reported."""
    (asked,) = _disputed("inquiry")(notification)
    yield asked.model_copy(update={"is_assumed": True})


def _undefended(notification: DatedItem) -> Iterator[ObjectReport]:
    """A dispute that nobody defended in time, or whose liability was accepted.

    It may end before its CHARGEBACK comes, days after it was announced: so what it will take is
    assumed until that says it. The same code may end a question, which takes nothing: so the
    dispute itself is assumed, and takes nothing until it is known to be a chargeback.
    """
    assumed = {"is_assumed": True}
    (lost,) = _disputed("lost")(notification)
    yield lost.model_copy(update=assumed)
    name = _name(notification)
    if name.is_named:
        taken = notification.object_report(K.DISPUTE_FUNDS, "withdrawn", name.dispute_id + FUNDS)
        yield taken.model_copy(update=assumed | {"belongs_to": name.dispute_id})


def _moved(state: str, funds: str, stage: str = "") -> Reading:
    """A dispute and one movement of its money: Adyen's code says which, each comes once."""

    def read(notification: DatedItem) -> Iterator[ObjectReport]:
        yield notification.object_report(K.DISPUTE, state, _name(notification).dispute_id + stage)
        moved = notification.object_report(K.DISPUTE_FUNDS, funds)
        yield moved.model_copy(
            update=_name(notification).movement(notification.item["eventCode"].lower())
        )

    return read


_OPEN, _OPEN_AGAIN = _disputed("open"), _disputed("open", SECOND)
_WON_AGAIN, _LOST_AGAIN = _disputed("won", SECOND), _disputed("lost", SECOND)

READINGS: dict[tuple[str, str], Reading] = {  # by event code and success
    ("REQUEST_FOR_INFORMATION", "true"): _asked,
    ("NOTIFICATION_OF_CHARGEBACK", "true"): _OPEN,
    ("DISPUTE_OPENED_WITH_CHARGEBACK", "true"): _OPEN,
    ("CHARGEBACK", "true"): _moved("open", "withdrawn"),
    ("CHARGEBACK_REVERSED", "true"): _moved("won", "reinstated"),
    ("SECOND_CHARGEBACK", "true"): _moved("lost", "withdrawn", SECOND),
    ("ISSUER_RESPONSE_TIMEFRAME_EXPIRED", "true"): _disputed("won"),
    ("DISPUTE_DEFENSE_PERIOD_ENDED", "true"): _undefended,
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

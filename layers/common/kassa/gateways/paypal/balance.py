"""What moved the balance, by PayPal's transaction reports: each row a balance transaction of ours.

A row is known by its id and its event code: the reports may list two rows with one id. The row of
a payment, a refund or a reversal also says that there is one, should no webhook have: an app isn't
notified of what another app or a person took.
"""

from datetime import datetime

from kassa.core.errors import UnreadableEvent
from kassa.gateways.events import Movement, ObjectKind, ObjectReport, SubjectKind
from kassa.gateways.parsing import Body, text
from kassa.gateways.paypal import disputes
from kassa.gateways.paypal.money import from_paypal
from kassa.gateways.paypal.parsing import (
    SubjectReports,
    identifier,
    instant,
    object_report,
    our_name,
    unsigned,
)

DENIED = "D"
BOOKED = ("S", "V")  # succeeded; and succeeded, then reversed by a row of its own

# From "Transaction event codes" in PayPal's documentation; the longest beginning decides.
_MOVES = {
    "T00": "charge",
    "T01": "fee",
    "T04": "payout",
    "T1100": "refund_failure",  # a reversal of another row: a refund that came back, as it brings
    "T1101": "payout",
    "T1106": "dispute",
    "T1107": "refund",
    "T1108": "fee",
    "T1109": "fee",
    "T1110": "dispute",
    "T1111": "dispute",
    "T1115": "refund",
    "T1116": "dispute",
    "T1118": "dispute",
    "T1201": "dispute",
    "T1202": "dispute",
    "T1205": "dispute",
    "T1207": "dispute",
    "T1208": "dispute",
}
# What brings back a reversal, a hold or a chargeback; others bring money only by accident.
_BRINGS_BACK = ("T1111", "T1202", "T1205", "T1208")
_RETURNED = "T1101"
_STATES = {False: "withdrawn", True: "reinstated"}


def row_id(row: Body) -> str:
    """Return what a row is called."""
    return f"{identifier(row.get('transaction_id'))}/{identifier(code(row))}"


def code(row: Body) -> str:
    """Return a row's event code."""
    return str(row.get("transaction_event_code"))


def is_return(row: Body) -> bool:
    """Say whether a row brought back what another one took: a refund that failed, most likely."""
    return _MOVES.get(code(row)) == "refund_failure"


def disputed_payment(row: Body) -> str | None:
    """Return the payment that a row moved money of for a dispute, if it is one that is final."""
    is_about = row.get("paypal_reference_id_type") == "TXN"
    if not is_about or row.get("transaction_status") not in BOOKED or _moves(row) != "dispute":
        return None
    return text(row.get("paypal_reference_id"))


def is_denied_payment(row: Body) -> bool:
    """Tell whether a row is a payment to us that was denied: it waited, and moved nothing."""
    return row.get("transaction_status") == DENIED and _moves(row) == "charge"


def _denied(row: Body, otherwise: datetime) -> SubjectReports:
    own_id, amount = identifier(row.get("transaction_id")), from_paypal(row["transaction_amount"])
    at = instant(row.get("transaction_updated_date")) or otherwise
    charge = object_report(ObjectKind.CHARGE, own_id, "failed", amount, at)
    return SubjectReports(own_id, (charge,), order_id=text(row.get("custom_field")))


def transaction(row: Body, otherwise: datetime) -> SubjectReports:
    """Report what a row of the report moved, and because of what."""
    if is_denied_payment(row):
        return _denied(row, otherwise)
    if row.get("transaction_status") not in BOOKED:
        raise UnreadableEvent("a row of the report isn't final")
    gross, moves = from_paypal(row.get("transaction_amount")), _moves(row)
    at = instant(row.get("transaction_initiation_date")) or otherwise
    fee = from_paypal(row["fee_amount"]) if "fee_amount" in row else None
    if fee and fee.currency != gross.currency:
        raise UnreadableEvent("a fee in another currency than its row")
    movement = Movement(moves=moves, gross=gross, fee_minor=-fee.amount_minor if fee else 0)
    moved = object_report(ObjectKind.BALANCE_TRANSACTION, row_id(row), "booked", gross, at)
    return _subject(row, moves, moved.model_copy(update={"movement": movement}))


def _moves(row: Body) -> str:
    found = [begin for begin in _MOVES if code(row).startswith(begin)]
    moves = _MOVES[max(found, key=len)] if found else code(row)
    if from_paypal(row.get("transaction_amount")).amount_minor >= 0:
        return moves
    # We pay others by the codes of payments too: that is no charge of ours. And a reversal that
    # takes is one of a payment.
    return {"charge": code(row), "refund_failure": "dispute"}.get(moves, moves)


def _subject(row: Body, moves: str, moved: ObjectReport) -> SubjectReports:
    own_id = identifier(row.get("transaction_id"))
    is_about = row.get("paypal_reference_id_type") == "TXN"
    reference = text(row.get("paypal_reference_id")) if is_about else None
    about = identifier(reference) if reference else None
    if moves == "payout":
        payout = _payout(row, about if code(row) == _RETURNED and about else own_id, moved)
        return SubjectReports(payout.object_id, (moved, payout), kind=SubjectKind.PAYOUT)
    if moves == "charge":
        charge = object_report(
            ObjectKind.CHARGE, own_id, "captured", moved.amount, moved.happened_at
        )
        return SubjectReports(own_id, (moved, charge), order_id=text(row.get("custom_field")))
    if moves == "refund":
        refund = _refund(row, own_id, moved)
        return SubjectReports(
            about or own_id, (moved, refund), charge_reference=None if about else own_id
        )
    if about and moves == "refund_failure":
        return SubjectReports(
            about, (moved,), charge_reference=about
        )  # the refund, whose payment is its own
    if about and moves == "dispute":
        return SubjectReports(about, (moved, *_reversal(row, about, moved)))
    if about and moves == "fee":
        return SubjectReports(about, (moved,))
    return SubjectReports(own_id, (moved,), kind=SubjectKind.OBJECT)


def _reversal(row: Body, about: str, moved: ObjectReport) -> tuple[ObjectReport, ...]:
    """Report what a row took from its payment, under the id that the reversal's own event has."""
    is_return = moved.amount.amount_minor >= 0
    if is_return and code(row) not in _BRINGS_BACK:
        return ()
    amount, state = unsigned(row.get("transaction_amount")), _STATES[is_return]
    own_id = identifier(row.get("transaction_id"))
    return (disputes.moved(own_id, state, amount, moved.happened_at, about),)


def _refund(row: Body, refund_id: str, moved: ObjectReport) -> ObjectReport:
    amount = unsigned(row.get("transaction_amount"))
    made = object_report(ObjectKind.REFUND, refund_id, "succeeded", amount, moved.happened_at)
    return made.model_copy(update={"refund_request_id": our_name(row.get("custom_field"))})


def _payout(row: Body, payout_id: str, moved: ObjectReport) -> ObjectReport:
    amount = unsigned(row.get("transaction_amount"))
    state = "failed" if code(row) == _RETURNED else "paid"
    return object_report(ObjectKind.PAYOUT, payout_id, state, amount, moved.happened_at)

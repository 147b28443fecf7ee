"""Klarna's settlements: what moved our balance with it, and what it paid out.

Klarna gives its transactions no ids and no signs: each is named by its payout, its content and its
number among its equals, and its type says which way the money went. Sales, returns and reversals
are reports of their own too: what was refunded in Klarna's portal is reported nowhere else. Each
row of a dispute is a movement of its own, under the row's name.

Source: "Settlement reports" (docs.klarna.com, after-payments) and the Settlements API's
Transaction: `reversal_reference` names the dispute, and need not be there.
"""

from collections.abc import Iterator
from typing import NamedTuple

from kassa.core.money import Money
from kassa.gateways.events import FUNDS, Movement, ObjectKind, ObjectReport
from kassa.gateways.klarna.disputes import number_of
from kassa.gateways.klarna.money import from_klarna
from kassa.gateways.klarna.parsing import KLARNA, identifier, instant, text
from kassa.gateways.parsing import Body, part


class Way(NamedTuple):
    """What a transaction moves, in our terms, and which way; zero: as its own sign says."""

    moves: str
    sign: int


_WAYS = {
    "SALE": Way("charge", 1),
    "RETURN": Way("refund", -1),
    "REVERSAL": Way("dispute", -1),
    "REVERSAL_MERCHANT_PROTECTION": Way("dispute", 1),
    "FEE": Way("fee", -1),
    "TAX": Way("fee", -1),
    "FEE_REFUND": Way("fee", 1),
    "CHARGE": Way("", -1),
    "CREDIT": Way("", 1),
    "HOLDBACK": Way("holdback", -1),
    "RELEASE": Way("release", 1),
}
_FEES = {"DISPUTE_FEE", "DISPUTE_FEE_REFUND"}
_OF_DISPUTES = {"REVERSAL", "CORRECTION_DISPUTE"}  # detailed types
_CORRECTING = {"CORRECTION", "CHARGE", "CREDIT"}  # types: of a dispute where they name one


def gross_of(transaction: Body) -> Money:
    """Return what a transaction moved, signed as the balance moved."""
    amount = from_klarna(transaction, "amount", transaction.get("currency_code"))
    sign = _way(transaction).sign
    if not sign:
        return amount
    return amount.model_copy(update={"amount_minor": sign * abs(amount.amount_minor)})


def _way(transaction: Body) -> Way:
    """Report what a transaction moves; what no payment explains keeps Klarna's own code."""
    plain_type = str(transaction.get("type"))
    way = _WAYS.get(plain_type, Way("", 0))
    detailed = str(transaction.get("detailed_type") or plain_type)
    if detailed in _FEES:
        return way._replace(moves="fee")
    if _is_of_dispute(transaction, plain_type, detailed):
        return way._replace(moves="dispute")
    moves = "" if way.moves == "dispute" else way.moves
    return way._replace(moves=moves or detailed.lower())


def _is_of_dispute(transaction: Body, plain_type: str, detailed: str) -> bool:
    """Return whether a transaction moves a payment's money for a dispute or a reversal.

    What gives something back for which nothing is known to be taken is Klarna's own protection.
    """
    if not text(transaction, "order_id"):
        return False
    if detailed in _OF_DISPUTES or plain_type == "REVERSAL":
        return True
    is_named = text(transaction, "reversal_reference") is not None
    return is_named and (plain_type in _CORRECTING or plain_type == "REVERSAL_MERCHANT_PROTECTION")


def transaction_object_reports(transaction: Body, object_id: str) -> Iterator[ObjectReport]:
    """Report what a transaction moved, and what it says of the object it is about."""
    gross = gross_of(transaction)
    moved = ObjectReport(
        object_id=object_id,
        kind=ObjectKind.BALANCE_TRANSACTION,
        state="booked",
        amount=gross,
        happened_at=instant(transaction, "capture_date"),
        movement=Movement(moves=_way(transaction).moves, gross=gross, fee_minor=0),
    )
    yield moved
    plain = {"movement": None, "amount": _absolute(gross)}
    yield from _reports(transaction, moved.model_copy(update=plain))


def _reports(transaction: Body, plain: ObjectReport) -> Iterator[ObjectReport]:
    capture_id, refund_id = text(transaction, "capture_id"), text(transaction, "refund_id")
    match _way(transaction).moves:
        case "charge" if capture_id:
            fields = {"object_id": capture_id, "kind": ObjectKind.CHARGE, "state": "captured"}
            yield plain.model_copy(update=fields | KLARNA._asdict())
        case "refund" if refund_id:
            fields = {"object_id": refund_id, "kind": ObjectKind.REFUND, "state": "succeeded"}
            named = {"refund_request_id": text(transaction, "merchant_refund_reference")}
            yield plain.model_copy(update=fields | named)
        case "dispute":
            state = "reinstated" if gross_of(transaction).amount_minor > 0 else "withdrawn"
            fields = {"object_id": plain.object_id + FUNDS, "kind": ObjectKind.DISPUTE_FUNDS}
            owner = {"belongs_to": _owner(transaction)}
            yield plain.model_copy(update=fields | owner | {"state": state})
        case _:
            return


def _owner(transaction: Body) -> str:
    """Return the dispute that a transaction names, or the order where it names none."""
    dispute_id = text(transaction, "reversal_reference")
    return number_of(dispute_id) if dispute_id else identifier(transaction, "order_id")


def _absolute(gross: Money) -> Money:
    return gross.model_copy(update={"amount_minor": abs(gross.amount_minor)})


def payout_object_reports(payout: Body, unexplained_minor: int) -> Iterator[ObjectReport]:
    """Report what was paid out, and what of it no transaction explains (tax is a fee)."""
    reference = identifier(payout, "payment_reference")
    totals = part(payout, "totals")
    paid = from_klarna(totals, "settlement_amount", payout.get("currency_code"))
    stands = ObjectReport(
        object_id=reference,
        kind=ObjectKind.PAYOUT,
        state="paid",
        amount=paid,
        happened_at=instant(payout, "payout_date"),
    )
    if paid.amount_minor:
        yield stands
    moves = {
        "payout": -paid.amount_minor,
        "tax": _minor(payout, "tax_refund_amount") - _minor(payout, "tax_amount"),
        "unexplained": unexplained_minor,
    }
    for name, minor in moves.items():
        if minor or name == "payout":
            yield _movement(stands, name, paid.model_copy(update={"amount_minor": minor}))


def _movement(stands: ObjectReport, name: str, gross: Money) -> ObjectReport:
    moves = "fee" if name == "tax" else name
    return stands.model_copy(
        update={
            "object_id": f"{stands.object_id}/{name}",
            "kind": ObjectKind.BALANCE_TRANSACTION,
            "state": "booked",
            "amount": gross,
            "movement": Movement(moves=moves, gross=gross, fee_minor=0),
        }
    )


def unexplained_minor(payout: Body, moved_minor: int) -> int:
    """Return what a payout took or gave beyond its transactions and its tax.

    What we owed Klarna before and after counts: it pays nothing out while we do.
    """
    owed_before = _minor(payout, "opening_debt_balance_amount")
    owed_after = _minor(payout, "closing_debt_balance_amount")
    tax_minor = _minor(payout, "tax_refund_amount") - _minor(payout, "tax_amount")
    moved_in_all = _minor(payout, "settlement_amount") + owed_before - owed_after
    return moved_in_all - moved_minor - tax_minor


def _minor(payout: Body, name: str) -> int:
    """Return one of a payout's totals; a missing one is none."""
    totals = part(payout, "totals")
    if totals.get(name) is None:
        return 0
    return from_klarna(totals, name, payout.get("currency_code")).amount_minor

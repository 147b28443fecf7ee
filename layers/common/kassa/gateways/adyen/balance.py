"""Lines of Adyen's settlement detail report in our terms: what moved our balance, and why.

Written from Adyen's "Settlement details report". The gross stands in the payment's currency, the
net and what was deducted in the settlement's. Captures, refunds and chargebacks stand here too,
under the same names as by webhooks, should no webhook have come. What was settled is captured for
sure, and the line says when.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from kassa.core.errors import UnreadableEvent
from kassa.core.money import Money
from kassa.gateways.adyen.disputes import SECOND, dispute_name
from kassa.gateways.adyen.money import from_report
from kassa.gateways.adyen.parsing import paid_with
from kassa.gateways.events import Movement, ObjectKind, ObjectReport
from kassa.gateways.states import SETTLING

K = ObjectKind

COLUMNS = (
    *("Merchant Account", "Psp Reference", "Merchant Reference", "Payment Method"),
    *("Creation Date", "TimeZone", "Type", "Modification Reference"),
    *("Gross Currency", "Gross Debit (GC)", "Gross Credit (GC)", "Net Currency"),
    *("Net Debit (NC)", "Net Credit (NC)", "Commission (NC)", "Markup (NC)"),
    *("Scheme Fees (NC)", "Interchange (NC)", "Batch Number"),
)
_DEDUCTED = ("Commission (NC)", "Markup (NC)", "Scheme Fees (NC)", "Interchange (NC)")
_MOVES = {
    "Settled": "charge",
    "SettledBulk": "charge",
    "SettledReversed": "charge",
    "Refunded": "refund",
    "RefundedBulk": "refund",
    "RefundedReversed": "refund_failure",
    "Chargeback": "dispute",
    "SecondChargeback": "dispute",
    "ChargebackReversed": "dispute",
    "MerchantPayout": "payout",
    "Fee": "fee",
    "PaymentCost": "fee",
    "InvoiceDeduction": "fee",
}
_REFUNDS = {"Refunded": "succeeded", "RefundedReversed": "failed"}
_CAPTURES = {"Settled": "captured", "SettledReversed": "returned"}
_DISPUTES = {  # the stage's dispute, its state, what the funds did, and the webhook's name for it
    "Chargeback": ("", "open", "withdrawn", "chargeback"),
    "ChargebackReversed": ("", "won", "reinstated", "chargeback_reversed"),
    "SecondChargeback": (SECOND, "lost", "withdrawn", "second_chargeback"),
}
# Reports are written in the account's own time; what isn't here is taken for UTC.
_HOURS = {"CET": 1, "CEST": 2, "BST": 1, "EET": 2, "EEST": 3, "WEST": 1, "JST": 9, "SGT": 8}
_HOURS |= {"HKT": 8, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "BRT": -3}
_HOURS |= {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)

Line = dict[str, str]


class Moved(NamedTuple):
    """What a line says: whether it is a payout, and everything it reports."""

    is_payout: bool
    object_reports: tuple[ObjectReport, ...]


def moved(line: Line, object_id: str, captures_later: bool | None = None) -> Moved:
    """Read one line; raise UnreadableEvent where an amount or a time can't be read.

    A line from before Kassa knew how its account captures (None) names no capture.
    """
    happened_at = written_at(line)
    movement = _movement(line)
    booked = ObjectReport(
        object_id=object_id,
        kind=K.BALANCE_TRANSACTION,
        state="booked",
        amount=movement.gross,
        happened_at=happened_at,
        movement=movement,
    )
    if movement.moves != "payout":
        capture_id = _capture_id(line, captures_later)
        return Moved(False, (booked, *_object_reports(line, happened_at, capture_id)))
    sent = movement.gross.model_copy(update={"amount_minor": -movement.gross.amount_minor})
    payout = ObjectReport(
        object_id=payout_id(line), kind=K.PAYOUT, state="paid", amount=sent, happened_at=happened_at
    )
    return Moved(True, (booked, payout))


def payout_id(line: Line) -> str:
    """Name a payout by the batch it closes; the bank's statement names the batch too."""
    return f"{line['Merchant Account']}/batch_{line['Batch Number']}/{line['Net Currency']}"


def written_at(line: Line) -> datetime:
    """Return when a line was booked, in UTC."""
    if not _WRITTEN.fullmatch(line["Creation Date"]):
        raise UnreadableEvent("a line has no time")
    local = datetime.fromisoformat(line["Creation Date"]).replace(tzinfo=UTC)
    return local - timedelta(hours=_HOURS.get(line["TimeZone"], 0))


def _movement(line: Line) -> Movement:
    """Report what a line moved: what it leaves is exact, and so is its gross; the rest is fee."""
    moves, currency = _MOVES.get(line["Type"], line["Type"]), line["Net Currency"]
    net = _signed(line, "Net", "NC")
    gross, exchanged = _gross(line), None
    if moves not in SETTLING or gross is None or gross.currency != currency:
        fee_minor = sum(from_report(line[name], currency).amount_minor for name in _DEDUCTED)
        exchanged = gross if moves in SETTLING else None
        gross = net.model_copy(update={"amount_minor": net.amount_minor + fee_minor})
    fee_minor = gross.amount_minor - net.amount_minor
    return Movement(moves=moves, gross=gross, fee_minor=fee_minor, exchanged=exchanged)


def _gross(line: Line) -> Money | None:
    """Return the gross, in the payment's currency; nothing where a line has none."""
    gross = _signed(line, "Gross", "GC") if line["Gross Currency"] else None
    return gross if gross and gross.amount_minor else None


def _signed(line: Line, side: str, unit: str) -> Money:
    """Return what a line's credit is above its debit, of its gross or of its net."""
    currency = line[f"{side} Currency"]
    credit = from_report(line[f"{side} Credit ({unit})"], currency)
    debit = from_report(line[f"{side} Debit ({unit})"], currency)
    return credit.model_copy(update={"amount_minor": credit.amount_minor - debit.amount_minor})


def _capture_id(line: Line, captures_later: bool | None) -> str | None:
    """Return what webhooks call the capture of a line: itself, or as its authorisation."""
    names = {True: line["Modification Reference"], False: line["Psp Reference"], None: ""}
    return (names.get(captures_later) or None) if line["Type"] in _CAPTURES else None


def _object_reports(
    line: Line, happened_at: datetime, capture_id: str | None
) -> Iterator[ObjectReport]:
    """What else a line reports: a capture, a refund or a dispute by Adyen's name for it."""
    gross, of_type, payment_id = _gross(line), line["Type"], line["Psp Reference"]
    if gross is None or not payment_id:
        return
    amount = gross.model_copy(update={"amount_minor": abs(gross.amount_minor)})
    reference = line["Modification Reference"]

    def object_report(object_id: str, kind: ObjectKind, state: str) -> ObjectReport:
        return ObjectReport(
            object_id=object_id, kind=kind, state=state, amount=amount, happened_at=happened_at
        )

    if capture_id:
        fields = paid_with(line["Payment Method"])._asdict() | {"is_settled": True}
        capture = object_report(capture_id, K.CHARGE, _CAPTURES[of_type])
        yield capture.model_copy(update=fields)
    if of_type in _REFUNDS and reference:
        yield object_report(reference, K.REFUND, _REFUNDS[of_type])
    if of_type in _DISPUTES:
        stage, state, funds, moved_by = _DISPUTES[of_type]
        dispute = dispute_name(payment_id, reference)
        yield object_report(dispute.dispute_id + stage, K.DISPUTE, state)
        taken = object_report(dispute.dispute_id, K.DISPUTE_FUNDS, funds)
        yield taken.model_copy(update=dispute.movement(moved_by))

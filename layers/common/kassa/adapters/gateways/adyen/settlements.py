"""Lines of Adyen's settlement detail report in our words: what moved our balance, and why.

Written from Adyen's "Settlement details report". The gross stands in the payment's currency, the
net and what was deducted in the settlement's. Refunds and chargebacks are told here too, under the
same names as by webhooks, should no webhook have come. Captures aren't: a report doesn't say by
which name a webhook told of them.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from kassa.adapters.gateways.adyen.money import from_report
from kassa.adapters.gateways.adyen.notifications import SECOND, dispute_of
from kassa.domain.events import Movement, ObjectKind, Standing
from kassa.domain.money import Money
from kassa.domain.ranks import SETTLING
from kassa.errors import UnreadableEvent

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
_DISPUTES = {
    "Chargeback": ("", "open", "withdrawn"),
    "ChargebackReversed": ("", "won", "reinstated"),
    "SecondChargeback": (SECOND, "lost", "withdrawn"),
}
# Reports are written in the account's own time; what isn't here is taken for UTC.
_HOURS = {"CET": 1, "CEST": 2, "BST": 1, "EET": 2, "EEST": 3, "WEST": 1, "JST": 9, "SGT": 8}
_HOURS |= {"HKT": 8, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "BRT": -3}
_HOURS |= {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)

Line = dict[str, str]


class Moved(NamedTuple):
    """What a line says: whether it is a payout, and everything it tells of."""

    is_payout: bool
    standings: tuple[Standing, ...]


def moved(line: Line, object_id: str) -> Moved:
    """Read one line; raise UnreadableEvent where an amount or a time can't be read."""
    happened_at = written_at(line)
    movement = _movement(line)
    booked = Standing(
        object_id=object_id,
        kind=K.BALANCE_TRANSACTION,
        state="booked",
        amount=movement.gross,
        happened_at=happened_at,
        movement=movement,
    )
    if movement.moves != "payout":
        return Moved(False, (booked, *_told(line, happened_at)))
    sent = movement.gross.model_copy(update={"amount_minor": -movement.gross.amount_minor})
    payout = Standing(
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
    """Say what a line moved: what it leaves is exact, and so is its gross; the rest is the fee."""
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


def _told(line: Line, happened_at: datetime) -> Iterator[Standing]:
    """What else a line tells of: a refund by Adyen's name for it, a dispute by its payment's."""
    gross, of_type, payment_id = _gross(line), line["Type"], line["Psp Reference"]
    if gross is None or not payment_id:
        return
    amount = gross.model_copy(update={"amount_minor": abs(gross.amount_minor)})

    def standing(object_id: str, kind: ObjectKind, state: str) -> Standing:
        return Standing(
            object_id=object_id, kind=kind, state=state, amount=amount, happened_at=happened_at
        )

    if of_type in _REFUNDS and line["Modification Reference"]:
        yield standing(line["Modification Reference"], K.REFUND, _REFUNDS[of_type])
    if of_type in _DISPUTES:
        stage, state, funds = _DISPUTES[of_type]
        dispute_id = dispute_of(payment_id) + stage
        yield standing(dispute_id, K.DISPUTE, state)
        yield standing(f"{dispute_id}/funds", K.DISPUTE_FUNDS, funds)

"""Apply a customer's credit to another invoice: what was paid beyond one pays what is owed of it.

Both invoices are changed by one write, with the act of who says so. No money moves: the credit
leaves one invoice and settles the other, and the facts of that follow.
"""

from kassa.audit.trail import Act, Actor
from kassa.billing.receivables.decision_store import Decided, keep_decisions
from kassa.billing.receivables.note_entries import RESERVE_S, make_known
from kassa.billing.receivables.receivable import CREDIT, Entry, EntryKind, KeptReceivable
from kassa.billing.receivables.store import Receivables
from kassa.core.errors import Conflict, InvalidRequest
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict


def apply_credit(
    merchant_id: str, numbers: tuple[str, str], by: Actor, time_left_s: TimeLeft
) -> KeptReceivable:
    """Apply the credit of one printed number to another, as far as something is owed of that.

    What was applied before is published again. Raises InvoiceNotFound where one is no invoice's,
    InvalidRequest for two customers or currencies, and Conflict without credit, or a debt.
    """
    number, to = numbers
    if number == to:
        raise InvalidRequest("invoice_number: is the invoice whose credit it is")
    kept = retry_on_conflict(lambda: _applied(merchant_id, number, to, by), time_left_s, RESERVE_S)
    for entry in _moves(kept[0], to):
        for one in kept:
            make_known(one, entry.source_id)
    return kept[0]


def _applied(
    merchant_id: str, number: str, to: str, by: Actor
) -> tuple[KeptReceivable, KeptReceivable]:
    receivables = Receivables(merchant_id)
    source, target = receivables.of_number(number), receivables.of_number(to)
    _require_fitting(source, target)
    before = _moves(source, to)
    minor = min(source.receivable.credit_minor, target.receivable.open_minor)
    if minor <= 0:
        if before:
            return source, target
        if source.receivable.credit_minor <= 0:
            raise Conflict(f"number: nothing was paid beyond {number}")
        raise Conflict(f"invoice_number: nothing is owed of {to}")
    source_id, at = f"{CREDIT}{number}:{to}:{len(before) + 1}", clock.now()
    named = {"source_id": source_id, "minor": minor, "at": at}
    moved = Entry(kind=EntryKind.CREDIT_MOVED, number=to, **named)
    settled = Entry(kind=EntryKind.SETTLED, **named)
    act = Act(
        operation="invoice.apply-credit",
        object_id=f"invoice/{number}",
        by=by,
        after=source_id,
    )
    decided = (
        Decided(source, source.receivable.with_entry(moved)),
        Decided(target, target.receivable.with_entry(settled)),
    )
    first, second = keep_decisions(decided, act)
    return first, second


def _require_fitting(source: KeptReceivable, target: KeptReceivable) -> None:
    if source.of.currency != target.of.currency:
        raise InvalidRequest(f"invoice_number: {target.number} is in {target.of.currency}")
    if source.of.customer_id is None or source.of.customer_id != target.of.customer_id:
        raise InvalidRequest(f"invoice_number: {target.number} is another customer's")


def _moves(kept: KeptReceivable, to: str) -> list[Entry]:
    entries = kept.receivable.entries
    return [one for one in entries if one.kind is EntryKind.CREDIT_MOVED and one.number == to]

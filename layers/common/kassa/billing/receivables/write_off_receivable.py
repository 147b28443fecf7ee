"""Write off what is still owed of an invoice, or waive what being late was charged of it.

A person gives it up, and says why. What is written off was owed, what is waived never was, as where
a payment came in time and was booked late: what was paid of it is the customer's then.

Later money takes the write-off back before anything else: as much as is paid is no longer given up.
So a payment of what was written off, which the trade calls a recovery, needs no rule of its own.
"""

from kassa.audit.trail import Act, Actor
from kassa.billing.numbering.record import REASON_MAX, InvoiceState
from kassa.billing.receivables.decision_store import keep_decision
from kassa.billing.receivables.note_entries import RESERVE_S, make_known
from kassa.billing.receivables.receivable import Entry, EntryKind, KeptReceivable, Receivable
from kassa.billing.receivables.store import Receivables
from kassa.core.errors import Conflict, InvalidRequest
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict


def write_off_receivable(
    merchant_id: str, number: str, why: tuple[str, Actor], time_left_s: TimeLeft
) -> KeptReceivable:
    """Write off what is owed of a printed number, with a reason and who says so.

    What is written off already stays as it is. The reason is kept for good, in the audit trail: no
    personal data belongs in it. Raises InvoiceNotFound where it is no invoice's, InvalidRequest
    without a reason, and Conflict where nothing is owed.
    """
    reason, by = _reason(why[0]), why[1]
    kept = retry_on_conflict(
        lambda: _written_off(merchant_id, number, reason, by), time_left_s, RESERVE_S
    )
    return _made_known(kept, EntryKind.WRITTEN_OFF)


def waive_late_charges(
    merchant_id: str, number: str, why: tuple[str, Actor], time_left_s: TimeLeft
) -> KeptReceivable:
    """Waive all fees and interest that stand of a printed number, with a reason and who says so.

    What is waived already stays as it is. Raises InvoiceNotFound where it is no invoice's,
    InvalidRequest without a reason, and Conflict where nothing was ever charged.
    """
    reason, by = _reason(why[0]), why[1]
    kept = retry_on_conflict(
        lambda: _waived(merchant_id, number, reason, by), time_left_s, RESERVE_S
    )
    return _made_known(kept, EntryKind.LATE_CHARGE_WAIVED)


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if not 1 <= len(reason) <= REASON_MAX:
        raise InvalidRequest(f"reason: say why, in {REASON_MAX} characters at most")
    return reason


def _made_known(kept: KeptReceivable, kind: EntryKind) -> KeptReceivable:
    for entry in _entered(kept.receivable, kind):
        make_known(kept, entry.source_id)
    return kept


def _written_off(merchant_id: str, number: str, reason: str, by: Actor) -> KeptReceivable:
    was = Receivables(merchant_id).of_number(number)
    stood = was.receivable
    if stood.state is InvoiceState.UNCOLLECTIBLE:
        return was
    if not stood.open_minor:
        raise Conflict(f"nothing is owed of {number}: it is {stood.state}")
    entry = Entry(
        kind=EntryKind.WRITTEN_OFF,
        source_id=f"write_off:{number}:{len(_entered(stood, EntryKind.WRITTEN_OFF)) + 1}",
        minor=stood.open_minor,
        at=clock.now(),
    )
    act = Act(
        operation="invoice.write-off",
        object_id=f"invoice/{number}",
        by=by,
        after=entry.source_id,
        reason=reason,
    )
    return keep_decision(was, stood.with_entry(entry), act)


def _waived(merchant_id: str, number: str, reason: str, by: Actor) -> KeptReceivable:
    was = Receivables(merchant_id).of_number(number)
    stood, before = was.receivable, _entered(was.receivable, EntryKind.LATE_CHARGE_WAIVED)
    minor = sum(stood.late_charges)
    if not minor and before:
        return was
    if not minor:
        raise Conflict(f"no fee or interest stands of {number}")
    entry = Entry(
        kind=EntryKind.LATE_CHARGE_WAIVED,
        source_id=f"waive:{number}:{len(before) + 1}",
        minor=minor,
        at=clock.now(),
    )
    act = Act(
        operation="invoice.waive",
        object_id=f"invoice/{number}",
        by=by,
        after=entry.source_id,
        reason=reason,
    )
    return keep_decision(was, stood.with_entry(entry), act)


def _entered(receivable: Receivable, kind: EntryKind) -> list[Entry]:
    return [one for one in receivable.entries if one.kind is kind]

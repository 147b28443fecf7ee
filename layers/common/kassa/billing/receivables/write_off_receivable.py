"""Write off what is still owed of an invoice: a person gives it up, and says why.

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
    reason, by = why
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= REASON_MAX:
        raise InvalidRequest(f"reason: say why, in {REASON_MAX} characters at most")
    kept = retry_on_conflict(
        lambda: _written_off(merchant_id, number, reason, by), time_left_s, RESERVE_S
    )
    for entry in _write_offs(kept.receivable):
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
        source_id=f"write_off:{number}:{len(_write_offs(stood)) + 1}",
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


def _write_offs(receivable: Receivable) -> list[Entry]:
    return [one for one in receivable.entries if one.kind is EntryKind.WRITTEN_OFF]

"""Note what the books say of a dispute: that it opened, until when it is answered, how it ended.

Facts come in any order and more than once. One of an imported past is history: nobody answers it.
"""

from datetime import datetime
from typing import Any

from kassa.core.facts import Fact
from kassa.core.money import Money
from kassa.disputes.dispute import Change, Dispute, Standing, Step, asked_again, changed, ended
from kassa.disputes.store import Disputes
from kassa.gateways.events import ObjectKind
from kassa.ledger.facts import (
    DisputeInquiryClosed,
    DisputeLost,
    DisputeOpened,
    DisputeWon,
    fact_subject,
)
from kassa.ledger.store import Books
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger

RESERVE_S = 2.0
_ENDS: dict[type, Standing] = {
    DisputeWon: Standing.WON,
    DisputeLost: Standing.LOST,
    DisputeInquiryClosed: Standing.CLOSED,
}
OF_DISPUTES_ALONE = (DisputeInquiryClosed,)  # of what comes to an order's queue, no order's
_SECOND = "/second"  # what the end of a second chargeback is called by
_INQUIRY = ":inquiry"  # what the fact of a question is called by


def note_dispute(fact: Fact[Any], disputes: Disputes, time_left_s: TimeLeft) -> bool:
    """Write what a fact says of a dispute; any other fact, and a past one, says nothing here.

    Return whether it may say something of an order too.
    """
    is_known = isinstance(fact.data, DisputeOpened) or type(fact.data) in _ENDS
    if is_known and not fact.metadata.is_imported:
        retry_on_conflict(lambda: _noted(fact, disputes), time_left_s, RESERVE_S)
    return not isinstance(fact.data, OF_DISPUTES_ALONE)


def _noted(fact: Fact[Any], disputes: Disputes) -> None:
    metadata, data = fact.metadata, fact.data
    before = disputes.find(metadata.gateway, metadata.account, data.object_id)
    if before is None and _is_unnamed(fact):
        before = _meant(fact, disputes)
        if before is None:
            return
    new = _new(fact)
    after = before or new
    if isinstance(data, DisputeOpened):
        after = _opened(after, new, clock.now()) if before else new
    else:
        after = ended(after, _ENDS[type(data)], data.occurred_at)
    if after is before:
        return
    disputes.keep(after, before)
    logger.info("dispute noted", dispute_id=data.object_id, standing=after.standing)


def _opened(dispute: Dispute, seen: Dispute, now: datetime) -> Dispute:
    """Return a dispute with what another report of its opening adds: a deadline, a new round.

    Of two deadlines the later one counts: gateways extend them. A question that becomes a
    chargeback asks for an answer of its own, and so does what is disputed again after its end.
    """
    known = [at for at in (dispute.evidence_due_by, seen.evidence_due_by) if at]
    fields: dict[str, Any] = {
        "evidence_due_by": max(known, default=None),
        "reason": dispute.reason or seen.reason,
        "opened_at": min(dispute.opened_at, seen.opened_at),
    }
    if _is_again(dispute, seen):
        due_by = seen.evidence_due_by or dispute.evidence_due_by
        return asked_again(dispute, now, **(fields | {"evidence_due_by": due_by}))
    if all(getattr(dispute, name) == value for name, value in fields.items()):
        return dispute
    return changed(dispute, None, **fields)


def _is_again(dispute: Dispute, seen: Dispute) -> bool:
    """Tell whether a report begins a round; one that comes twice, or late, doesn't."""
    if seen.standing is not Standing.OPEN or dispute.standing is Standing.OPEN:
        return False
    is_question = dispute.standing in (Standing.INQUIRY, Standing.CLOSED)
    return is_question or (dispute.ended_at is not None and seen.opened_at > dispute.ended_at)


def _meant(fact: Fact[Any], disputes: Disputes) -> Dispute | None:
    """Return the dispute that an end is of which names its payment alone; none where unsure.

    Which disputes a payment has, the books know. One that is open is meant before one that has
    ended, but a second chargeback takes what was won.
    """
    at = fact.metadata
    state, _ = Books().read(fact_subject(at), at.event_id)
    found = (disputes.find(at.gateway, at.account, one) for one in state.of(ObjectKind.DISPUTE))
    mine = [one for one in found if one is not None]
    is_again = str(fact.data.object_id).endswith(_SECOND)
    able = [one for one in mine if one.is_open or (is_again and one.standing is Standing.WON)]
    meant = _one_of(able or mine, fact.data.amount)
    if mine and meant is None:
        logger.warning("dispute end not told apart", event_id=at.event_id, disputes=len(mine))
    return meant


def _one_of(disputes: list[Dispute], amount: Money) -> Dispute | None:
    """Return the only dispute, or the only one of an amount."""
    if len(disputes) > 1:
        disputes = [one for one in disputes if one.amount == amount]
    return disputes[0] if len(disputes) == 1 else None


def _is_unnamed(fact: Fact[Any]) -> bool:
    """Tell whether an end names its payment alone, as Adyen's do unless its webhook is set so."""
    is_end = type(fact.data) in _ENDS
    return is_end and str(fact.data.object_id).startswith(f"{fact.metadata.subject_id}/dispute")


def _new(fact: Fact[Any]) -> Dispute:
    metadata, data = fact.metadata, fact.data
    is_inquiry = _INQUIRY in metadata.fact_id
    return Dispute(
        merchant_id=metadata.merchant_id,
        gateway=metadata.gateway,
        account=metadata.account,
        payment_id=metadata.subject_id,
        dispute_id=data.object_id,
        amount=data.amount,
        reason=getattr(data, "reason", None),
        opened_at=data.occurred_at,
        standing=Standing.INQUIRY if is_inquiry else Standing.OPEN,
        evidence_due_by=getattr(data, "evidence_due_by", None),
        changes=(Change(step=Step.OPENED, at=data.occurred_at),),
        version=1,
    )

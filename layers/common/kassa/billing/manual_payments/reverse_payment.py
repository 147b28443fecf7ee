"""Say what became of an entered payment: money was given back by hand, or it is none any more."""

from kassa.billing.manual_payments.acts import NAMELESS, EnteredBy, EntryResult, act_of, name_of
from kassa.billing.manual_payments.bodies import GivenBackBody, ReversalBody, named_id, occurred_at
from kassa.billing.manual_payments.entry_store import Entries, KeptEntry
from kassa.billing.manual_payments.queue_entries import RESERVE_S, queue_entry
from kassa.core.errors import Conflict, InvalidRequest, OverHeadroom
from kassa.core.money import Money, spelled
from kassa.gateways.manual.entries import GivenBack, PaymentEntry, Reversal
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger

GIVEN_BACK_MAX = 50  # refunds of one payment


def give_back(
    payment_id: str, body: GivenBackBody, by: EnteredBy, entries: Entries, time_left_s: TimeLeft
) -> EntryResult:
    """Note money of a payment that a person gave back, once for each name, and queue it.

    Raises PaymentNotFound, OverHeadroom for more than is left, and Conflict where its name has
    another amount, or one without a name is alike to another of the payment.
    """
    kept, is_new = retry_on_conflict(
        lambda: _given_back_once(entries.named(payment_id), body, by, entries),
        time_left_s,
        RESERVE_S,
    )
    queue_entry(kept, entries)
    return EntryResult(kept.entry, is_new)


def reverse_payment(
    payment_id: str, body: ReversalBody, by: EnteredBy, entries: Entries, time_left_s: TimeLeft
) -> EntryResult:
    """Take a payment back whole, once, and queue that.

    Raises PaymentNotFound, and Conflict where some of it was given back, or where it was reversed
    for another reason.
    """
    kept, is_new = retry_on_conflict(
        lambda: _reversed_once(entries.named(payment_id), body, by, entries),
        time_left_s,
        RESERVE_S,
    )
    queue_entry(kept, entries)
    return EntryResult(kept.entry, is_new)


def _given_back_once(
    known: KeptEntry, body: GivenBackBody, by: EnteredBy, entries: Entries
) -> tuple[KeptEntry, bool]:
    entry, now = known.entry, clock.now()
    amount_minor = entry.left_minor if body.amount_minor is None else body.amount_minor
    name = name_of(body.entry_id, by)
    if name is None:
        alike = [one for one in entry.given_back if one.amount_minor == amount_minor]
        if alike and not body.is_repeat:
            raise Conflict(
                f"is_repeat: {alike[-1].refund_id} gave the same amount back; say if this is more"
            )
        name = (NAMELESS, str(len(entry.given_back)))
    refund_id = named_id("mr", settings().merchant_id, entry.payment_id, *name)
    same = next((one for one in entry.given_back if one.refund_id == refund_id), None)
    if same is not None:
        if body.amount_minor not in (None, same.amount_minor):
            raise Conflict(f"entry_id: {refund_id} has its name, and another amount")
        return known, False
    _require_left(entry, body, amount_minor)
    at = occurred_at("given_on", body.given_on, entry, (now, settings().merchant_time_zone))
    gone = GivenBack(refund_id=refund_id, amount_minor=amount_minor, given_at=at)
    after = entry.model_copy(update={"given_back": (*entry.given_back, gone)})
    kept = entries.change(
        known, after, act_of(entry, by, operation="payment.give-back", after=refund_id)
    )
    logger.info("payment given back by hand", payment_id=entry.payment_id, refund_id=refund_id)
    return kept, True


def _reversed_once(
    known: KeptEntry, body: ReversalBody, by: EnteredBy, entries: Entries
) -> tuple[KeptEntry, bool]:
    entry = known.entry
    if entry.reversal is not None:
        if entry.reversal.reason != body.reason:
            raise Conflict(f"reason: {entry.payment_id} was reversed as {entry.reversal.reason}")
        return known, False
    if entry.given_back:
        raise Conflict(f"{entry.payment_id}: some of it was given back, so it can't be reversed")
    zone = settings().merchant_time_zone
    at = occurred_at("reversed_on", body.reversed_on, entry, (clock.now(), zone))
    after = entry.model_copy(update={"reversal": Reversal(reason=body.reason, reversed_at=at)})
    kept = entries.change(
        known, after, act_of(entry, by, operation="payment.reverse", after=body.reason)
    )
    logger.info("payment reversed by hand", payment_id=entry.payment_id, reason=body.reason)
    return kept, True


def _require_left(entry: PaymentEntry, body: GivenBackBody, amount_minor: int) -> None:
    currency = entry.amount.currency
    if body.currency not in (None, currency):
        raise InvalidRequest(f"currency: the payment is in {currency}")
    if not 0 < amount_minor <= entry.left_minor:
        left = spelled(Money(amount_minor=entry.left_minor, currency=currency))
        raise OverHeadroom(f"amount_minor: {left} may still be given back", entry.left_minor)
    if len(entry.given_back) == GIVEN_BACK_MAX:
        raise Conflict(f"{entry.payment_id}: it was given back in {GIVEN_BACK_MAX} parts already")

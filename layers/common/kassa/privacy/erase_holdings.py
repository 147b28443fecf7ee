"""Erase what is held of a person: texts in the table, and what stands of one day in the archive."""

from datetime import date, datetime, timedelta

from kassa.deliveries.delivery import Channel
from kassa.ledger.items import partition
from kassa.ledger.notes import note_store
from kassa.orders.lifecycle import OrderStatus
from kassa.orders.views import OrderCase
from kassa.platform import aws, clock
from kassa.platform.settings import settings
from kassa.privacy.erase_raw import erase_of_day
from kassa.privacy.erase_words import erase_entry, erase_order, erase_request
from kassa.privacy.erasure import Erasure, KeptPart
from kassa.privacy.find_holdings import Holdings
from kassa.privacy.lists import deliveries_of, refund_requests_of

MANUAL = "manual"  # the gateway of payments that people entered
_AT_WORK = {
    *(OrderStatus.SUBMITTED, OrderStatus.UNKNOWN, OrderStatus.OPEN),
    *(OrderStatus.COMPLETED, OrderStatus.PART_PAID),
}
SETTLES = timedelta(days=1)  # by then an order that was paid has its invoice


def erase_texts(holdings: Holdings) -> dict[str, int]:
    """Erase texts of orders that are over, of entered payments, and notes; return how many."""
    now = clock.now()
    over = [case.order.order_id for case in holdings.orders if _unended(case, now) is None]
    entered = [payment for payment in holdings.payments if payment.gateway == MANUAL]
    return {
        "orders": sum(map(erase_order, over)),
        "entries": sum(map(erase_entry, entered)),
        "notes": sum(map(note_store.erase, holdings.paid)),
    }


def kept_orders(holdings: Holdings) -> list[KeptPart]:
    """Return which orders keep their texts, and why."""
    now = clock.now()
    return [kept for case in holdings.orders if (kept := _unended(case, now))]


def erase_day(day: date, begun: Erasure, holdings: Holdings) -> dict[str, int]:
    """Erase what stands of a person on a UTC day; return how much there was, by its kind."""
    payments = frozenset({*begun.payments, *map(partition, holdings.payments)})
    cases = refund_requests_of(day, begun.customer_id, payments)
    return {
        "raw_events": erase_of_day(day, frozenset(begun.marks)),
        "refund_requests": sum(erase_request(one.request.refund_request_id) for one in cases),
        "letters": _erase_letters(day, begun.customer_id),
    }


def _erase_letters(day: date, customer_id: str) -> int:
    """Erase the letters that were laid out for a customer; what is told by them stays told."""
    client, bucket = aws.client("s3"), settings().bucket_name
    letters = [
        one.carrier_id
        for one in deliveries_of(day, customer_id)
        if one.channel is Channel.LETTER and one.carrier_id
    ]
    for key in letters:
        client.put_object(Bucket=bucket, Key=key, Body=b"")
    return len(letters)


def _unended(case: OrderCase, now: datetime) -> KeptPart | None:
    """Return that an order is still at work, and so keeps its texts; none where it is over."""
    captured = [one.captured_at for one in case.lifecycle.payers]
    is_young = bool(captured) and now - max(captured) < SETTLES
    if case.lifecycle.status not in _AT_WORK and not is_young:
        return None
    why = "it isn't over: its document is made of them. Erase again a day after it is"
    return KeptPart(what=f"texts of order {case.order.order_id}", why=why)

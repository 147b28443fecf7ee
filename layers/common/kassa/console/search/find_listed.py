"""Find what an amount is of, and payouts by their ids.

No index knows amounts, so they are looked for among what people look at: what waits for a decision,
what is owed, and the newest payments of two days; a page of each.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from kassa.api import payment_lists
from kassa.billing.receivables.store import Receivables
from kassa.console.search.hit import Hit, of_payment, of_payout, of_receivable, of_refund
from kassa.core.money import Money
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.items import partition
from kassa.platform import clock, keys, table
from kassa.platform.index_pages import PAGE_MAX, PageRequest
from kassa.platform.settings import settings
from kassa.refunds.find_payment import accounts
from kassa.refunds.lists import RefundQueues

PAGE = PageRequest(None, PAGE_MAX)


def find_payouts(text: str) -> Iterator[Hit]:
    """Yield the payouts of an id, at whichever gateway account."""
    named = [_payout(*account, text) for account in accounts()]
    places = {keys.state(partition(one)): one for one in named}
    found = table.get_all(list(places))  # one call, however many accounts there are
    yield from (of_payout(one) for place, one in places.items() if place in found)


def find_of_amount(money: Money, may: Callable[[str], bool]) -> Iterator[Hit]:
    """Yield what an amount is of, as far as whoever asks may see it."""
    if may("GET /console/payments"):
        yield from _payments_of(money)
    if may("GET /console/refunds"):
        yield from _refunds_of(money)
    if may("GET /console/invoices"):
        yield from _invoices_of(money)


def _refunds_of(money: Money) -> Iterator[Hit]:
    waiting = RefundQueues().to_decide(PAGE).cases
    yield from (of_refund(one) for one in waiting if one.request.amount == money)


def _invoices_of(money: Money) -> Iterator[Hit]:
    listed, _ = Receivables(settings().merchant_id).outstanding(PAGE)
    for one in listed:
        of_it = {one.of.gross_minor, one.receivable.open_minor}
        if one.of.currency == money.currency and money.amount_minor in of_it:
            yield of_receivable(one)


def _payments_of(money: Money) -> Iterator[Hit]:
    today = clock.now().date()
    for day in (today, today - timedelta(days=1)):
        listed = payment_lists.of_day(day, payment_lists.PaymentFilter(), PAGE).payments
        yield from (of_payment(one) for one in listed if one.captured == money)


def _payout(gateway: str, account: str, payout_id: str) -> Subject:
    return Subject(gateway=gateway, account=account, kind=SubjectKind.PAYOUT, subject_id=payout_id)

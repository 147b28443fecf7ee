"""Lists of payments, newest first: of a day, a customer or an order, or the one that is named.

Those of a day are the payments whose first event was booked on it. A customer's are found by the
orders that Kassa opened for them, or, at a named gateway, by the id that this gateway has for them.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date
from typing import NamedTuple

from kassa.core.errors import PaymentNotFound
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.items import partition, subject_of, subject_state
from kassa.ledger.lists.days import OF_PAYMENTS, Day, begun_on
from kassa.ledger.payment_details import PaymentDetails, PaymentStatus, payment_details
from kassa.orders import keys as order_keys
from kassa.orders import lists as order_lists
from kassa.orders.lifecycle import OrderLifecycle
from kassa.orders.store import Orders
from kassa.platform import index_pages, keys, table
from kassa.platform.index_pages import Page, PageRequest
from kassa.platform.settings import settings
from kassa.refunds.find_payment import Found, PaymentFinder, accounts


class PaymentPage(Page):
    """Some payments."""

    payments: tuple[PaymentDetails, ...]


class WholeDay(NamedTuple):
    """All payments of a day that fit, newest first, or as many as were read."""

    payments: tuple[PaymentDetails, ...]
    is_whole: bool


class PaymentFilter(NamedTuple):
    """Which payments are asked for."""

    gateway: str | None = None
    account: str | None = None
    status: PaymentStatus | None = None
    currency: str | None = None

    def fits(self, payment: PaymentDetails) -> bool:
        """Tell whether a payment is one of them."""
        is_where = self.gateway in (None, payment.gateway) and self.account in (
            None,
            payment.account,
        )
        is_money = self.currency in (None, payment.currency)
        return is_where and is_money and self.status in (None, payment.status)


def of_day(day: date, payment_filter: PaymentFilter, request: PageRequest) -> PaymentPage:
    """Return a page of the payments whose first event was booked on a UTC day.

    Three reads of the table at most. Of a gateway's, of a currency's, and of those created or
    captured, a page may hold fewer than asked for though more follow.
    """
    of_gateway = f"{payment_filter.gateway}#" if payment_filter.gateway else ""
    of_account = f"{payment_filter.account}#" if of_gateway and payment_filter.account else ""
    begins, is_narrowed = f"{OF_PAYMENTS}{of_gateway}{of_account}", bool(payment_filter.currency)
    asked = Day(day, payment_filter.status, begins, is_narrowed)
    listed = begun_on(asked, request)
    found = table.get_all(list(dict.fromkeys((*listed.places, *listed.waiting)))).values()
    begun = [one for one in found if str(one.get("begun_at", ""))[:10] == day.isoformat()]
    newest = sorted(begun, key=lambda one: (one["begun_at"], one["PK"]), reverse=True)
    read = [(one, payment_details(subject_of(one), subject_state(one))) for one in newest]
    fitting = [(one, payment) for one, payment in read if payment_filter.fits(payment)]
    cursor = listed.next_cursor
    if len(fitting) > request.limit:
        fitting = fitting[: request.limit]
        cursor = asked.behind(fitting[-1][0])
    payments = tuple(payment for _, payment in fitting)
    return PaymentPage(payments=payments, has_more=cursor is not None, next_cursor=cursor)


def whole_day(
    day: date, payment_filter: PaymentFilter, most: int, goes_on: Callable[[], bool]
) -> WholeDay:
    """Return all of a day's payments that fit, page by page, as long as it `goes_on`."""
    found: list[PaymentDetails] = []
    request = PageRequest(None, table.AT_ONCE)
    while True:
        page = of_day(day, payment_filter, request)
        found += page.payments
        if page.next_cursor is None or len(found) >= most or not goes_on():
            is_whole = page.next_cursor is None and len(found) <= most
            return WholeDay(tuple(found[:most]), is_whole)
        request = PageRequest(page.next_cursor, table.AT_ONCE)


def of_customer(
    customer_id: str, payment_filter: PaymentFilter, request: PageRequest
) -> PaymentPage:
    """Return a page of a customer's payments."""

    def by_gateway(entries: list[table.Item]) -> list[tuple[str, PaymentDetails]]:
        found = table.get_all([keys.Key(entry["PK"], entry["SK"]) for entry in entries])
        named = ((str(one["GSI1SK"]), found.get(keys.Key(one["PK"], one["SK"]))) for one in entries)
        subjects = ((at, subject_of(item)) for at, item in named if item)
        payments = ((at, one) for at, one in subjects if one.kind is SubjectKind.PAYMENT)
        return _fitting(payments, payment_filter)

    def by_orders(entries: list[table.Item]) -> list[tuple[str, PaymentDetails]]:
        orders = order_lists.cases(entries)
        paid = ((at, subject) for at, case in orders for subject in _paid(case.lifecycle))
        return _fitting(paid, payment_filter)

    if payment_filter.gateway is None:
        listed = order_keys.of_customer(settings().merchant_id, customer_id)
        return _page([listed], request, by_orders)
    listed = keys.customer(payment_filter.gateway, payment_filter.account or "main", customer_id)
    return _page([listed], request, by_gateway)


def of_order(order_id: str, payment_filter: PaymentFilter) -> PaymentPage:
    """Return all payments of an order, at whichever gateway; they are few."""
    case = Orders(settings().merchant_id).find(order_id)
    subjects = {*(_paid(case.lifecycle) if case else ())}
    for gateway, account in _accounts(payment_filter):
        subjects |= {found.subject for found in PaymentFinder(gateway, account).all_of(order_id)}
    named = ((one.subject_id, one) for one in sorted(subjects, key=str))
    return _whole([payment for _, payment in _fitting(named, payment_filter)])


def named(payment_id: str, payment_filter: PaymentFilter) -> PaymentPage:
    """Return the payments of an id, or of a charge's: one, or none."""
    found: list[Found] = []
    for gateway, account in _accounts(payment_filter):
        with suppress(PaymentNotFound):
            found.append(PaymentFinder(gateway, account).by_id(payment_id))
    read = [payment_details(one.subject, one.state) for one in found]
    return _whole([one for one in read if payment_filter.fits(one)])


def _accounts(payment_filter: PaymentFilter) -> Iterator[tuple[str, str]]:
    """Yield the gateway accounts to look at: the one that is named, or all there are."""
    gateway, account = payment_filter.gateway, payment_filter.account
    if gateway is None or (gateway == "manual" and account is None):
        yield from (one for one in accounts() if gateway in (None, one[0]))
    else:
        yield gateway, account or "main"


def _paid(lifecycle: OrderLifecycle) -> Iterator[Subject]:
    for one in (*lifecycle.payers, *lifecycle.duplicate_payments, *lifecycle.part_payments):
        names = {"gateway": one.gateway, "account": one.account, "kind": SubjectKind.PAYMENT}
        yield Subject.model_validate(names | {"subject_id": one.payment_id})


def _fitting(
    named: Iterable[tuple[str, Subject]], payment_filter: PaymentFilter
) -> list[tuple[str, PaymentDetails]]:
    """Read how payments stand, once each, and leave out what isn't asked for."""
    where = {subject: at for at, subject in named}
    found = table.get_all([keys.state(partition(subject)) for subject in where])
    details = [
        (at, payment_details(subject, subject_state(found[keys.state(partition(subject))])))
        for subject, at in where.items()
        if keys.state(partition(subject)) in found
    ]
    return [one for one in details if payment_filter.fits(one[1])]


def _page(
    partitions: list[str], request: PageRequest, fetch: index_pages.Fetch[PaymentDetails]
) -> PaymentPage:
    payments, cursor = index_pages.newest(partitions, request, fetch)
    return PaymentPage(payments=payments, has_more=cursor is not None, next_cursor=cursor)


def _whole(payments: list[PaymentDetails]) -> PaymentPage:
    return PaymentPage(payments=tuple(payments), has_more=False, next_cursor=None)

"""Find what is held of a customer: their orders, payments, documents, requests and deliveries."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from typing import NamedTuple

from kassa.billing.receivables.store import Receivables
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.items import partition
from kassa.orders import keys as order_keys
from kassa.orders.store import Orders
from kassa.orders.views import OrderCase
from kassa.platform import keys, table
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings
from kassa.privacy.lists import index, listed

GUEST = "order:"  # how the id of a guest begins, who is known by one order alone
_PAGE = 100


class Holdings(NamedTuple):
    """What leads to all else that is held of a customer."""

    orders: tuple[OrderCase, ...]
    payments: tuple[Subject, ...]  # and cards that a gateway keeps for them
    documents: tuple[str, ...]  # numbers of invoices and credit notes
    since: date | None  # the first day anything is known of

    @property
    def paid(self) -> tuple[Subject, ...]:
        """Return the payments without the cards."""
        return tuple(one for one in self.payments if one.kind is SubjectKind.PAYMENT)


def find_holdings(customer_id: str) -> Holdings:
    """Return what is held of a customer, by the shop's id or a gateway's."""
    merchant_id = settings().merchant_id
    places = listed(order_keys.of_customer(merchant_id, customer_id))
    order_ids = [place.rpartition("#")[2] for place in places]
    order_ids += [customer_id.removeprefix(GUEST)] if customer_id.startswith(GUEST) else []
    orders = Orders(merchant_id)
    cases = tuple(case for one in dict.fromkeys(order_ids) if (case := orders.find(one)))
    documents = _documents(customer_id)
    found = [*_of_orders(cases), *_of_accounts(customer_id, cases), *_of_invoices(customer_id)]
    found = _each_once(found)
    payments = tuple(_each_once([*found, *_cards(found)]))
    days = [date.fromisoformat(place[:10]) for place in places]
    days += [one.submitted_at.date() for case in cases for one in case.lifecycle.attempts]
    return Holdings(cases, payments, documents, min(days, default=None))


def _each_once(subjects: Iterable[Subject]) -> list[Subject]:
    """Return subjects without repeats: an order, an account and an invoice may name the same."""
    return list({partition(one): one for one in subjects}.values())


def _of_orders(cases: Iterable[OrderCase]) -> Iterator[Subject]:
    for case in cases:
        lifecycle = case.lifecycle
        known = (*lifecycle.payers, *lifecycle.duplicate_payments, *lifecycle.part_payments)
        yield from (one.subject for one in known)


def _of_accounts(customer_id: str, cases: Iterable[OrderCase]) -> Iterator[Subject]:
    """Yield what gateway accounts list under the customer, or under an order of theirs."""
    for gateway, account in _accounts():
        of_customer = index(keys.customer(gateway, account, customer_id))
        for entry in chain.from_iterable(of_customer):
            yield _subject(str(entry["PK"]))
        listings = (keys.order(gateway, account, case.order.order_id) for case in cases)
        for payment_id in chain.from_iterable(map(listed, listings)):
            yield _payment(gateway, account, payment_id)


def _cards(payments: Iterable[Subject]) -> list[Subject]:
    """Return what a gateway reported beside payments of the customer whom it named in them."""
    states = table.get_all([keys.state(partition(one)) for one in payments])
    listings = {str(item["GSI1PK"]) for item in states.values() if "GSI1PK" in item}
    listed_there = chain.from_iterable(page for one in sorted(listings) for page in index(one))
    subjects = (_subject(str(entry["PK"])) for entry in listed_there)
    return [one for one in subjects if one.kind is SubjectKind.OBJECT]


def _of_invoices(customer_id: str) -> Iterator[Subject]:
    """Yield the payments that settled an invoice of the customer's."""
    receivables, cursor = Receivables(settings().merchant_id), None
    while True:
        found, cursor = receivables.of_customer(customer_id, PageRequest(cursor, _PAGE))
        entries = [entry for kept in found for entry in kept.receivable.entries]
        for named in {one.payment for one in entries if one.payment}:
            yield _payment(*named.split("/", 2))
        if cursor is None:
            return


def _payment(gateway: str, account: str, payment_id: str) -> Subject:
    kind = SubjectKind.PAYMENT
    return Subject(gateway=gateway, account=account, kind=kind, subject_id=payment_id)


def _documents(customer_id: str) -> tuple[str, ...]:
    """Return the numbers of the customer's documents, as they are printed."""
    places = listed(keys.billed(settings().merchant_id, customer_id))
    return tuple(place.rpartition("#")[2] for place in places)


def _accounts() -> list[tuple[str, str]]:
    named = [one.strip().partition("/") for one in settings().gateway_accounts.split(",")]
    accounts = [(gateway, account) for gateway, _, account in named if account]
    manual = table.get(keys.manual_accounts(settings().merchant_id)) or {}
    return accounts + [("manual", str(one)) for one in sorted(manual.get("names", ()))]


def _subject(of_partition: str) -> Subject:
    kind, gateway, account, subject_id = keys.subject_named(of_partition)
    return Subject(gateway=gateway, account=account, kind=SubjectKind(kind), subject_id=subject_id)

"""A customer's account: what they were invoiced, paid and got back in a period, in its order.

Its balance is what is owed of invoices, less what the customer paid beyond them: below zero it is
the seller who owes. Each currency is an account of its own.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from pydantic import Field

from kassa.billing.documents.kinds import MovementKind
from kassa.billing.numbering.record import Entry as NumberEntry
from kassa.billing.numbering.record import printed
from kassa.billing.receivables.ageing import Ageing, Credit, OpenItem, aged, credit, open_item
from kassa.billing.receivables.history import Calendar, Change, History
from kassa.billing.receivables.receivable import EntryKind, Receivable
from kassa.core.model import Instant, Model

K, M = EntryKind, MovementKind


class AccountMovement(Model):
    """What raised (debit) or lowered (credit) what a customer owes, and the balance after it."""

    on: date
    kind: MovementKind
    number: str  # of its document; a payment's is the invoice's that it settled
    debit_minor: int = 0
    credit_minor: int = 0
    balance_minor: int  # below zero: the seller owes


class CurrencyAccount(Model):
    """An account in one currency, over a period; minor units."""

    currency: str
    opening_minor: int
    movements: tuple[AccountMovement, ...]
    closing_minor: int
    open_items: tuple[OpenItem, ...]  # at the end of the period, first due first
    credits: tuple[Credit, ...]  # of invoices that were paid beyond what is owed
    ageing: Ageing


class AccountStatement(Model):
    """A customer's account over a period, both days included, by the merchant's calendar."""

    merchant_id: str
    customer_id: str
    first_day: date = Field(serialization_alias="from")
    until: date
    accounts: tuple[CurrencyAccount, ...]


class Invoiced(NamedTuple):
    """An invoice and all that happened to it."""

    of: NumberEntry
    receivable: Receivable


class Period(NamedTuple):
    """The days that a statement is of, both included."""

    first: date
    last: date


class _Moved(NamedTuple):
    on: date
    at: Instant
    kind: MovementKind
    number: str
    minor: int  # above zero it is owed


def accounts(
    invoices: Iterable[Invoiced], period: Period, calendar: Calendar
) -> tuple[CurrencyAccount, ...]:
    """Return a customer's account in each currency that anything was invoiced in by then."""
    by_currency: dict[str, list[Invoiced]] = {}
    for one in invoices:
        if one.of.issued_on <= period.last:
            by_currency.setdefault(one.of.currency, []).append(one)
    return tuple(
        _account(currency, by_currency[currency], period, calendar)
        for currency in sorted(by_currency)
    )


def _account(
    currency: str, invoices: list[Invoiced], period: Period, calendar: Calendar
) -> CurrencyAccount:
    histories = [(one, History(one.receivable, one.of.issued_on, calendar)) for one in invoices]
    moved = [move for one, history in histories for move in _moves(one.of, history)]
    moved.sort(key=attrgetter("on", "at"))  # at one instant: as they were entered
    opening_minor = sum(one.minor for one in moved if one.on < period.first)
    within = [one for one in moved if period.first <= one.on <= period.last]
    standing = [(one.of, history.as_of(period.last)) for one, history in histories]
    items = [open_item(of, receivable, period.last) for of, receivable in standing]
    open_items = sorted(filter(None, items), key=attrgetter("due_on", "number"))
    credits = [one for one in (credit(*each) for each in standing) if one]
    [ageing] = aged(open_items, credits) or [Ageing(currency=currency)]
    return CurrencyAccount(
        currency=currency,
        opening_minor=opening_minor,
        movements=tuple(_with_balance(within, opening_minor)),
        closing_minor=opening_minor + sum(one.minor for one in within),
        open_items=tuple(open_items),
        credits=tuple(credits),
        ageing=ageing,
    )


def _with_balance(moved: Iterable[_Moved], balance_minor: int) -> Iterator[AccountMovement]:
    for one in moved:
        balance_minor += one.minor
        yield AccountMovement(
            on=one.on,
            kind=one.kind,
            number=one.number,
            debit_minor=max(one.minor, 0),
            credit_minor=max(-one.minor, 0),
            balance_minor=balance_minor,
        )


def _moves(of: NumberEntry, history: History) -> Iterator[_Moved]:
    """Yield the rows of an invoice; an entry that gives up a rest has two."""
    invoice = printed(of.series, of.number)
    for change in history.changes():
        entry = change.entry
        minor = change.owed_minor - change.paid_minor
        number = invoice if entry.kind is K.CREDIT_MOVED else entry.number or invoice
        if minor:
            yield _Moved(change.on, entry.at, _kind(change), number, minor)
        if change.written_minor:
            kind = M.WRITE_OFF if change.written_minor > 0 else M.WRITE_OFF_REVERSED
            yield _Moved(change.on, entry.at, kind, invoice, -change.written_minor)


def _kind(change: Change) -> MovementKind:
    """Return what an entry is called; what an invoice without tax gives back has no note."""
    entry = change.entry
    if entry.kind is K.CREDITED and entry.number is None:
        return M.CREDIT
    return _KINDS[entry.kind]


_KINDS = {
    K.ISSUED: M.INVOICE,
    K.CREDITED: M.CREDIT_NOTE,
    K.CREDIT_VOIDED: M.CREDIT_REVERSED,
    K.SETTLED: M.PAYMENT,
    K.REVERSED: M.PAYMENT_REVERSED,
    K.REFUNDED: M.REFUND,
    K.REFUND_REVERSED: M.REFUND_REVERSED,
    K.CREDIT_MOVED: M.CREDIT_MOVED,
    K.VOIDED: M.VOID,
    K.LATE_FEE: M.LATE_FEE,
    K.LATE_INTEREST: M.LATE_INTEREST,
    K.LATE_CHARGE_WAIVED: M.LATE_CHARGE_WAIVED,
}

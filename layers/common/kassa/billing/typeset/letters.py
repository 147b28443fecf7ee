"""What letters about what is owed say: a reminder of overdue invoices, a statement of account.

They are worked out by who sends them; here they are only put into words. Both print a table, and
what is due; a statement also what is open of each invoice.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from kassa.billing.documents.kinds import MovementKind
from kassa.billing.documents.lines import Minor
from kassa.billing.typeset.parties import (
    Fact,
    buyer_fields,
    payment_facts,
    payment_fields,
    seller_fields,
)
from kassa.billing.typeset.payment_qr import Transfer
from kassa.billing.typeset.texts import Phrase, Wording
from kassa.billing.typeset.totals_rows import Rows
from kassa.core.model import Model
from kassa.customers.parties import BankAccount, LanguageTag, Party

ROWS_MAX = 2000
Number = Annotated[str, Field(min_length=1, max_length=100)]


class Letter(Model):
    """What both letters have: who writes to whom, in which languages and currency."""

    seller: Party
    buyer: Party | None  # none: who was forgotten
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]  # ISO 4217
    languages: Annotated[tuple[LanguageTag, ...], Field(min_length=1, max_length=2)]
    number: Number  # of the letter
    customer_number: Number | None = None
    issued_on: date
    bank_accounts: Annotated[tuple[BankAccount, ...], Field(max_length=3)] = ()
    remittance: Number | None = None
    note: Annotated[str, Field(max_length=2000)] = ""


class OpenInvoice(Model):
    """An invoice of which something is owed."""

    number: Number
    issued_on: date
    due_on: date
    total_minor: Minor
    outstanding_minor: Minor


class Reminder(Letter):
    """A letter that asks for what is overdue; each level is firmer than the one before."""

    level: Annotated[int, Field(ge=1, le=3)] = 1
    pay_by: date
    overdue: Annotated[tuple[OpenInvoice, ...], Field(min_length=1, max_length=ROWS_MAX)]
    fee_minor: Minor = 0
    interest_minor: Minor = 0
    message: Annotated[str, Field(max_length=2000)] | None = None  # instead of ours

    @property
    def due_minor(self) -> int:
        """Return what is to be paid, with fee and interest."""
        owed = sum(one.outstanding_minor for one in self.overdue)
        return owed + self.fee_minor + self.interest_minor


class Movement(Model):
    """One row of a statement: it adds to what is owed, or takes from it."""

    day: date
    kind: MovementKind
    number: Number | None = None  # of its document
    debit_minor: Minor = 0
    credit_minor: Minor = 0


class Bucket(Model):
    """What has been overdue for so many days; the first bucket isn't due yet."""

    from_days: Annotated[int, Field(ge=0)]  # 0: not due yet
    to_days: int | None = None  # none: and more
    minor: int


class Statement(Letter):
    """What a customer owed, what came and went in a period, and what is owed at its end."""

    period: tuple[date, date]
    opening_minor: int = 0  # negative: the seller owes
    movements: Annotated[tuple[Movement, ...], Field(max_length=ROWS_MAX)] = ()
    ageing: Annotated[tuple[Bucket, ...], Field(max_length=8)] = ()
    open_invoices: Annotated[tuple[OpenInvoice, ...], Field(max_length=ROWS_MAX)] = ()

    @property
    def due_minor(self) -> int:
        """Return what is owed at the end."""
        moved = sum(one.debit_minor - one.credit_minor for one in self.movements)
        return self.opening_minor + moved


def transfer_of(letter: Reminder | Statement) -> Transfer:
    """Return what is to be paid, for its QR code."""
    remittance = letter.remittance or letter.number
    accounts = letter.bank_accounts
    return Transfer(letter.seller, accounts, letter.currency, letter.due_minor, remittance)


def reminder_fields(letter: Reminder, wording: Wording) -> dict[str, Any]:
    """Return everything the layout of a reminder prints."""
    facts: list[Fact] = [(wording.label("due_on"), wording.date(letter.pay_by))]
    rows = Rows(letter.currency, wording)
    if letter.fee_minor or letter.interest_minor:
        rows.add("outstanding", sum(one.outstanding_minor for one in letter.overdue))
    for key, minor in (("fee", letter.fee_minor), ("interest", letter.interest_minor)):
        if minor:
            rows.add(key, minor)
    rows.add("total_due", letter.due_minor, is_due=True)
    day = wording.date(letter.pay_by)
    ours = wording.phrase("sentences", f"reminder_{letter.level}", date=day)
    return _shared(letter, wording) | {
        "kind": "reminder",
        "title": wording.phrase("titles", "reminder"),
        "facts": [*_facts(letter, "reminder_number", wording), *facts],
        "message": [letter.message] if letter.message else ours,
        "table": _open_table(letter.overdue, letter, letter.issued_on, wording),
        "totals": rows.rows,
        "payment": _payment(letter, facts, wording),
    }


def statement_fields(letter: Statement, wording: Wording) -> dict[str, Any]:
    """Return everything the layout of a statement prints."""
    rows = Rows(letter.currency, wording)
    rows.add("closing_balance", letter.due_minor, is_due=True)
    return _shared(letter, wording) | {
        "kind": "statement",
        "title": wording.phrase("titles", "statement"),
        "facts": [
            *_facts(letter, "statement_number", wording),
            (wording.label("statement_period"), wording.period(*letter.period)),
        ],
        "message": [],
        "table": _movements_table(letter, wording),
        "totals": rows.rows,
        "ageing": [_bucket(one, letter.currency, wording) for one in letter.ageing],
        "open_table": _open_table(letter.open_invoices, letter, letter.period[1], wording),
        "payment": _payment(letter, [], wording) if letter.due_minor > 0 else None,
    }


def _shared(letter: Letter, wording: Wording) -> dict[str, Any]:
    return {
        "number": letter.number,
        "seller": seller_fields(letter.seller, wording),
        "buyer": buyer_fields(letter.buyer, letter.seller, wording),
        "ageing": [],
        "open_table": None,
        "note": letter.note,
    }


def _facts(letter: Letter, number_key: str, wording: Wording) -> list[Fact]:
    facts: list[tuple[Phrase, str | Phrase | None]] = [
        (wording.label(number_key), letter.number),
        (wording.label("issued_on"), wording.date(letter.issued_on)),
        (wording.label("customer_number"), letter.customer_number),
    ]
    return [(label, value) for label, value in facts if value]


def _payment(letter: Letter, facts: list[Fact], wording: Wording) -> dict[str, Any]:
    facts = payment_facts(letter.remittance or letter.number, wording) + facts
    return payment_fields(letter.bank_accounts, facts, wording)


def _open_table(
    invoices: Iterable[OpenInvoice], letter: Letter, as_of: date, wording: Wording
) -> dict[str, Any] | None:
    """Return what is owed of each invoice on a day; none where there is none."""
    amount = wording.locale.amount
    keys = ("invoice_number", "issued_on", "due_on", "days_overdue", "total", "outstanding")
    rows = [
        [
            [one.number],
            wording.short_date(one.issued_on),
            wording.short_date(one.due_on),
            str(max((as_of - one.due_on).days, 0)),
            amount(one.total_minor, letter.currency),
            amount(one.outstanding_minor, letter.currency),
        ]
        for one in invoices
    ]
    return {"head": [wording.label(key) for key in keys], "rows": rows} if rows else None


def _movements_table(letter: Statement, wording: Wording) -> dict[str, Any]:
    amount, balance = wording.locale.amount, letter.opening_minor
    keys = ("document", "date", "debit", "credit", "balance")
    opening = wording.short_date(letter.period[0])
    shown = amount(balance, letter.currency)
    rows: list[list[Any]] = [[wording.label("opening_balance"), opening, "", "", shown]]
    for one in letter.movements:
        balance += one.debit_minor - one.credit_minor
        phrase = wording.phrase("movements", one.kind.value)
        rows.append([
            [phrase[0] + f" {one.number}" if one.number else phrase[0], *phrase[1:]],
            wording.short_date(one.day),
            amount(one.debit_minor, letter.currency) if one.debit_minor else "",
            amount(one.credit_minor, letter.currency) if one.credit_minor else "",
            amount(balance, letter.currency),
        ])  # fmt: skip
    return {"head": [wording.label(key) for key in keys], "rows": rows}


def _bucket(one: Bucket, currency: str, wording: Wording) -> dict[str, Any]:
    low, high = str(one.from_days), str(one.to_days)
    if not one.from_days:
        label = wording.label("not_due")
    elif one.to_days is None:
        label = wording.label("days_over", **{"from": str(one.from_days - 1)})
    else:
        label = wording.label("days", **{"from": low, "to": high})
    return {"label": label, "value": wording.locale.amount(one.minor, currency)}

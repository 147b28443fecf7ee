"""A statement of account as the letter that its customer reads."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from kassa.billing.receivables.ageing import LAST_DAYS, Age
from kassa.billing.seller.profile import SellerProfile
from kassa.billing.statements.account import AccountStatement, CurrencyAccount
from kassa.billing.typeset.letters import Bucket, Movement, OpenInvoice, Statement
from kassa.customers.parties import Party

_ID_MAX = 100  # characters of a customer's id on a letter


class Reader(NamedTuple):
    """Who reads the letter, and when it is written."""

    buyer: Party | None  # none: who was forgotten, or never named; then there is their id alone
    language: str
    today: date


def letter_of(statement: AccountStatement, seller: SellerProfile, reader: Reader) -> Statement:
    """Return a statement of one currency as a letter."""
    [account] = statement.accounts
    customer_id = statement.customer_id[:_ID_MAX]
    return Statement(
        seller=seller.party,
        buyer=reader.buyer,
        currency=account.currency,
        languages=(reader.language,),
        number=str(statement.until),
        customer_number=customer_id,
        issued_on=reader.today,
        bank_accounts=seller.bank_accounts,
        remittance=customer_id,
        period=(statement.first_day, statement.until),
        opening_minor=account.opening_minor,
        movements=tuple(_movements(account)),
        ageing=tuple(_buckets(account)),
        open_invoices=tuple(_open_invoices(account)),
    )


def _movements(account: CurrencyAccount) -> Iterator[Movement]:
    for one in account.movements:
        yield Movement(
            day=one.on,
            kind=one.kind,
            number=one.number,
            debit_minor=one.debit_minor,
            credit_minor=one.credit_minor,
        )


def _open_invoices(account: CurrencyAccount) -> Iterator[OpenInvoice]:
    for one in account.open_items:
        yield OpenInvoice(
            number=one.number,
            issued_on=one.issued_on,
            due_on=one.due_on,
            total_minor=one.total_minor,
            outstanding_minor=one.open_minor,
        )


def _buckets(account: CurrencyAccount) -> Iterator[Bucket]:
    before = -1
    for age in Age:
        last = LAST_DAYS.get(age)
        minor = account.ageing.minor_of(age)
        yield Bucket(from_days=before + 1, to_days=last, minor=minor)
        before = last if last is not None else before

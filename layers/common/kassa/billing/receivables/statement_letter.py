"""A statement of account as the letter that its customer reads, in PDF.

A customer's name and address stand here alone, and in no table; of one who was forgotten there is
an id.
"""

from collections.abc import Iterator

from kassa.billing.receivables.account import AccountStatement, CurrencyAccount
from kassa.billing.receivables.ageing import LAST_DAYS, Age
from kassa.billing.receivables.store import Receivables
from kassa.billing.seller.profile import SellerProfile
from kassa.billing.seller.store import seller_of
from kassa.billing.typeset.letters import Bucket, Movement, OpenInvoice, Statement
from kassa.billing.typeset.typeset_document import typeset_letter
from kassa.core.errors import InvalidRequest
from kassa.core.merchant import Merchant
from kassa.customers.parties import Party
from kassa.customers.store import Customers
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest

_ID_MAX = 100  # characters of a customer's id on a letter


def as_pdf(statement: AccountStatement, merchant: Merchant) -> bytes:
    """Return a statement as PDF.

    A letter is in one currency: raises InvalidRequest where the statement has none or several, and
    where nobody said who sells.
    """
    if len(statement.accounts) != 1:
        names = ", ".join(one.currency for one in statement.accounts) or "none"
        raise InvalidRequest(f"currency: name the one of the PDF; the account has {names}")
    seller = seller_of(merchant)
    return typeset_letter(letter_of(statement, merchant, seller), seller.branding)


def letter_of(statement: AccountStatement, merchant: Merchant, seller: SellerProfile) -> Statement:
    """Return a statement in one currency as the letter to its customer.

    It speaks the language of their newest document.
    """
    [account] = statement.accounts
    customer_id = statement.customer_id[:_ID_MAX]
    return Statement(
        seller=seller.party,
        buyer=_buyer(merchant, statement.customer_id),
        currency=account.currency,
        languages=(_language(merchant, statement.customer_id),),
        number=str(statement.until),
        customer_number=customer_id,
        issued_on=merchant.day_of(clock.now()),
        bank_accounts=seller.bank_accounts,
        remittance=customer_id,
        period=(statement.first_day, statement.until),
        opening_minor=account.opening_minor,
        movements=tuple(
            Movement(
                day=one.on,
                kind=one.kind,
                number=one.number,
                debit_minor=one.debit_minor,
                credit_minor=one.credit_minor,
            )
            for one in account.movements
        ),
        ageing=tuple(_buckets(account)),
        open_invoices=tuple(
            OpenInvoice(
                number=one.number,
                issued_on=one.issued_on,
                due_on=one.due_on,
                total_minor=one.total_minor,
                outstanding_minor=one.open_minor,
            )
            for one in account.open_items
        ),
    )


def _buckets(account: CurrencyAccount) -> Iterator[Bucket]:
    before = -1
    for age in Age:
        last = LAST_DAYS.get(age)
        minor = account.ageing.minor_of(age)
        yield Bucket(from_days=before + 1, to_days=last, minor=minor)
        before = last if last is not None else before


def _buyer(merchant: Merchant, customer_id: str) -> Party | None:
    """Return who the customer is, as was said last; none where nobody knows any more."""
    known = Customers(merchant.merchant_id).buyers(customer_id)
    return known[0].buyer.party if known else None


def _language(merchant: Merchant, customer_id: str) -> str:
    receivables = Receivables(merchant.merchant_id)
    [newest], _ = receivables.documents_of_customer(customer_id, PageRequest(limit=1))
    return newest.language or merchant.language

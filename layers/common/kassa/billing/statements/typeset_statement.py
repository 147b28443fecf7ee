"""Typeset a statement of account, addressed to its customer.

Their name and address stand in the letter alone, and in no table; of one who was forgotten there
is an id.
"""

from kassa.billing.receivables.store import Receivables
from kassa.billing.seller.store import seller_of
from kassa.billing.statements.account import AccountStatement
from kassa.billing.statements.statement_letter import Reader, letter_of
from kassa.billing.typeset.typeset_document import typeset_letter
from kassa.core.errors import InvalidRequest
from kassa.core.merchant import Merchant
from kassa.customers.parties import Party
from kassa.customers.store import Customers
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest


def typeset_statement(statement: AccountStatement, merchant: Merchant) -> bytes:
    """Return a statement as PDF, in the language of its customer's newest document.

    A letter is in one currency: raises InvalidRequest where the statement has none or several, and
    where nobody said who sells.
    """
    if len(statement.accounts) != 1:
        names = ", ".join(one.currency for one in statement.accounts) or "none"
        raise InvalidRequest(f"currency: name the one of the PDF; the account has {names}")
    seller, customer_id = seller_of(merchant), statement.customer_id
    today = merchant.day_of(clock.now())
    reader = Reader(_buyer(merchant, customer_id), _language(merchant, customer_id), today)
    return typeset_letter(letter_of(statement, seller, reader), seller.branding)


def _buyer(merchant: Merchant, customer_id: str) -> Party | None:
    """Return who the customer is, as was said last; none where nobody knows any more."""
    known = Customers(merchant.merchant_id).buyers(customer_id)
    return known[0].buyer.party if known else None


def _language(merchant: Merchant, customer_id: str) -> str:
    receivables = Receivables(merchant.merchant_id)
    newest, _ = receivables.documents_of_customer(customer_id, PageRequest(limit=10))
    return next((one.language for one in newest if one.language), merchant.language)

"""Read what a customer bought, paid and got back, and whether they may be written to."""

from kassa.billing.invoices import lists as invoice_lists
from kassa.console.pages.customers import CustomerRead
from kassa.core.errors import CustomerNotFound
from kassa.customers.store import Customers
from kassa.ledger.items import partition, subject_state
from kassa.ledger.payment_details import PaymentDetails, payment_details
from kassa.platform import keys, table
from kassa.platform.settings import settings
from kassa.privacy import erasure_store
from kassa.privacy.export_customer import consents_of
from kassa.privacy.find_holdings import Holdings, find_holdings

DOCUMENTS_MAX = 100  # the newest, as many as are read at once


def read_customer(customer_id: str) -> CustomerRead:
    """Return what there is of a customer; raise CustomerNotFound where nothing ever was.

    It is read by what leads to it, and never day by day as an export is.
    """
    merchant_id = settings().merchant_id
    holdings, erasure = find_holdings(customer_id), erasure_store.find(customer_id)
    buyers = Customers(merchant_id).buyers(customer_id)
    if not (buyers or erasure or holdings.orders or holdings.payments or holdings.documents):
        raise CustomerNotFound(f"nothing is held of a customer {customer_id[:80]}")
    numbers = holdings.documents[-DOCUMENTS_MAX:]
    return CustomerRead(
        buyer=buyers[0].buyer if buyers else None,
        orders=holdings.orders,
        payments=_payments(holdings),
        documents=tuple(invoice_lists.found_all(merchant_id, numbers).values()),
        consents=tuple(consents_of(buyers)),
        erasure=erasure,
    )


def _payments(holdings: Holdings) -> tuple[PaymentDetails, ...]:
    """Return how the customer's payments stand, all read at once."""
    places = {keys.state(partition(one)): one for one in holdings.paid}
    found = table.get_all(list(places))
    known = ((one, found[place]) for place, one in places.items() if place in found)
    return tuple(payment_details(one, subject_state(item)) for one, item in known)

"""How the payment of a refund stands, and whether its invoice is still to come."""

from kassa.billing.invoices.sale import is_taxed
from kassa.core.facts import FactMetadata
from kassa.core.merchant import Merchant
from kassa.core.money import Money
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.items import partition, subject_state
from kassa.ledger.state import SubjectState
from kassa.orders.store import Orders
from kassa.platform import keys, table


def find_refunded_payment(metadata: FactMetadata) -> SubjectState:
    """Return how the payment of a refund's fact stands."""
    subject = Subject(
        gateway=metadata.gateway,
        account=metadata.account,
        kind=SubjectKind.PAYMENT,
        subject_id=metadata.subject_id,
    )
    return subject_state(table.get(keys.state(partition(subject))))


def is_invoice_awaited(state: SubjectState, merchant: Merchant) -> bool:
    """Tell whether a payment's invoice states tax: where it isn't there, it is still to come."""
    if state.order_id is None or state.currency is None:
        return False
    paid = Money(amount_minor=state.captured_minor, currency=state.currency)
    return is_taxed(Orders(merchant.merchant_id).content(state.order_id), merchant, paid)

"""Find what is known of the customer of a disputed payment: who they are, what they were sent.

Whoever was erased isn't found any more. Mails of invoices aren't found here: their facts are the
invoice's, and it goes with the answer itself.
"""

from collections.abc import Iterator, Sequence

from kassa.customers.parties import Buyer
from kassa.customers.store import Customers
from kassa.deliveries import keys as delivery_keys
from kassa.deliveries.delivery import Channel, delivery_id
from kassa.deliveries.items import delivery_of
from kassa.disputes.answers.evidence import KnownMessage
from kassa.disputes.dispute import Dispute
from kassa.gateways.events import ObjectKind
from kassa.ledger.state import SubjectState
from kassa.platform import table
from kassa.refunds.risk import customer_history

# Messages about a payment or its refunds, by their templates' names.
_MESSAGES = ("refund_paid", "refund_failed", "payment_failed")
_FACTS_MAX = 30  # of a payment: a hundred places are read at once


def find_buyer(dispute: Dispute, customer_id: str | None, order_id: str | None) -> Buyer | None:
    """Return the buyer as the order named them."""
    customers = Customers(dispute.merchant_id)
    return customers.buyer_for(customer_id, order_id) if customer_id else None


def find_country(state: SubjectState) -> str | None:
    """Return where the card was issued, or else where its payer is."""
    charges = state.of(ObjectKind.CHARGE, "captured").values()
    return next((one.card_country for one in charges if one.card_country), None)


def find_messages(
    dispute: Dispute, customer_id: str | None, fact_ids: Sequence[str]
) -> Iterator[KnownMessage]:
    """Yield what was sent to the customer of the payment's own facts, and what became of it."""
    if customer_id is None:
        return
    recipient = f"customer:{customer_id}"
    named = [
        delivery_id(fact_id, Channel.MAIL, message, recipient)
        for fact_id in fact_ids[-_FACTS_MAX:]
        for message in _MESSAGES
    ]
    places = [delivery_keys.delivery(dispute.merchant_id, one) for one in named]
    found = table.get_all(places)
    for item in found.values():
        one = delivery_of(item)
        if one.attempted_at is not None:
            yield KnownMessage(message=one.message, status=one.status, at=one.attempted_at)


def find_other_payments(dispute: Dispute, customer_id: str | None) -> int:
    """Return how many other payments of the customer nobody disputed."""
    if customer_id is None:
        return 0
    found = customer_history.of_orders(dispute.merchant_id, customer_id)
    at_gateway = customer_history.CustomerHistories(dispute.gateway, dispute.account)
    found = found or at_gateway.of(customer_id)
    return max(0, found.payments - max(1, found.disputed)) if found else 0

"""Gather what Kassa holds of a disputed payment: its events, order, buyer, invoice and messages.

It only reads. What a customer was erased of isn't found any more, and so isn't sent.
"""

from collections.abc import Iterator, Sequence

from kassa.billing.numbering.record import printed
from kassa.billing.numbering.store import Numbers
from kassa.core.money import Money
from kassa.disputes.answers.evidence import Known, KnownLine, KnownRefund
from kassa.disputes.answers.find_customer import (
    find_buyer,
    find_country,
    find_messages,
    find_other_payments,
)
from kassa.disputes.dispute import Dispute
from kassa.gateways.events import ObjectKind
from kassa.ledger.lists.events import EventLists
from kassa.ledger.payment_details import payment_details
from kassa.ledger.state import SubjectState
from kassa.orders.store import Orders
from kassa.platform import keys

_REFUNDS = ("pending", "requires_action", "succeeded", "failed", "canceled")


def gather_evidence(dispute: Dispute) -> Known:
    """Return all that is known of a disputed payment."""
    history = EventLists().everything(dispute.ref.payment)
    state = history.state
    details = payment_details(history.subject, state)
    order = Orders(dispute.merchant_id).content(state.order_id) if state.order_id else None
    customer_id = order.customer_id if order and order.customer_id else state.customer_id
    fact_ids = [fact.metadata.fact_id for one in history.events for fact in one.facts]
    number, document = _invoice(dispute, state, fact_ids)
    lines = [
        KnownLine(
            name=one.name,
            quantity=one.quantity,
            amount=Money(amount_minor=one.amount_minor, currency=order.currency if order else ""),
        )
        for one in (order.lines if order else ())
    ]
    return Known(
        order_id=state.order_id,
        customer_id=customer_id,
        captured=details.captured,
        captured_at=details.captured_at,
        method=details.method,
        brand=details.brand,
        card_country=find_country(state),
        lines=tuple(lines),
        channel=order.channel if order else None,
        buyer=find_buyer(dispute, customer_id, state.order_id),
        invoice_number=number,
        invoice_key=document,
        refunds=tuple(_refunds(state)),
        messages=tuple(find_messages(dispute, customer_id, fact_ids)),
        earlier_payments=find_other_payments(dispute, customer_id),
    )


def _invoice(
    dispute: Dispute, state: SubjectState, fact_ids: Sequence[str]
) -> tuple[str | None, str | None]:
    """Return the number of the payment's invoice, and where its document lies."""
    sources = [one for one in fact_ids if ":captured" in one]
    if state.order_id:
        sources.append(keys.of_order(dispute.merchant_id, state.order_id))
    for source in sources:
        item = Numbers().of_source(source)
        if item is not None:
            number = printed(str(item["series"]), int(item["number"]))
            return number, item.get("document_key")
    return None, None


def _refunds(state: SubjectState) -> Iterator[KnownRefund]:
    for refund_id, known in state.of(ObjectKind.REFUND, *_REFUNDS).items():
        yield KnownRefund(
            refund_id=refund_id, amount=known.amount, state=known.state, at=known.instant
        )

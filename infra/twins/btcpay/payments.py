"""One payment of an invoice as the API and the webhooks show it."""

from infra.twins.answers import Body
from infra.twins.btcpay import coins
from infra.twins.btcpay.store import Invoice, Payment, Store


def method_id(store: Store) -> str:
    """Return the one payment method that the store takes."""
    return f"{store.switches.coin}-CHAIN"


def payment_shown(invoice: Invoice, payment: Payment) -> Body:
    """Show one payment of an invoice."""
    return {
        "id": payment.id,
        "receivedDate": payment.received_s,
        "value": coins.text(payment.value),
        "fee": coins.text(payment.fee),
        "status": payment.status,
        "destination": invoice.address,
    }

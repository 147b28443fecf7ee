"""One payment of an invoice as the API and the webhooks show it."""

from infra.fake_gateways.btcpay import coins
from infra.fake_gateways.btcpay.store import Invoice, Payment, Store
from infra.fake_gateways.kit.answers import Body


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

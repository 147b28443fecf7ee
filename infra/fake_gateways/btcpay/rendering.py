"""Invoices, pull payments and payouts as the API shows them."""

from decimal import ROUND_HALF_UP, Decimal

from infra.fake_gateways.btcpay import coins, invoices
from infra.fake_gateways.btcpay.payments import method_id, payment_shown
from infra.fake_gateways.btcpay.store import Invoice, Payment, Payout, PullPayment, Store
from infra.fake_gateways.kit import iso4217
from infra.fake_gateways.kit.answers import Body


def invoice_shown(store: Store, invoice: Invoice) -> Body:
    """Show an invoice."""
    paid = invoices.worth(invoice, "Processing", "Settled")
    places = Decimal(1).scaleb(-iso4217.digits(invoice.currency))
    return {
        "id": invoice.id,
        "storeId": store.switches.store_id,
        "amount": coins.text(invoice.price),
        "paidAmount": coins.text(paid.quantize(places, ROUND_HALF_UP)),
        "currency": invoice.currency,
        "type": "Standard" if invoice.price else "TopUp",
        "checkoutLink": (store.switches.pages or f"{store.switches.base}/i/") + invoice.id,
        "createdTime": invoice.created_s,
        "expirationTime": invoice.expires_s,
        "monitoringExpiration": invoice.monitored_s,
        "status": invoice.status,
        "additionalStatus": invoice.additional,
        "availableStatusesForManualMarking": invoices.markable(invoice),
        "archived": invoice.is_archived,
        "metadata": dict(invoice.metadata),
        "checkout": {"paymentMethods": [method_id(store)]} | invoice.checkout,
        "receipt": {"enabled": True, "showQR": None, "showPayments": None},
    }


def method_shown(store: Store, invoice: Invoice) -> Body:
    """Show how an invoice can be paid, and what was paid so."""
    paid = sum((one.value for one in _accounted(invoice)), Decimal())
    total = coins.coins_for(invoice.price, invoice.rate)
    return {
        "paymentMethodId": method_id(store),
        "currency": store.switches.coin,
        "destination": invoice.address,
        "paymentLink": f"bitcoin:{invoice.address}?amount={coins.text(total)}",
        "rate": coins.text(invoice.rate),
        "paymentMethodPaid": coins.text(paid),
        "totalPaid": coins.text(paid),
        "due": coins.text(total - paid),
        "amount": coins.text(total),
        "paymentMethodFee": "0",
        "payments": [payment_shown(invoice, one) for one in _accounted(invoice)],
        "activated": True,
        "additionalData": {},
    }


def pull_payment_shown(store: Store, pull_payment: PullPayment) -> Body:
    """Show a pull payment; of which invoice it is isn't among what BTCPay shows."""
    return {
        "id": pull_payment.id,
        "name": pull_payment.name,
        "description": pull_payment.description,
        "currency": pull_payment.currency,
        "amount": coins.text(pull_payment.amount),
        "startsAt": pull_payment.begun_s,
        "expiresAt": None,
        "BOLT11Expiration": "30",
        "autoApproveClaims": pull_payment.is_auto_approved,
        "archived": pull_payment.is_archived,
        "viewLink": f"{store.switches.base}/pull-payments/{pull_payment.id}",
    }


def payout_shown(store: Store, payout: Payout) -> Body:
    """Show one claim of a pull payment."""
    pull_payment = store.pull_payments[payout.pull_payment_id]
    is_done = payout.state == "Completed"
    return {
        "id": payout.id,
        "revision": payout.revision,
        "pullPaymentId": payout.pull_payment_id,
        "date": str(payout.claimed_s),
        "destination": payout.destination,
        "originalCurrency": pull_payment.currency,
        "originalAmount": coins.text(payout.amount),
        "payoutCurrency": store.switches.coin,
        "payoutAmount": None if payout.coins is None else coins.text(payout.coins),
        "payoutMethodId": method_id(store),
        "state": payout.state,
        "paymentProof": {"proofType": "PayoutTransactionOnChainBlob"} if is_done else None,
        "metadata": {},
    }


def _accounted(invoice: Invoice) -> list[Payment]:
    return [one for one in invoice.payments if one.status != "Invalid"]

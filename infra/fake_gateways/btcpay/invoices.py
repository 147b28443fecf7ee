"""An invoice's lifecycle: coins arrive and are confirmed, time passes, people decide."""

from decimal import Decimal
from typing import Any

from infra.fake_gateways.btcpay import coins
from infra.fake_gateways.btcpay.errors import Unknown, invalid
from infra.fake_gateways.btcpay.payments import method_id, payment_shown
from infra.fake_gateways.btcpay.store import Invoice, Payment, Store
from infra.fake_gateways.kit.answers import Body

EXPIRATION_MIN_S = 30.0
_LANGUAGES = {"en", "fi-FI", "ja-JP", "ru-RU", "th-TH", "zh-TW", "de-DE", "fr-FR", "es-ES"}


def create(store: Store, params: Body) -> Invoice:
    """Make an invoice, fix its rate, and plan what time does to it."""
    price = coins.read(params.get("amount") or "0", "amount")
    if not 0 <= price <= coins.AMOUNT_MAX:
        raise invalid("amount", "The amount should be 0 or more, and less than the maximum.")
    currency = str(params.get("currency") or "EUR").upper()
    if not (currency.isascii() and currency.isalpha() and len(currency) == 3):
        raise invalid("currency", "Invalid currency")
    checkout = dict(params.get("checkout") or {})
    expires_s, monitored_s = _times(store, checkout)
    now_s = store.now_s()
    invoice = Invoice(
        id=store.new_id(),
        price=coins.priced(price, currency),
        currency=currency,
        rate=Decimal(store.switches.rate),
        metadata=dict(params.get("metadata") or {}),
        checkout=checkout,
        created_s=now_s,
        expires_s=now_s + int(expires_s),
        monitored_s=now_s + int(expires_s + monitored_s),
        address=f"bc1q{store.new_id(38).lower()}",
    )
    store.invoices[invoice.id] = invoice
    store.schedule.later(expires_s, lambda: expire(store, invoice))
    store.schedule.later(expires_s + monitored_s, lambda: give_up(store, invoice))
    _notify(store, "InvoiceCreated", invoice)
    return invoice


def _times(store: Store, checkout: Body) -> tuple[float, float]:
    """Return after how long an invoice expires, and how long it is watched after that."""
    expires_s = float(checkout.get("expirationMinutes") or store.switches.expiration_s / 60) * 60
    if expires_s < EXPIRATION_MIN_S:
        raise invalid("checkout.expirationMinutes", "Expiration time must be at least 30 seconds")
    language = checkout.get("defaultLanguage")
    if language is not None and language not in _LANGUAGES:
        raise invalid("checkout.defaultLanguage", "The requested defaultLang does not exists")
    return expires_s, float(
        checkout.get("monitoringMinutes") or store.switches.monitoring_s / 60
    ) * 60


def worth(invoice: Invoice, *statuses: str) -> Decimal:
    """Return what an invoice received in payments of these statuses, in its currency."""
    values = (one.value - one.fee for one in invoice.payments if one.status in statuses)
    return sum(values, Decimal()) * invoice.rate


def pay(store: Store, invoice: Invoice, value: Decimal) -> Payment:
    """Coins arrive; the invoice isn't settled before they are confirmed."""
    if value <= 0:
        raise Unknown("a payment sends more than nothing")
    payment = Payment(f"{store.source.getrandbits(256):064x}-0", store.now_s(), value)
    invoice.payments.append(payment)
    is_late = invoice.status not in ("New", "Processing")
    _notify_payment(store, "InvoiceReceivedPayment", invoice, payment)
    paid = worth(invoice, "Processing", "Settled")
    is_whole, is_over = paid >= _least(store, invoice), _is_over(invoice, paid)
    if is_late:
        if invoice.additional != "Marked" and invoice.status == "Expired":
            invoice.additional = "PaidLate" if is_whole else "PaidPartial"
        return payment
    if not is_whole:
        invoice.additional = "PaidPartial"
        return payment
    invoice.additional = "PaidOver" if is_over else "None"
    if invoice.status == "New":
        invoice.status = "Processing"
        _notify(store, "InvoiceProcessing", invoice, overPaid=is_over)
    return payment


def confirm(store: Store, invoice: Invoice) -> None:
    """Every payment that arrived is confirmed; that settles an invoice paid in time."""
    for payment in invoice.payments:
        if payment.status == "Processing":
            payment.status = "Settled"
            _notify_payment(store, "InvoicePaymentSettled", invoice, payment)
    paid = worth(invoice, "Settled")
    if invoice.status == "Processing" and paid >= _least(store, invoice):
        invoice.status = "Settled"
        _notify(
            store, "InvoiceSettled", invoice, manuallyMarked=False, overPaid=_is_over(invoice, paid)
        )


def lose(invoice: Invoice) -> None:
    """The coins that weren't confirmed were spent elsewhere."""
    for payment in invoice.payments:
        if payment.status == "Processing":
            payment.status = "Invalid"


def undo(invoice: Invoice) -> None:
    """The chain was reorganised: confirmed coins were spent elsewhere, and are listed no longer.

    BTCPay lists only what counts (`onlyAccountedPayments`), and sends no webhook of it.
    """
    invoice.payments[:] = [one for one in invoice.payments if one.status != "Settled"]


def expire(store: Store, invoice: Invoice) -> None:
    """The time to pay is over."""
    if invoice.status == "New":
        invoice.status = "Expired"
        _notify(store, "InvoiceExpired", invoice, partiallyPaid=bool(invoice.payments))


def give_up(store: Store, invoice: Invoice) -> None:
    """What was paid in time couldn't be confirmed while the invoice was watched."""
    if invoice.status == "Processing":
        invoice.status, invoice.additional = "Invalid", "None"
        _notify(store, "InvoiceInvalid", invoice, manuallyMarked=False)


def mark(store: Store, invoice: Invoice, status: Any) -> None:
    """A person says how an invoice stands."""
    if status not in markable(invoice):
        raise invalid(
            "status", "Status can only be marked to invalid or settled within certain conditions."
        )
    invoice.status, invoice.additional = status, "Marked"
    over = {"overPaid": False} if status == "Settled" else {}
    _notify(store, f"Invoice{status}", invoice, manuallyMarked=True, **over)


def markable(invoice: Invoice) -> list[str]:
    """Return what a person may say of an invoice."""
    is_marked = invoice.additional == "Marked"
    settles = invoice.status in ("New", "Processing", "Expired", "Invalid")
    spoils = invoice.status in ("New", "Processing", "Expired") or (
        is_marked and invoice.status != "Invalid"
    )
    return ["Settled"] * settles + ["Invalid"] * spoils


def _least(store: Store, invoice: Invoice) -> Decimal:
    return invoice.price * (1 - Decimal(store.switches.tolerance_percent) / 100)


def _is_over(invoice: Invoice, paid: Decimal) -> bool:
    """Return whether more coins came than the price needs; the last satoshi doesn't count."""
    return paid - invoice.price > coins.SATOSHI * invoice.rate


def _notify(store: Store, event_type: str, invoice: Invoice, **fields: Any) -> None:
    named = {"invoiceId": invoice.id, "metadata": dict(invoice.metadata)}
    store.notify(event_type, named | fields)


def _notify_payment(store: Store, event_type: str, invoice: Invoice, payment: Payment) -> None:
    is_late = payment.received_s > invoice.expires_s
    fields = {"paymentMethodId": method_id(store), "payment": payment_shown(invoice, payment)}
    _notify(store, event_type, invoice, afterExpiration=is_late, **fields)

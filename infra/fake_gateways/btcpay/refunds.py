"""Refunds: an invoice's money is offered as a pull payment, claimed, approved and paid out."""

from decimal import Decimal

from infra.fake_gateways.btcpay import coins, invoices
from infra.fake_gateways.btcpay.errors import invalid, problem
from infra.fake_gateways.btcpay.store import Invoice, Payout, PullPayment, Store
from infra.fake_gateways.kit.answers import Body

_WAITING = ("AwaitingApproval", "AwaitingPayment")
_LATE = ("PaidLate", "PaidOver", "PaidPartial")


def offer(store: Store, invoice: Invoice, params: Body) -> PullPayment:
    """Make the pull payment of a refund; nothing keeps two of one name apart."""
    is_late = invoice.status == "Expired" and invoice.additional in _LATE
    if invoice.status not in ("Settled", "Invalid") and not is_late:
        raise problem(400, "non-refundable", "Cannot refund this invoice")
    currency, amount, is_in_coins = _requested(store, invoice, params)
    pull_payment = PullPayment(
        id=store.new_id(),
        name=str(params.get("name") or f"Refund {invoice.id}"),
        description=str(params.get("description") or ""),
        currency=currency,
        amount=amount,
        begun_s=store.now_s(),
        invoice_id=invoice.id,
        is_auto_approved=is_in_coins,
    )
    store.pull_payments[pull_payment.id] = pull_payment
    if store.switches.claim_after_s is not None:
        store.schedule.later(
            store.switches.claim_after_s, lambda: claim_all_and_pay(store, pull_payment)
        )
    return pull_payment


def _requested(store: Store, invoice: Invoice, params: Body) -> tuple[str, Decimal, bool]:
    """Return what is refunded in which currency, and whether that is a coin."""
    variant, coin = params.get("refundVariant"), store.switches.coin
    if variant != "Custom" and (params.get("customAmount") or params.get("customCurrency")):
        raise invalid("customAmount", "CustomAmount should only be set if the variant is Custom")
    paid = sum((one.value for one in invoice.payments if one.status == "Settled"), Decimal())
    match variant:
        case "RateThen" | "CurrentRate":
            rate_now = Decimal(store.switches.rate)
            amount = paid if variant == "RateThen" else paid * invoice.rate / rate_now
            return coin, amount.quantize(coins.SATOSHI), True
        case "Fiat":
            return invoice.currency, _rounded(paid * invoice.rate, invoice.currency), False
        case "OverpaidAmount":
            if invoice.additional != "PaidOver":
                raise invalid("refundVariant", "Invoice is not overpaid")
            return coin, paid - coins.coins_for(invoice.price, invoice.rate), True
        case "Custom":
            return _custom(params, coin)
        case _:
            raise invalid("refundVariant", "Please select a valid refund option")


def _custom(params: Body, coin: str) -> tuple[str, Decimal, bool]:
    currency = str(params.get("customCurrency") or "")
    amount = coins.read(params.get("customAmount"), "customAmount")
    if amount <= 0:
        raise invalid("customAmount", "Amount must be greater than 0")
    if len(currency) != 3 or not currency.isupper():
        raise invalid("customCurrency", "Invalid currency")
    return currency, amount, currency == coin


def _rounded(amount: Decimal, currency: str) -> Decimal:
    return coins.in_currency(coins.in_minor(amount, currency), currency)


def claim(
    store: Store, pull_payment: PullPayment, amount: Decimal | None, destination: str
) -> Payout:
    """A customer claims what is left of a pull payment, or a part of it."""
    if pull_payment.is_archived:
        raise problem(400, "archived", "The pull payment has been archived")
    claimed = sum(
        (one.amount for one in pull_payment.payouts if one.state != "Cancelled"), Decimal()
    )
    requested = pull_payment.amount - claimed if amount is None else amount
    if requested <= 0:
        raise problem(400, "amount-too-low", "The requested payout amount is too low")
    if claimed + requested > pull_payment.amount:
        raise problem(400, "overdraft", "The payout amount overdrafts the pull payment's limit")
    payout = Payout(store.new_id(), pull_payment.id, requested, destination, store.now_s())
    pull_payment.payouts.append(payout)
    notify(store, "PayoutCreated", payout)
    if pull_payment.is_auto_approved:
        approve(store, payout)
    return payout


def approve(store: Store, payout: Payout) -> None:
    """The merchant lets a claim be paid; the rate is fixed now."""
    _must_be(payout, "AwaitingApproval")
    pull_payment = store.pull_payments[payout.pull_payment_id]
    is_in_coins = pull_payment.currency == store.switches.coin
    rate = Decimal(1) if is_in_coins else Decimal(store.switches.rate)
    payout.coins = (payout.amount / rate).quantize(coins.SATOSHI)
    payout.state = "AwaitingPayment"
    notify(store, "PayoutApproved", payout)


def pay(store: Store, payout: Payout, state: str = "Completed") -> None:
    """The coins leave (`InProgress`) and arrive (`Completed`)."""
    if payout.state not in ("AwaitingPayment", "InProgress"):
        _must_be(payout, "AwaitingPayment")
    payout.state = state
    notify(store, "PayoutUpdated", payout)


def cancel(store: Store, payout: Payout) -> None:
    """A claim is called off; what it claimed may be claimed anew."""
    if payout.state not in _WAITING:
        raise problem(400, "invalid-state", f"The payout is {payout.state}")
    payout.state = "Cancelled"
    notify(store, "PayoutUpdated", payout)


def archive(store: Store, pull_payment: PullPayment) -> None:
    """Nobody can claim any more, and the claims that weren't paid are called off."""
    pull_payment.is_archived = True
    for payout in pull_payment.payouts:
        if payout.state in _WAITING:
            cancel(store, payout)


def claim_all_and_pay(store: Store, pull_payment: PullPayment) -> None:
    """A customer claims all that is left, and the merchant pays it out."""
    if pull_payment.is_archived:
        return
    left = pull_payment.amount - sum(
        (one.amount for one in pull_payment.payouts if one.state != "Cancelled"), Decimal()
    )
    if left > 0:
        claim(store, pull_payment, left, f"bc1q{store.new_id(38).lower()}")
    for payout in pull_payment.payouts:
        if payout.state == "AwaitingApproval":
            approve(store, payout)
        if payout.state in ("AwaitingPayment", "InProgress"):
            pay(store, payout)


def refunded_minor(store: Store, invoice: Invoice) -> int:
    """Return what left an invoice, in minor units; coins at the rate they were paid by."""
    total = Decimal()
    for pull_payment in store.pull_payments.values():
        if pull_payment.invoice_id == invoice.id:
            done = [one.amount for one in pull_payment.payouts if one.state == "Completed"]
            is_in_coins = pull_payment.currency == store.switches.coin
            total += sum(done, Decimal()) * (invoice.rate if is_in_coins else 1)
    return coins.in_minor(total, invoice.currency)


def captured_minor(invoice: Invoice) -> int:
    """Return what an invoice brought, in minor units."""
    settled = coins.in_minor(invoices.worth(invoice, "Settled"), invoice.currency)
    price = coins.in_minor(invoice.price, invoice.currency)
    is_plain = invoice.status == "Settled" and invoice.additional != "PaidOver"
    return price if is_plain and settled >= price - 1 else settled


def notify(store: Store, event_type: str, payout: Payout) -> None:
    """Send an event of how a payout stands."""
    named = {"payoutId": payout.id, "pullPaymentId": payout.pull_payment_id}
    store.notify(event_type, named | {"payoutState": payout.state})


def _must_be(payout: Payout, state: str) -> None:
    if payout.state != state:
        raise problem(400, "invalid-state", f"The payout is {payout.state}, not {state}")

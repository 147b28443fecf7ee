"""A BTCPay invoice in our terms: what was received of it, by which rate, and how it stands.

The rule: coins count once their payment is settled, at the rate the invoice fixed, less the
network fee that BTCPay asked the customer to add; the sum is rounded once. What BTCPay calls
settled counts as the invoice's own amount where the two differ by a minor unit at most.

What is surer later counts: a settled invoice whose coins are gone, or that a person marks invalid,
is failed from that moment on, so that what was captured before was taken back. Coins that are
settled stay captured, whatever the invoice is called.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from kassa.core.errors import UnreadableEvent
from kassa.core.money import Money
from kassa.gateways.btcpay.money import decimal, from_btcpay, less, times, total
from kassa.gateways.btcpay.parsing import identity, instant, paid_with, parts
from kassa.gateways.events import ObjectKind, ObjectReport
from kassa.gateways.parsing import Body, text

ROUNDING_MINOR = 1  # a coin's smallest unit, and a cent, can't meet exactly
STATUSES = {"New", "Processing", "Settled", "Expired", "Invalid"}
_CHECKOUT = {"Settled": "completed", "Expired": "expired", "Invalid": "expired"}


class Received(NamedTuple):
    """What came in for an invoice, in its currency."""

    settled: Money
    seen: Money  # settled or not yet
    settled_at: datetime | None  # when the last one of each was recorded
    seen_at: datetime | None


class Moment(NamedTuple):
    """When the state that is read was reported, and by which event; a webhook's time is its own."""

    at: datetime
    gateway_type: str


def object_reports(answer: Body, moment: Moment) -> tuple[ObjectReport, ...]:
    """Report how an invoice's hosted checkout stands, and its charge where anything was paid."""
    invoice = answer["invoice"]
    if invoice.get("status") not in STATUSES:
        raise UnreadableEvent(f"unknown invoice status {invoice.get('status')!r}")
    came_in = received(answer)
    paid = paid_with(_coins(answer))._asdict()
    charges = (charge.model_copy(update=paid) for charge in _charge(invoice, came_in, moment))
    return (_checkout(invoice, came_in), *charges)


def _coins(answer: Body) -> Iterator[str]:
    """Return the coins that anything came in by."""
    for method in parts(answer, "methods"):
        if method.get("payments"):
            yield str(method.get("currency"))


def is_in_coins(answer: Body) -> bool:
    """Return whether an invoice is priced in a cryptocurrency, which ISO 4217 doesn't know."""
    currency = str(answer["invoice"].get("currency"))
    coins = {str(method.get("currency")) for method in parts(answer, "methods")}
    return currency in coins | {"BTC", "SATS"}


def is_marked(invoice: Body) -> bool:
    """Return whether a person decided how the invoice stands."""
    return invoice.get("additionalStatus") == "Marked"


def price(invoice: Body) -> Money:
    """Return what the invoice requests."""
    return from_btcpay(decimal(invoice.get("amount")), _currency(invoice))


def covers(amount: Money, invoice: Body) -> bool:
    """Return whether an amount comes to what an invoice requests; one may request nothing."""
    return 0 < price(invoice).amount_minor <= amount.amount_minor


def rate_of(answer: Body, coin: str) -> Decimal:
    """Return the rate that an invoice fixed for a coin."""
    for method in parts(answer, "methods"):
        if method.get("currency") == coin:
            return decimal(method.get("rate"))
    raise UnreadableEvent(f"the invoice has no rate for {coin}")


def received(answer: Body) -> Received:
    """Add up what came in, each coin at the rate its invoice fixed."""
    currency = _currency(answer["invoice"])
    settled, seen = [], []
    for status, worth, at in _payments(answer):
        if status == "Settled":
            settled.append((worth, at))
        if status in ("Settled", "Processing"):
            seen.append((worth, at))
    return Received(
        settled=from_btcpay(total(worth for worth, _ in settled), currency),
        seen=from_btcpay(total(worth for worth, _ in seen), currency),
        settled_at=max((at for _, at in settled), default=None),
        seen_at=max((at for _, at in seen), default=None),
    )


def _currency(invoice: Body) -> str:
    return str(invoice.get("currency"))


def _payments(answer: Body) -> Iterator[tuple[str, Decimal, datetime]]:
    for method in parts(answer, "methods"):
        for payment in parts(method, "payments"):
            coins = less(decimal(payment.get("value")), decimal(payment.get("fee") or "0"))
            worth = times(coins, decimal(method.get("rate")))
            yield str(payment.get("status")), worth, instant(payment.get("receivedDate"))


def _charge(invoice: Body, came_in: Received, moment: Moment) -> Iterator[ObjectReport]:
    status = invoice["status"]
    if status == "Settled" and _is_gone(invoice, came_in):
        yield _failed(invoice, moment.at, "not_confirmed")
    elif status == "Settled":
        at = _settled_at(invoice, came_in, moment)
        yield _object_report(invoice, "captured", _captured(invoice, came_in), at)
    elif status in ("Expired", "Invalid") and came_in.settled.amount_minor:
        at = _kept_at(invoice, came_in, moment)
        yield _object_report(invoice, "captured", came_in.settled, at)
    elif status == "Invalid" and is_marked(invoice):
        yield _failed(invoice, moment.at, "marked_invalid")
    elif status == "Invalid":
        yield _failed(invoice, _watched_until(invoice, moment) or came_in.seen_at, "not_confirmed")
    elif came_in.seen.amount_minor:
        yield _object_report(invoice, "pending", came_in.seen, came_in.seen_at)


def _is_gone(invoice: Body, came_in: Received) -> bool:
    """Return whether the coins that settled an invoice are listed no longer: spent elsewhere."""
    is_paid = came_in.seen.amount_minor > 0 or price(invoice).amount_minor == 0
    return not (is_paid or is_marked(invoice))


def _failed(invoice: Body, at: datetime | None, reason: str) -> ObjectReport:
    failed = _object_report(invoice, "failed", price(invoice), at)
    return failed.model_copy(update={"reason": reason})


def _settled_at(invoice: Body, came_in: Received, moment: Moment) -> datetime | None:
    """Return when an invoice's coins came in; what a person vouches for, when they did."""
    at = came_in.settled_at or came_in.seen_at
    watched_until = _watched_until(invoice, moment)
    if watched_until is None or not is_marked(invoice):
        return at
    vouched_at = moment.at if moment.gateway_type == "InvoiceSettled" else watched_until
    return max(vouched_at, at or vouched_at)


def _kept_at(invoice: Body, came_in: Received, moment: Moment) -> datetime | None:
    """Return when coins of an invoice that was given up counted, which is after it was."""
    at, watched_until = came_in.settled_at, _watched_until(invoice, moment)
    if at is None or watched_until is None or invoice["status"] != "Invalid":
        return at
    if moment.gateway_type == "InvoicePaymentSettled":
        return max(at, moment.at)
    return at if is_marked(invoice) else max(at, watched_until)


def _watched_until(invoice: Body, moment: Moment) -> datetime | None:
    """Return when BTCPay stopped to watch an invoice, or the moment of reading before that."""
    until = invoice.get("monitoringExpiration")
    return None if until is None else min(instant(until), moment.at)


def _captured(invoice: Body, came_in: Received) -> Money:
    """Return what a settled invoice brought: never less than was received, nothing hidden."""
    invoiced = price(invoice)
    invoiced_minor, got, seen = (
        one.amount_minor for one in (invoiced, came_in.settled, came_in.seen)
    )
    is_over = invoice.get("additionalStatus") == "PaidOver"
    if abs(got - invoiced_minor) <= ROUNDING_MINOR and not is_over:
        return invoiced
    # A store may tolerate a little less; a person who marks an invoice vouches for all of it.
    is_whole = is_marked(invoice) or abs(seen - invoiced_minor) <= ROUNDING_MINOR
    owed = invoiced_minor if is_whole else min(invoiced_minor, seen)
    return invoiced.model_copy(update={"amount_minor": max(owed, got)})


def _checkout(invoice: Body, came_in: Received) -> ObjectReport:
    state = _CHECKOUT.get(invoice["status"], "open")
    times_by_state = {
        "completed": came_in.settled_at or came_in.seen_at,
        "expired": instant(invoice.get("expirationTime")),
    }
    checkout = _object_report(invoice, state, price(invoice), times_by_state.get(state))
    object_id = f"{checkout.object_id}/checkout"
    return checkout.model_copy(update={"object_id": object_id, "kind": ObjectKind.CHECKOUT})


def _object_report(invoice: Body, state: str, amount: Money, at: datetime | None) -> ObjectReport:
    return ObjectReport(
        object_id=identity(invoice.get("id")),
        kind=ObjectKind.CHARGE,
        state=state,
        amount=amount,
        happened_at=at or instant(invoice.get("createdTime")),
    )


def fields(invoice: Body) -> dict[str, str | None]:
    """Return what an invoice says of the order and the customer; ids only."""
    metadata = invoice.get("metadata")
    if not isinstance(metadata, dict):
        metadata = {}
    return {
        "order_id": text(metadata.get("orderId")),
        "customer_id": text(metadata.get("customerId")),
        "language": text(metadata.get("language")),
    }

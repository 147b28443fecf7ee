"""A refund at BTCPay: a pull payment, which the customer claims and the merchant then pays out.

A pull payment doesn't name its invoice; ours say it in their description, those of the dashboard
in their name. Each payout is one claim of it; several may share one pull payment.
"""

import re
from datetime import datetime
from decimal import Decimal

from kassa.core.money import Money
from kassa.gateways.btcpay import payments as invoices
from kassa.gateways.btcpay.money import decimal, from_btcpay, times, total
from kassa.gateways.btcpay.parsing import identity, instant, parts
from kassa.gateways.events import ObjectKind, ObjectReport
from kassa.gateways.parsing import Body, text

_OURS = re.compile(r"Refund of invoice ([\w-]{1,64})", re.ASCII)
_DASHBOARDS = re.compile(r"Refund ([\w-]{1,64})", re.ASCII)
_OVER = {"Completed", "Cancelled"}


def description(invoice_id: str) -> str:
    """Return what a refund of ours says of its invoice; the customer reads it, too."""
    return f"Refund of invoice {invoice_id}"


def invoice_of(pull_payment: Body) -> str | None:
    """Return the invoice that a pull payment refunds; none for one that pays something else."""
    ours = _OURS.search(str(pull_payment.get("description")))
    named = ours or _DASHBOARDS.fullmatch(str(pull_payment.get("name")))
    return named[1] if named else None


def refund(answer: Body) -> ObjectReport:
    """Report how a refund stands: it has left once what was claimed of it is paid out.

    A claim that was cancelled can be made anew, so only an archived pull payment is canceled.
    """
    pull_payment = answer["refund"]
    paid, paid_at, is_under_way = _payouts(answer)
    whole = decimal(pull_payment.get("amount"))
    state, amount = "requires_action", whole
    if paid and (paid >= whole or (pull_payment.get("archived") is True and not is_under_way)):
        state, amount = "succeeded", min(paid, whole)
    elif pull_payment.get("archived") is True and not is_under_way:
        state = "canceled"
    ours = _OURS.search(str(pull_payment.get("description")))
    return ObjectReport(
        object_id=identity(pull_payment.get("id")),
        kind=ObjectKind.REFUND,
        state=state,
        amount=_in_invoice_currency(answer, amount),
        happened_at=paid_at if state == "succeeded" and paid_at else _begun(pull_payment),
        refund_request_id=text(pull_payment.get("name")) if ours else None,
        reference=text(pull_payment.get("viewLink")),
    )


def _payouts(answer: Body) -> tuple[Decimal, datetime | None, bool]:
    """Return what was paid out, when the last payout of it was claimed, and what may follow."""
    payouts = parts(answer, "payouts")
    done = [one for one in payouts if one.get("state") == "Completed"]
    paid = total(decimal(one.get("originalAmount")) for one in done)
    paid_at = max((instant(one.get("date")) for one in done), default=None)
    return paid, paid_at, any(one.get("state") not in _OVER for one in payouts)


def _begun(pull_payment: Body) -> datetime:
    return instant(pull_payment.get("startsAt"))


def _in_invoice_currency(answer: Body, amount: Decimal) -> Money:
    """Return an amount in the invoice's currency; coins at the rate they were paid by."""
    currency, coin = str(answer["invoice"].get("currency")), answer["refund"].get("currency")
    if coin == currency:
        return from_btcpay(amount, currency)
    return from_btcpay(times(amount, invoices.rate_of(answer, str(coin))), currency)

"""BTCPay's hosted checkout: an invoice of the order's amount, payable in the coins the store takes.

BTCPay has no idempotency keys. An invoice carries the order and our name for the attempt, and
is found by them; who repeats an attempt of unknown outcome must look for it first.
"""

from datetime import timedelta
from typing import Any

from kassa.core.errors import GatewayUnavailable, UnreadableEvent
from kassa.gateways.btcpay import client as api
from kassa.gateways.btcpay import look_up as read_back
from kassa.gateways.btcpay import payments as invoices
from kassa.gateways.btcpay.money import to_btcpay
from kassa.gateways.btcpay.parsing import instant
from kassa.gateways.parsing import Body, part
from kassa.gateways.submissions import (
    CheckoutState,
    CheckoutSubmission,
    FoundCheckout,
    OpenedCheckout,
)
from kassa.platform.secrets import ApiAccess

EXPIRATION = timedelta(minutes=30)  # of an attempt that doesn't say
PAGE = "/checkout"  # an invoice's checkout is an object of its own: "<invoice_id>/checkout"
_TAKE = 100  # invoices of one order; more than any order has attempts

# BTCPay refuses a language that it doesn't speak; the store's own is used for any other.
_LANGUAGES = {
    "en": "en",
    "fi": "fi-FI",
    "ja": "ja-JP",
    "ru": "ru-RU",
    "th": "th-TH",
    "zh-Hant": "zh-TW",
}
_STATES = {
    "Settled": CheckoutState.PAID,
    "Expired": CheckoutState.EXPIRED,
    "Invalid": CheckoutState.FAILED,
}
_BEST = (CheckoutState.PAID, CheckoutState.OPEN, CheckoutState.EXPIRED, CheckoutState.FAILED)


def open_checkout(access: ApiAccess, submission: CheckoutSubmission) -> OpenedCheckout:
    """Make an invoice and return its checkout; whoever isn't sure of an earlier try looks first."""
    return _opened(api.post(access, api.store(access, "invoices"), _invoice_body(submission)))


def find_checkout(
    access: ApiAccess, submission: CheckoutSubmission, checkout_id: str | None
) -> FoundCheckout | None:
    """Return a submission's checkout, by its id or by the order and our name in its metadata."""
    if checkout_id:
        answer = read_back.invoice(access, checkout_id.removesuffix(PAGE))
        found = [] if answer is None else [_found(access, answer["invoice"], answer)]
    else:
        found = [
            _found(access, one, read_back.with_payments(access, one))
            for one in _submitted(access, submission)
        ]
    return min(found, key=lambda one: _BEST.index(one.state), default=None)


def _invoice_body(submission: CheckoutSubmission) -> dict[str, Any]:
    checkout: dict[str, Any] = {
        "redirectURL": submission.success_url,
        "redirectAutomatically": True,
        "expirationMinutes": round(_open_for(submission) / timedelta(minutes=1)),
    }
    if submission.language in _LANGUAGES:
        checkout["defaultLanguage"] = _LANGUAGES[submission.language]
    metadata = {
        "orderId": submission.order_id,
        "submission_id": submission.submission_id,
        "customerId": submission.customer_id,
        "language": submission.language,
    }
    return {
        "amount": to_btcpay(submission.amount),
        "currency": submission.amount.currency,
        "metadata": {name: value for name, value in metadata.items() if value is not None},
        "checkout": checkout,
    }


def _open_for(submission: CheckoutSubmission) -> timedelta:
    """Return how long an invoice is to be open; BTCPay counts from when it makes it."""
    return (
        submission.closes_at - submission.submitted_at
        if submission.closes_at and submission.submitted_at
        else EXPIRATION
    )


def _submitted(access: ApiAccess, submission: CheckoutSubmission) -> list[Body]:
    query: api.Query = {"orderId": submission.order_id, "includeArchived": "true", "take": _TAKE}
    listed = api.as_list(api.get(access, api.store(access, "invoices"), query))
    return [
        one
        for one in listed
        if part(one, "metadata").get("submission_id") == submission.submission_id
    ]


def _found(access: ApiAccess, invoice: Body, answer: Body) -> FoundCheckout:
    try:
        return FoundCheckout(state=_state(answer), opened=_opened(invoice | _page(access, invoice)))
    except (UnreadableEvent, KeyError, TypeError, ValueError) as error:
        raise GatewayUnavailable("btcpay: the invoice can't be read") from error


def _page(access: ApiAccess, invoice: Body) -> Body:
    """Return where an invoice's checkout is; its address never changes."""
    return {"checkoutLink": f"{str(access.api_base).rstrip('/')}/i/{invoice.get('id')}"}


def _state(answer: Body) -> CheckoutState:
    """Report how a checkout stands: all that was requested is paid also where it came late.

    While coins are on their way the checkout counts as open, so that nothing else is opened.
    """
    came_in, invoice = invoices.received(answer), answer["invoice"]
    if invoice.get("status") != "Settled":
        if invoices.covers(came_in.settled, invoice):
            return CheckoutState.PAID
        if invoices.covers(came_in.seen, invoice):
            return CheckoutState.OPEN
    return _STATES.get(str(invoice.get("status")), CheckoutState.OPEN)


def _opened(invoice: Any) -> OpenedCheckout:
    made = api.as_object(invoice)
    try:
        return OpenedCheckout(
            checkout_id=f"{made['id']}{PAGE}",
            url=made["checkoutLink"],
            payment_id=made["id"],
            expires_at=instant(made.get("expirationTime")),
        )
    except (UnreadableEvent, KeyError, ValueError) as error:
        raise GatewayUnavailable("btcpay: the invoice can't be read") from error

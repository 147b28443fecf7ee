"""Opens Adyen's hosted checkouts: one payment link for one attempt at an order.

A link closes when the attempt says; Adyen takes up to 70 days, and a day where nothing is said.
"""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.gateways.adyen import client as sdk
from kassa.gateways.adyen.money import to_adyen
from kassa.gateways.adyen.refunds import short
from kassa.gateways.amounts import PricedLine, priced_lines
from kassa.gateways.registry import gateway
from kassa.gateways.submissions import (
    CheckoutState,
    CheckoutSubmission,
    FoundCheckout,
    OpenedCheckout,
)
from kassa.platform import clock
from kassa.platform.secrets import ApiAccess

_STATES = {
    "active": CheckoutState.OPEN,
    "paymentPending": CheckoutState.OPEN,  # the customer is paying
    "completed": CheckoutState.PAID,
    "expired": CheckoutState.EXPIRED,
}


def open_checkout(access: ApiAccess, submission: CheckoutSubmission) -> OpenedCheckout:
    """Open a payment link; submitting the same again opens no second one."""
    params = _params(sdk.shop_of(access), submission)
    if not access.captures_later:  # then an authorisation is a capture, whatever the method
        params["captureDelayHours"] = 0
    links = sdk.of(access).payment_links_api
    key = short(submission.idempotency_key)
    made = sdk.called(lambda: links.payment_links(params, idempotency_key=key))
    if made is None:
        raise GatewayRefused("access_denied", is_retryable=True)
    return _opened(made)


def find_checkout(
    access: ApiAccess, submission: CheckoutSubmission, checkout_id: str | None
) -> FoundCheckout | None:
    """Return a payment link and how it stands.

    Adyen finds none by our name. Without an id the same request is sent again under the same key:
    Adyen answers with the link it opened then, or opens it now; either way it is the one. Once it
    has closed there is none.
    """
    if (
        checkout_id is None
        and submission.closes_at is not None
        and submission.closes_at <= clock.now()
    ):
        return None
    if checkout_id is None:
        checkout_id = open_checkout(access, submission).checkout_id
    links, link_id = sdk.of(access).payment_links_api, quote(checkout_id, safe="")
    found = sdk.called(lambda: links.get_payment_link(link_id))
    if found is None:
        return None
    state = _STATES.get(str(found.get("status")))
    if state is None:
        raise GatewayUnavailable(f"adyen: a link is {found.get('status')!r}")
    return FoundCheckout(state=state, opened=_opened(found))


def _params(shop: str, submission: CheckoutSubmission) -> dict[str, Any]:
    method = gateway("adyen").methods.get(submission.method.value) if submission.method else None
    params: dict[str, Any] = {
        "merchantAccount": shop,
        "reference": submission.order_id,  # signed in every webhook of the payment
        "amount": {"value": to_adyen(submission.amount), "currency": submission.amount.currency},
        "returnUrl": submission.success_url,
        "countryCode": submission.country,
        "shopperLocale": _locale(submission),
        "allowedPaymentMethods": [method] if method else None,
        "lineItems": _lines(submission) or None,
        "metadata": {"submission_id": submission.submission_id},
        "expiresAt": submission.closes_at.isoformat(timespec="seconds")
        if submission.closes_at
        else None,
    }
    return {name: value for name, value in params.items() if value is not None}


def _locale(submission: CheckoutSubmission) -> str | None:
    """Return a language with its country, the only way Adyen knows one."""
    language, _, region = (submission.language or "").partition("-")
    country = region if len(region) == 2 else submission.country
    return f"{language}-{country}" if language and country else None


def _lines(submission: CheckoutSubmission) -> list[dict[str, Any]]:
    """Return the lines that Adyen shows; one that it can't take leaves all of them out."""
    try:
        return [_line(line) for line in priced_lines(submission)]
    except GatewayRefused:
        return []


def _line(line: PricedLine) -> dict[str, Any]:
    """Return a line as Adyen shows it: what one costs, or all together where that isn't even."""
    value = to_adyen(line.price)
    each, rest = divmod(value, line.quantity)
    is_even = not rest
    return {
        "description": line.name if is_even else f"{line.quantity} × {line.name}",
        "quantity": line.quantity if is_even else 1,
        "amountIncludingTax": each if is_even else value,
    }


def _opened(link: dict[str, Any]) -> OpenedCheckout:
    try:
        expires_at = link.get("expiresAt")
        return OpenedCheckout(
            checkout_id=link["id"],
            url=link["url"],
            expires_at=datetime.fromisoformat(expires_at) if expires_at else None,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise GatewayUnavailable("adyen: the answer names no page") from error

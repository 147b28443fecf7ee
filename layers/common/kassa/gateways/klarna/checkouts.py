"""Klarna's hosted checkouts: a session, and a page that pays, places and captures its order."""

from typing import Any
from urllib.parse import quote, urlencode

from kassa.core.errors import GatewayRefused, GatewayUnavailable, UnreadableEvent
from kassa.gateways import registry
from kassa.gateways.amounts import priced_lines
from kassa.gateways.klarna.client import base_of, found, posted, segment
from kassa.gateways.klarna.declines import refuse
from kassa.gateways.klarna.money import to_klarna
from kassa.gateways.klarna.parsing import GATEWAY, Body, instant, text
from kassa.gateways.klarna.payments import merchant_data
from kassa.gateways.klarna.webhook import ATTEMPT, TOKEN, callback_token
from kassa.gateways.submissions import (
    CheckoutState,
    CheckoutSubmission,
    FoundCheckout,
    OpenedCheckout,
)
from kassa.platform import clock
from kassa.platform.secrets import ApiAccess

# A checkout that was left, cancelled or broken can be entered again until its time is over.
_STATES = {
    "COMPLETED": CheckoutState.PAID,
    "FAILED": CheckoutState.FAILED,
    "DISABLED": CheckoutState.EXPIRED,
}
LANGUAGE = "en"  # where an order names none
# Klarna takes a country's own currency alone; euros need a country, Germany unless one is named.
# Source: "Purchase countries, currencies and locales" (docs.klarna.com/klarna-payments).
COUNTRIES = {
    **{"EUR": "DE", "SEK": "SE", "NOK": "NO", "DKK": "DK", "GBP": "GB", "CHF": "CH", "PLN": "PL"},
    **{"CZK": "CZ", "HUF": "HU", "RON": "RO", "USD": "US", "CAD": "CA", "AUD": "AU", "NZD": "NZ"},
    "MXN": "MX",
}


def open_checkout(access: ApiAccess, submission: CheckoutSubmission) -> OpenedCheckout:
    """Open a hosted checkout; where its answer was lost, nobody knows it and nobody can pay it.

    Raises GatewayRefused where Klarna opens none, GatewayUnavailable where nobody knows.
    """
    key = submission.idempotency_key
    session = _made(
        posted(access, "/payments/v1/sessions", _session(access, submission), f"{key}:session")
    )
    url = f"{base_of(access)}/payments/v1/sessions/{segment(str(session.get('session_id')))}"
    page = _made(posted(access, "/hpp/v1/sessions", _page(access, submission, url), f"{key}:page"))
    checkout_id, redirect_url = text(page, "session_id"), text(page, "redirect_url")
    if not checkout_id or not redirect_url:
        raise GatewayUnavailable("klarna: a page without a name")
    return _opened(page, checkout_id, redirect_url)


def find_checkout(
    access: ApiAccess, submission: CheckoutSubmission, checkout_id: str | None
) -> FoundCheckout | None:
    """Return how a checkout stands; Klarna finds none by our name, and forgets those over."""
    if checkout_id is None:
        return None
    page = found(access, f"/hpp/v1/sessions/{segment(checkout_id)}")
    if page is None:
        gone = OpenedCheckout(checkout_id=checkout_id, url="")
        return FoundCheckout(state=CheckoutState.EXPIRED, opened=gone)
    opened = _opened(page, checkout_id, "")
    state = _STATES.get(str(page.get("status")), CheckoutState.OPEN)
    if state is CheckoutState.OPEN and opened.expires_at and opened.expires_at <= clock.now():
        state = CheckoutState.EXPIRED
    return FoundCheckout(state=state, opened=opened)


def callback_url(access: ApiAccess, submission_id: str, names_page: bool) -> str:
    """Return where Klarna calls back, with what proves the URL to be ours.

    Klarna fills the checkout's id in where the placeholder stands; it alone must not be quoted.
    """
    if not access.webhook_url or not access.callback_secret:
        raise GatewayRefused("webhook_url_missing", is_retryable=True)
    account = access.webhook_url.rstrip("/").rpartition("/")[2]
    params = {
        ATTEMPT: submission_id,
        TOKEN: callback_token(access.callback_secret, account, submission_id),
    }
    query = urlencode(params, quote_via=quote)
    return f"{access.webhook_url}?{query}" + ("&session_id={{session_id}}" if names_page else "")


def _session(access: ApiAccess, submission: CheckoutSubmission) -> Body:
    if submission.amount.currency not in COUNTRIES:
        raise GatewayRefused("currency_unsupported", is_retryable=True)
    country = (submission.country or COUNTRIES[submission.amount.currency]).upper()
    fields: Body = {
        "intent": "buy",
        "purchase_country": country,
        "purchase_currency": submission.amount.currency,
        "locale": _locale(submission.language or LANGUAGE, country),
        "order_amount": to_klarna(submission.amount),
        "order_tax_amount": 0,
        "order_lines": list(_lines(submission)),
        "merchant_reference1": submission.order_id,
        "merchant_reference2": submission.submission_id,
        "merchant_data": merchant_data(submission.customer_id),
        "merchant_urls": {
            "notification": callback_url(access, submission.submission_id, names_page=False)
        },
    }
    return {name: value for name, value in fields.items() if value is not None}


def _lines(submission: CheckoutSubmission) -> list[Body]:
    """Write the order's lines; one for all where they don't add up to what is paid.

    Our lines say what they cost together, so each is one to Klarna, its quantity in its name.
    """
    lines = [(f"{one.quantity} × {one.name}", one.price) for one in priced_lines(submission)]
    written = [
        (name, to_klarna(price))
        for name, price in lines or [(submission.order_id, submission.amount)]
    ]
    return [
        {"name": name, "quantity": 1, "unit_price": value, "total_amount": value}
        | {"tax_rate": 0, "total_tax_amount": 0}
        for name, value in written
    ]


def _locale(language: str, country: str) -> str:
    """Return the language of an order in the customer's country; Klarna knows no other."""
    return f"{language.partition('-')[0]}-{country}"


def _page(access: ApiAccess, submission: CheckoutSubmission, session_url: str) -> Body:
    left = dict.fromkeys(("cancel", "back", "failure", "error"), submission.cancel_url)
    status_update = callback_url(access, submission.submission_id, names_page=True)
    options: dict[str, Any] = {"place_order_mode": "CAPTURE_ORDER"}
    category = registry.gateway(GATEWAY).methods.get(submission.method or "")
    if category:
        options["payment_method_category"] = category.upper()
    urls = {"success": submission.success_url, "status_update": status_update}
    return {"payment_session_url": session_url, "merchant_urls": urls | left, "options": options}


def _made(answer: Any) -> Body:
    if answer.status not in (200, 201):
        raise refuse(answer, opens_page=True)
    made: Body = answer.json()
    return made


def _opened(page: Body, checkout_id: str, url: str) -> OpenedCheckout:
    try:
        expires_at = instant(page, "expires_at")
    except (UnreadableEvent, ValueError):
        expires_at = None
    return OpenedCheckout(
        checkout_id=checkout_id,
        url=url,
        payment_id=text(page, "order_id"),
        expires_at=expires_at,
    )

"""Opens Stripe's hosted checkouts, and looks for those that were submitted.

A checkout closes when the attempt says; Stripe takes 30 minutes to 24 hours from when it is created
(docs.stripe.com/payments/checkout/managing-limited-inventory). The payment intent is made by the
customer's first attempt, so our metadata is given to it beforehand.
"""

from datetime import timedelta
from typing import Any

from kassa.core.errors import GatewayRefused
from kassa.gateways import registry
from kassa.gateways.declines import DeclineScope
from kassa.gateways.parsing import Body, instant
from kassa.gateways.stripe import client
from kassa.gateways.stripe.money import to_stripe
from kassa.gateways.stripe.parsing import id_of
from kassa.gateways.submissions import (
    CheckoutState,
    CheckoutSubmission,
    FoundCheckout,
    OpenedCheckout,
)
from kassa.platform import clock
from kassa.platform.secrets import ApiAccess

_LOOKED_BACK = timedelta(days=8)  # an attempt whose outcome is unknown is looked up no longer
_ENDED = ("canceled", "requires_payment_method")
_TRANSFERS = {"EUR": "eu", "GBP": "gb", "JPY": "jp", "MXN": "mx", "USD": "us"}
_EU = {"BE", "DE", "ES", "FR", "IE", "NL"}  # where Stripe has accounts that take euro transfers
_LOCALES = {
    *("bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr"),
    *("fr-CA", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl"),
    *("pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW"),
}


def open_checkout(access: ApiAccess, submission: CheckoutSubmission) -> OpenedCheckout:
    """Open a hosted checkout for an order; submitting the same again opens no second one.

    Raises GatewayRefused where Stripe said no, GatewayUnavailable where nobody knows.
    """
    params: Any = _params(submission) | _by_method(access, submission)
    options: Any = {"idempotency_key": submission.idempotency_key}
    create = client.of(access).v1.checkout.sessions.create
    session = client.called(lambda: create(params, options), DeclineScope.CHECKOUT)
    if session is None:
        raise GatewayRefused("access_denied")
    return _opened(session)


def find_checkout(
    access: ApiAccess, submission: CheckoutSubmission, checkout_id: str | None
) -> FoundCheckout | None:
    """Return a submission's checkout and how it stands, by its id or else by our name for it."""
    v1: Any = client.of(access).v1
    expand = {"expand": ["payment_intent"]}
    if checkout_id:
        session = client.called(lambda: v1.checkout.sessions.retrieve(checkout_id, expand))
        return _found(session) if session else None
    earliest = int((clock.now() - _LOOKED_BACK).timestamp())
    params = {"limit": client.PAGE, "created": {"gte": earliest}, "expand": ["data.payment_intent"]}
    for session in client.walk(v1.checkout.sessions.list, params):
        if (session.get("metadata") or {}).get("submission_id") == submission.submission_id:
            return _found(session)
    return None


def _params(submission: CheckoutSubmission) -> Body:
    fields = {
        "order_id": submission.order_id,
        "submission_id": submission.submission_id,
        "language": submission.language or "",
    }
    metadata = {name: value for name, value in fields.items() if value}
    closing = {"expires_at": int(submission.closes_at.timestamp())} if submission.closes_at else {}
    return closing | {
        "mode": "payment",
        "line_items": [_line(submission)],
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
        "client_reference_id": submission.order_id,
        "success_url": submission.success_url,
        "cancel_url": submission.cancel_url,
        "locale": _locale(submission.language),
    }


def _line(submission: CheckoutSubmission) -> Body:
    """Ask for the order's whole amount in one line: its lines may be rounded or discounted."""
    names = ", ".join(line.name for line in submission.lines) or submission.order_id
    price = {
        "currency": submission.amount.currency.lower(),
        "unit_amount": to_stripe(submission.amount),
        "product_data": {"name": names[:250]},
    }
    return {"quantity": 1, "price_data": price}


def _locale(language: str | None) -> str:
    language = language or "auto"
    base = language.partition("-")[0]
    return language if language in _LOCALES else base if base in _LOCALES else "auto"


def _by_method(access: ApiAccess, submission: CheckoutSubmission) -> Body:
    """Offer the one method that the customer chose, or what the dashboard says."""
    if submission.method is None:
        return {}
    method = registry.gateway("stripe").methods[submission.method]
    if method != "customer_balance":
        return {"payment_method_types": [method]}
    region = _TRANSFERS.get(submission.amount.currency)
    if region is None:
        raise GatewayRefused("currency_not_taken", is_retryable=True)
    transfer: Body = {"type": f"{region}_bank_transfer"}
    if region == "eu":
        country = submission.country if submission.country in _EU else "DE"
        transfer["eu_bank_transfer"] = {"country": country}
    paid_by = {"funding_type": "bank_transfer", "bank_transfer": transfer}
    return {
        "payment_method_types": [method],
        "payment_method_options": {method: paid_by},
        "customer": _customer(access, submission),
    }


def _customer(access: ApiAccess, submission: CheckoutSubmission) -> str:
    """Make the customer whose account number a bank transfer is sent to; once a submission."""
    params: Any = {"metadata": {"order_id": submission.order_id}}
    options: Any = {"idempotency_key": f"{submission.idempotency_key}:customer"}
    made = client.called(lambda: client.of(access).v1.customers.create(params, options))
    if made is None:
        raise GatewayRefused("access_denied")
    return str(made["id"])


def _found(session: Body) -> FoundCheckout:
    intent = session.get("payment_intent")
    status = intent.get("status") if isinstance(intent, dict) else None
    return FoundCheckout(state=_state(session, status), opened=_opened(session))


def _state(session: Body, payment: str | None) -> CheckoutState:
    """A checkout that was left may still wait for a bank transfer, which may never come."""
    if session.get("payment_status") in ("paid", "no_payment_required"):
        return CheckoutState.PAID
    if session.get("status") == "expired":
        return CheckoutState.EXPIRED
    if session.get("status") == "complete" and payment in _ENDED:
        return CheckoutState.FAILED
    return CheckoutState.OPEN


def _opened(session: Body) -> OpenedCheckout:
    expires_at = session.get("expires_at")
    return OpenedCheckout(
        checkout_id=session["id"],
        url=session.get("url") or "",
        payment_id=id_of(session.get("payment_intent")),
        expires_at=instant(expires_at) if expires_at else None,
    )

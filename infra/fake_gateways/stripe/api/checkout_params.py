"""What a hosted checkout is requested with, and what Stripe refuses of it."""

from typing import Any

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.account import Account
from infra.fake_gateways.stripe.api.errors import Refusal
from infra.fake_gateways.stripe.api.parameters import (
    Params,
    listed,
    mapping,
    metadata,
    one_of,
    positive,
    required,
    text,
)
from infra.fake_gateways.stripe.money import check_charged, known_currency

KNOWN = (
    *("mode", "line_items", "payment_method_types", "payment_method_options", "success_url"),
    *("cancel_url", "client_reference_id", "customer", "metadata", "payment_intent_data"),
    *("expires_at", "locale"),
)
_CURRENCIES = {  # of the methods that don't take every currency
    "klarna": "eur usd gbp dkk nok sek czk ron aud nzd cad pln chf",
    "paypal": "eur gbp usd chf czk dkk nok pln sek aud cad hkd nzd sgd",
    "customer_balance": "eur gbp jpy mxn usd",
    "crypto": "usd",
}
_METHODS = {"card", "link", "sepa_debit", "ideal", "konbini", "alipay", *_CURRENCIES}
_LOCALES = (
    *("auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil"),
    *("fr", "fr-CA", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl"),
    *("pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW"),
)


def session(account: Account, params: Params) -> Body:
    """Read what was requested of a page, without what the page itself adds."""
    if required(params, "mode") != "payment":
        raise Refusal("Only payments are taken here.", param="mode")
    required(params, "success_url")
    amount, currency = _total(params)
    methods = listed(params, "payment_method_types") or ["card"]
    customer = text(params, "customer")
    if customer:
        account.find("customer", customer, "customer")
    for place, method in enumerate(methods):
        _check_method(method, currency, f"payment_method_types[{place}]")
    if "customer_balance" in methods:
        _check_transfer(params, customer)
    return empty(account) | {
        "amount_subtotal": amount,
        "amount_total": amount,
        "cancel_url": text(params, "cancel_url"),
        "client_reference_id": text(params, "client_reference_id"),
        "currency": currency,
        "customer": customer,
        "locale": one_of(params, "locale", _LOCALES),
        "metadata": metadata(params),
        "payment_method_types": methods,
        "success_url": text(params, "success_url"),
    }


def _total(params: Params) -> tuple[int, str]:
    """Return what all lines cost together, and in which currency."""
    lines: Any = required(params, "line_items")
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise Refusal("Invalid array", param="line_items")
    prices = [mapping(line, "price_data") for line in lines]
    currencies = {known_currency(str(required(price, "currency"))) for price in prices}
    if len(currencies) != 1:
        raise Refusal(
            "All prices on a Checkout Session must have one currency.", param="line_items"
        )
    for price in prices:
        required(mapping(price, "product_data"), "name")
    sums = [
        (positive(line, "quantity") or 1) * int(required(price, "unit_amount"))
        for line, price in zip(lines, prices, strict=True)
    ]
    (currency,) = currencies
    check_charged(sum(sums), currency)
    return sum(sums), currency


def _check_method(method: str, currency: str, param: str) -> None:
    if method not in _METHODS:
        raise Refusal(f"The payment method type provided: {method} is invalid.", param=param)
    if currency not in _CURRENCIES.get(method, currency).split():
        message = f"The payment method `{method}` doesn't take {currency}."
        raise Refusal(message, param=param)


def _check_transfer(params: Params, customer: str | None) -> None:
    """A bank transfer is a customer's, into an account of theirs in some country."""
    if not customer:
        raise Refusal("A customer is needed for bank transfers.", param="customer")
    options = mapping(mapping(params, "payment_method_options"), "customer_balance")
    if options.get("funding_type") != "bank_transfer":
        raise Refusal("Invalid funding_type", param="payment_method_options[customer_balance]")


def empty(account: Account) -> Body:
    """Return an open page of nothing."""
    return {
        "object": "checkout.session",
        "automatic_tax": {"enabled": False, "status": None},
        "cancel_url": None,
        "client_reference_id": None,
        "custom_fields": [],
        "customer": None,
        "livemode": account.switches.livemode,
        "metadata": {},
        "mode": "payment",
        "payment_intent": None,
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "shipping_options": [],
        "status": "open",
    }

"""Customers and how they pay."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.account import Account
from infra.fake_gateways.stripe.api.errors import Refusal, declined
from infra.fake_gateways.stripe.api.parameters import (
    Params,
    integer,
    listed,
    mapping,
    metadata,
    required,
    text,
)
from infra.fake_gateways.stripe.objects.cards import Card, card_of, named

_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
_CARD_ADDRESS = ("city", "country", "line1", "line1_check", "line2", "state", "zip", "zip_check")
_OLD_BRANDS = {"amex": "American Express", "jcb": "JCB", "mastercard": "MasterCard"}
_CUSTOMER_FIELDS = ("name", "email", "phone", "description")
OTHER_METHODS = (
    *("sepa_debit", "klarna", "paypal", "link", "ideal", "konbini", "alipay"),
    *("customer_balance", "crypto"),
)


def create(account: Account, unused: str, params: Params) -> Body:
    """Make a customer."""
    customer: Body = {
        "id": account.new_id("cus"),
        "object": "customer",
        "address": mapping(params, "address") or None,
        "balance": 0,
        "created": account.now_s(),
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "discount": None,
        "invoice_prefix": None,
        "invoice_settings": {"custom_fields": None, "default_payment_method": None, "footer": None},
        "livemode": account.switches.livemode,
        "metadata": metadata(params),
        "next_invoice_sequence": 1,
        "preferred_locales": listed(params, "preferred_locales") or [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    customer |= {name: text(params, name) for name in _CUSTOMER_FIELDS}
    method_id = text(params, "payment_method")
    account.add(customer)
    if method_id:
        attach(account, method_id, {"customer": customer["id"]})
    account.emit("customer.created", customer)
    return customer


def update(account: Account, customer_id: str, params: Params) -> Body:
    """Change what a customer is called."""
    customer = account.find("customer", customer_id)
    fields = {name: text(params, name) for name in _CUSTOMER_FIELDS if name in params}
    customer |= fields | {"metadata": metadata(params, customer["metadata"])}
    account.emit("customer.updated", customer)
    return customer


def create_method(account: Account, unused: str, params: Params) -> Body:
    """Make a payment method, from a card's number or of another kind."""
    kind = str(required(params, "type"))
    if kind not in ("card", *OTHER_METHODS):
        raise Refusal(f"Invalid payment method type: {kind}", param="type")
    given = mapping(params, kind)
    method: Body = {
        "id": account.new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": _billing(mapping(params, "billing_details")),
        "created": account.now_s(),
        "customer": None,
        "livemode": account.switches.livemode,
        "metadata": metadata(params),
        "type": kind,
    }
    if kind == "card":
        card = _card(given)
        account.cards[method["id"]] = card
        method["card"] = _card_fields(card, given)
    else:
        method[kind] = {}
    return account.add(method)


def _card(given: Params) -> Card:
    token = text(given, "token")
    if token:
        return named(token.replace("tok_", "pm_card_", 1))
    return replace(card_of(str(required(given, "number"))))


def _card_fields(card: Card, given: Params) -> Body:
    checks: Body = {"address_line1_check": None, "address_postal_code_check": None}
    return {
        "brand": card.brand,
        "checks": checks | {"cvc_check": "pass" if given.get("cvc") else None},
        "country": card.country,
        "display_brand": card.brand,
        "exp_month": integer(given, "exp_month") or 12,
        "exp_year": integer(given, "exp_year") or 2034,
        "fingerprint": card.fingerprint,
        "funding": card.funding,
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def _billing(given: dict[str, Any]) -> Body:
    fields = {name: text(given, name) for name in ("email", "name", "phone", "tax_id")}
    return fields | {"address": _NO_ADDRESS | mapping(given, "address")}


def method_of(account: Account, method_id: str) -> Body:
    """Return a payment method; a test name such as `pm_card_visa` makes a fresh one each time."""
    if method_id.startswith("pm_card_"):
        return create_method(
            account, "", {"type": "card", "card": {"token": method_id, "cvc": "1"}}
        )
    return account.find("payment_method", method_id, "payment_method")


def attach(account: Account, method_id: str, params: Params) -> Body:
    """Give a payment method to a customer; a bank may refuse the card already here."""
    customer = account.find("customer", str(required(params, "customer")), "customer")
    method = method_of(account, method_id)
    card = account.cards.get(method["id"])
    if card and not card.attaches:
        raise declined(card.decline, card.code)
    method["customer"] = customer["id"]
    account.emit("payment_method.attached", method)
    return method


def detach(account: Account, method_id: str, params: Params) -> Body:
    """Take a payment method from its customer."""
    method = account.find("payment_method", method_id)
    method["customer"] = None
    account.emit("payment_method.detached", method)
    return method


def announce_expiry(account: Account, customer_id: str, name: str) -> Body:
    """Tell that a customer's card ends with this month, as a card of the old Sources API."""
    card, today = named(name), datetime.fromtimestamp(account.now_s(), UTC)
    kept: Body = {
        "id": account.new_id("card"),
        "object": "card",
        **{f"address_{part}": None for part in _CARD_ADDRESS},
        "brand": _OLD_BRANDS.get(card.brand, card.brand.title()),
        "country": card.country,
        "customer": account.find("customer", customer_id)["id"],
        "cvc_check": None,
        "dynamic_last4": None,
        "exp_month": today.month,
        "exp_year": today.year,
        "fingerprint": card.fingerprint,
        "funding": card.funding,
        "last4": card.number[-4:],
        "metadata": {},
        "name": None,
        "tokenization_method": None,
    }
    account.emit("customer.source.expiring", kept)
    return kept

"""What Stripe's objects have in common: an id, an amount, a time, what they were paid with.

Read strictly, or not at all. Payment methods are those of a charge's `payment_method_details`: a
type, and for cards the network or the wallet; what isn't listed is spelled as we do. What Kassa
itself read at Stripe's API stands in an event's envelope under a deterministic id.
"""

import json
from datetime import datetime, timedelta
from typing import NamedTuple

from kassa.core.errors import UnreadableEvent
from kassa.gateways import parsing as pulled
from kassa.gateways.events import ObjectKind, ObjectReport
from kassa.gateways.parsing import Body, country, instant, part, text
from kassa.gateways.payment_methods import Means, means
from kassa.gateways.stripe.money import from_stripe


class Header(NamedTuple):
    """What an event says beside its object: its type, and when that happened."""

    type: str = ""
    at: datetime | None = None


AFTERWARDS = timedelta(seconds=1)  # Stripe counts whole seconds; what can't be first comes so late
BALANCE, LOOK_UP = "kassa.balance_transaction", "kassa.look_up"  # types of what Kassa read
NO_HEADER = Header()  # of an object that stands inside another, or that was looked up


def id_of(reference: object) -> str | None:
    """Return the id of something Stripe names by id or, expanded, by the object itself."""
    if isinstance(reference, dict):
        reference = reference.get("id")
    return reference if isinstance(reference, str) and reference else None


def object_report(
    body: Body,
    kind: ObjectKind,
    state: str,
    amount: object = None,
    object_id: object = None,
) -> ObjectReport:
    """Report how an object stands; its own id and amount, unless others are given.

    Raises UnreadableEvent where it has no id: it would be one with others that have none.
    """
    known_as = id_of(object_id) or id_of(body)
    if known_as is None:
        raise UnreadableEvent(f"the {kind} has no id")
    return ObjectReport(
        object_id=known_as,
        kind=kind,
        state=state,
        amount=from_stripe(body.get("amount") if amount is None else amount, body.get("currency")),
        happened_at=instant(body.get("created")),
    )


SPELLINGS = {
    "alipay_account": "alipay",
    "amazon_pay": "amazonpay",
    "card_present": "card",
    "interac_present": "interac",
    "kakao_pay": "kakaopay",
    "mb_way": "mbway",
    "naver_pay": "naverpay",
    "revolut_pay": "revolutpay",
    "wechat": "wechatpay",
    "bitcoin": "crypto",
    "customer_balance": "bank_transfer",
    "apple_pay": "applepay",  # from here: wallets that hold a card
    "google_pay": "googlepay",
    "samsung_pay": "samsungpay",
    "American Express": "amex",  # from here: networks, as old versions spell them
    "Diners Club": "diners",
    "MasterCard": "mastercard",
    "UnionPay": "unionpay",
    "eftpos_au": "eftpos_australia",
}
_CARDS = ("card", "card_present")
_UNKNOWN = ("unknown", "Unknown")


def paid_with(details: Body) -> Means:
    """Return what a charge was paid with, by its details or a payment method's."""
    kind = text(details.get("type"))
    paid = means(kind, SPELLINGS)
    if kind not in _CARDS:
        return paid
    card = part(details, kind)
    wallet = text(part(card, "wallet").get("type"))
    if wallet:
        return means(wallet, SPELLINGS)
    network = text(card.get("brand"))
    if network is None or network in _UNKNOWN:
        return paid
    return paid._replace(brand=means(network, SPELLINGS).brand)


def country_of(details: Body) -> str | None:
    """Return where a card was issued, or where the bank of another method is, as Stripe says it."""
    return country(part(details, text(details.get("type")) or "card").get("country"))


def balance_body(transaction: Body) -> bytes:
    """Name a balance transaction by its id alone: it never changes."""
    return _body(BALANCE, pulled.balance_id(transaction["id"]), transaction)


def look_up_body(found: Body) -> bytes:
    """Name what was looked up by its content too: it may change."""
    return _body(LOOK_UP, pulled.look_up_id(found["id"], found), found)


def _body(event_type: str, event_id: str, found: Body) -> bytes:
    envelope = {
        "id": event_id,
        "type": event_type,
        "created": found.get("created", 0),
        "data": {"object": found},
    }
    return json.dumps(envelope).encode()

"""Stripe's test cards: what each number does, from "Testing" in its documentation."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.api.errors import Refusal, declined


@dataclass(frozen=True)
class Card:
    """A card and how it behaves; a decline code declines every charge."""

    number: str
    brand: str = "visa"
    country: str = "US"
    funding: str = "credit"
    decline: str = ""
    code: str = "card_declined"
    attaches: bool = True
    risk: str = "normal"
    refunds: str = "succeeded"  # "pending": later; "fails": succeeds, then fails
    disputed: str = ""  # the dispute's status, once captured
    requires_action: bool = False  # 3D Secure

    @property
    def fingerprint(self) -> str:
        """Name the number, the same in every payment method made of it."""
        return hashlib.sha256(f"fake:{self.number}".encode()).hexdigest()[:16]


_CARDS = (
    Card("4242424242424242"),
    Card("4000056655665556", funding="debit"),
    Card("5555555555554444", brand="mastercard"),
    Card("5105105105105100", brand="mastercard", funding="prepaid"),
    Card("378282246310005", brand="amex"),
    Card("4000003920000003", country="JP"),
    Card("3530111333300000", brand="jcb", country="JP"),
    Card("4000002760000016", country="DE"),
    Card("4000002500000003", country="FR"),
    Card("4000008260000000", country="GB"),
    Card("4000003440000004", country="HK"),
    Card("4000000000000002", decline="generic_decline", attaches=False),
    Card("4000000000000341", decline="generic_decline"),
    Card("4000000000009995", decline="insufficient_funds", attaches=False),
    Card("4000000000009987", decline="lost_card", attaches=False),
    Card("4000000000009979", decline="stolen_card", attaches=False),
    Card("4000000000000069", decline="expired_card", code="expired_card", attaches=False),
    Card("4000000000000127", decline="incorrect_cvc", code="incorrect_cvc", attaches=False),
    Card("4000000000000119", decline="processing_error", code="processing_error", attaches=False),
    Card("4100000000000019", decline="fraudulent", risk="highest"),
    Card("4000000000004954", risk="highest"),
    Card("4000000000009235", risk="elevated"),
    Card("4000000000007726", refunds="pending"),
    Card("4000000000005126", refunds="fails"),
    Card("4000000000000259", disputed="needs_response"),
    Card("4000000000002685", disputed="needs_response"),
    Card("4000000000001976", disputed="warning_needs_response"),
    Card("4000002500003155", requires_action=True),
    Card("4000002760003184", requires_action=True),
)
BY_NUMBER: Mapping[str, Card] = {card.number: card for card in _CARDS}
BY_NAME: Mapping[str, Card] = {
    "pm_card_visa": BY_NUMBER["4242424242424242"],
    "pm_card_visa_debit": BY_NUMBER["4000056655665556"],
    "pm_card_mastercard": BY_NUMBER["5555555555554444"],
    "pm_card_amex": BY_NUMBER["378282246310005"],
    "pm_card_jp": BY_NUMBER["4000003920000003"],
    "pm_card_de": BY_NUMBER["4000002760000016"],
    "pm_card_visa_chargeDeclined": BY_NUMBER["4000000000000002"],
    "pm_card_chargeDeclined": BY_NUMBER["4000000000000002"],
    "pm_card_chargeCustomerFail": BY_NUMBER["4000000000000341"],
    "pm_card_chargeDeclinedInsufficientFunds": BY_NUMBER["4000000000009995"],
    "pm_card_radarBlock": BY_NUMBER["4100000000000019"],
    "pm_card_riskLevelElevated": BY_NUMBER["4000000000009235"],
    "pm_card_riskLevelHighest": BY_NUMBER["4000000000004954"],
    "pm_card_pendingRefund": BY_NUMBER["4000000000007726"],
    "pm_card_refundFail": BY_NUMBER["4000000000005126"],
    "pm_card_createDispute": BY_NUMBER["4000000000000259"],
    "pm_card_createDisputeInquiry": BY_NUMBER["4000000000001976"],
    "pm_card_authenticationRequired": BY_NUMBER["4000002760003184"],
}
_SCORES = {"normal": 20, "elevated": 66, "highest": 85}
_BRANDS = {"4": "visa", "5": "mastercard", "2": "mastercard", "3": "amex", "6": "discover"}


def card_of(number: str) -> Card:
    """Return a card by its number; one that is no test card simply works."""
    digits = number.replace(" ", "").replace("-", "")
    if not _is_valid(digits):
        raise declined("incorrect_number", "incorrect_number").with_fields(param="number")
    return BY_NUMBER.get(digits) or Card(digits, brand=_BRANDS.get(digits[0], "unknown"))


def named(name: str) -> Card:
    """Return a test card by the name of its payment method."""
    if name not in BY_NAME:
        raise Refusal(f"No such PaymentMethod: '{name}'", "resource_missing", "payment_method")
    return replace(BY_NAME[name])


def _is_valid(digits: str) -> bool:
    """Return whether a number has the right length and check digit (Luhn)."""
    if not digits.isdigit() or not 12 <= len(digits) <= 19:
        return False
    doubled = [int(one) * (1 + n % 2) for n, one in enumerate(reversed(digits))]
    return sum(sum(divmod(one, 10)) for one in doubled) % 10 == 0


def outcome(card: Card) -> Body:
    """Report how the network and the risk engine saw a charge on a card."""
    is_blocked = card.decline == "fraudulent"
    fields: Body = {
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": card.risk,
        "risk_score": _SCORES[card.risk],
        "seller_message": "Payment complete.",
        "type": "authorized",
    }
    if is_blocked:
        fields |= {"network_status": "not_sent_to_network", "type": "blocked"}
        fields |= {"reason": "highest_risk_level", "seller_message": "Stripe blocked this payment."}
    elif card.decline:
        fields |= {"network_status": "declined_by_network", "type": "issuer_declined"}
        fields |= {"reason": card.decline, "seller_message": "The bank declined the payment."}
    elif card.risk == "elevated":
        fields |= {"reason": "elevated_risk_level", "type": "manual_review"}
    return fields

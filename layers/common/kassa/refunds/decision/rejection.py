"""The text for a customer whose refund is rejected or who is asked something, in their language.

The texts stand in `rejection_texts.py`, each in every language Kassa speaks. A language is picked
by its BCP 47 tag as CLDR would: Chinese as written in Taiwan, Hong Kong and Macao is traditional,
and whoever's language isn't spoken gets English.
"""

from enum import StrEnum

from kassa.core.model import Model
from kassa.core.money import Money, minor_digits, to_decimal
from kassa.refunds.decision.rejection_texts import QUESTIONS, REJECTIONS
from kassa.refunds.request.request import RefundRequest


class RejectionReason(StrEnum):
    """Why a person rejects a refund, by the name of the customer's text."""

    TOO_LATE = "too_late"
    NOT_RETURNED = "not_returned"
    NOT_REFUNDABLE = "not_refundable"
    DELIVERED = "delivered"
    NO_FAULT_FOUND = "no_fault_found"
    ALREADY_REFUNDED = "already_refunded"
    WITH_THE_BANK = "with_the_bank"
    NOT_ENTITLED = "not_entitled"


class Question(StrEnum):
    """What a person needs to know of the customer, by the name of the question."""

    PHOTO = "photo"
    DETAILS = "details"
    RETURN_TRACKING = "return_tracking"
    PARCEL = "parcel"
    STATEMENT = "statement"


class CustomerText(Model):
    """The text for the customer, in the language they ordered in or else in English."""

    language: str  # BCP 47
    text: str


LANGUAGES = ("en", "ja", "zh-Hant", "th", "fi", "ru")
_TRADITIONAL = {"hant", "tw", "hk", "mo"}
_COMMA = {
    "fi",
    "ru",
}  # decimals after a comma, thousands apart by a space; the others as in English
_SPACE = "\u00a0"  # an amount never breaks over two lines


def customer_text(canned: RejectionReason | Question, request: RefundRequest) -> CustomerText:
    """Say why a request is rejected, or ask what is needed, in the customer's language."""
    language = spoken(request.language)
    texts = REJECTIONS if isinstance(canned, RejectionReason) else QUESTIONS
    text = texts[canned][language].format(
        amount=spelled(request.amount, language),
        order=request.order_id or request.payment.subject_id,
    )
    return CustomerText(language=language, text=text)


def spoken(tag: str | None) -> str:
    """Return the language a tag is answered in."""
    first, *rest = (tag or "").replace("_", "-").lower().split("-")
    if first == "zh" and _TRADITIONAL & set(rest) and "hans" not in rest:
        return "zh-Hant"
    return first if first in LANGUAGES else "en"


def spelled(amount: Money, language: str) -> str:
    """Return an amount as a language writes it, exact: 1,234.50 EUR, or 1 234,50 EUR."""
    digits = f"{to_decimal(amount):,.{minor_digits(amount.currency)}f}"
    if language in _COMMA:
        digits = digits.replace(",", _SPACE).replace(".", ",")
    return f"{digits}{_SPACE}{amount.currency}"

"""Why a gateway says no, in codes that are the same at every gateway.

A gateway's own codes stay what they are, in events and in refusals; a table of each gateway
(`gateways/<name>/declines.py`, its `DECLINES`) leads from them to these codes.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from kassa.gateways import registry


class DeclineReason(StrEnum):
    """Why a payment was declined, or a checkout or a refund refused."""

    # The customer's bank or means of payment
    INSUFFICIENT_FUNDS = "insufficient_funds"
    LIMIT_EXCEEDED = "limit_exceeded"  # of the card, the account or the gateway
    CARD_EXPIRED = "card_expired"
    CARD_LOST_OR_STOLEN = "card_lost_or_stolen"  # never to be shown to whoever holds the card
    CARD_RESTRICTED = "card_restricted"  # blocked, not activated, not for this kind of purchase
    ACCOUNT_CLOSED = "account_closed"  # the customer's
    DO_NOT_HONOR = "do_not_honor"  # the bank gives no reason
    AUTHENTICATION_REQUIRED = "authentication_required"
    AUTHENTICATION_FAILED = "authentication_failed"
    FRAUD_SUSPECTED = "fraud_suspected"
    BLOCKED = "blocked"  # by a rule of the merchant, the gateway or the law
    INVALID_DETAILS = "invalid_details"  # a number, date, code, PIN or address that is wrong
    CONSENT_WITHDRAWN = "consent_withdrawn"  # a mandate or agreement that no longer holds
    DUPLICATE = "duplicate"
    CANCELED_BY_CUSTOMER = "canceled_by_customer"
    EXPIRED = "expired"  # the checkout, the approval or the authorization
    PROCESSING_ERROR = "processing_error"  # at the gateway, the network or the bank
    NOT_CONFIRMED = "not_confirmed"  # coins that the chain never confirmed
    # What was requested
    METHOD_NOT_SUPPORTED = "method_not_supported"
    CURRENCY_NOT_SUPPORTED = "currency_not_supported"
    COUNTRY_NOT_SUPPORTED = "country_not_supported"
    AMOUNT_NOT_SUPPORTED = "amount_not_supported"
    NOT_SUPPORTED = "not_supported"
    INVALID_REQUEST = "invalid_request"
    RATE_UNAVAILABLE = "rate_unavailable"
    # The merchant's account
    ACCESS_DENIED = "access_denied"
    ACCOUNT_RESTRICTED = "account_restricted"
    # How the payment stands
    ALREADY_PAID = "already_paid"
    NOT_APPROVED = "not_approved"
    NOT_CAPTURED = "not_captured"
    UNKNOWN_PAYMENT = "unknown_payment"
    ALREADY_REFUNDED = "already_refunded"
    OVER_WHAT_IS_LEFT = "over_what_is_left"
    OTHER_CURRENCY = "other_currency"  # than the payment's
    BALANCE_INSUFFICIENT = "balance_insufficient"  # the merchant's, at the gateway
    DISPUTED = "disputed"
    TOO_OLD = "too_old"
    NOT_REFUNDABLE = "not_refundable"
    # No table knows the code
    UNKNOWN = "unknown"


class DeclineAction(StrEnum):
    """What can be done about it, and by whom."""

    TRY_OTHER_METHOD = "try_other_method"  # the customer
    TRY_LATER = "try_later"  # the customer, or Kassa
    CONTACT_BANK = "contact_bank"  # the customer
    FIX_DETAILS = "fix_details"  # the customer, who typed them
    AUTHENTICATE = "authenticate"  # the customer, at their bank
    DO_NOT_RETRY = "do_not_retry"  # nobody may try the same again
    FIX_ACCOUNT = "fix_account"  # the merchant, in the gateway's dashboard
    FIX_REQUEST = "fix_request"  # whoever wrote the request: a shop, or Kassa
    REVIEW = "review"  # a person decides what to do instead


class DeclineScope(StrEnum):
    """What was refused."""

    CHECKOUT = "checkout"  # to open a checkout: nothing can be paid at what isn't there
    PAYMENT = "payment"
    REFUND = "refund"
    ANYTHING = "anything"  # whatever is requested


class Decline(NamedTuple):
    """One code of a gateway's, and what it means.

    `is_retryable`: nothing was or can be paid by what was refused, and another gateway may do.
    """

    code: str
    reason: DeclineReason
    of: DeclineScope
    action: DeclineAction
    source: str  # the gateway's page that lists it
    is_retryable: bool = False
    unified_code: str | None = None  # what a request's lifecycle keeps, if not the code


Declines = Mapping[tuple[str, DeclineScope], Decline]


def declines(rows: Iterable[Decline]) -> Declines:
    """Make a gateway's table; raise ValueError where a code stands twice for the same thing."""
    table: dict[tuple[str, DeclineScope], Decline] = {}
    for row in rows:
        if (row.code, row.of) in table:
            raise ValueError(f"{row.code} stands twice for {row.of}")
        table[row.code, row.of] = row
    return table


def known(table: Declines, code: str, of: DeclineScope) -> Decline | None:
    """Return what a code means for something; nothing where the table doesn't list it.

    A code that is listed for something else alone is still that gateway's code: of those the
    first counts, so that a payment's code in a refund's refusal isn't unknown.
    """
    exact = table.get((code, of)) or table.get((code, DeclineScope.ANYTHING))
    return exact or next(every(table, code), None)


def every(table: Declines, code: str) -> Iterator[Decline]:
    """Return all that a code means, as the table lists it."""
    return (row for (listed, _), row in table.items() if listed == code)


class Meaning(NamedTuple):
    """What several codes of a gateway mean alike."""

    of: DeclineScope
    reason: DeclineReason
    action: DeclineAction
    is_retryable: bool


def by_meaning(rows: Iterable[Decline]) -> dict[Meaning, list[str]]:
    """Return the codes of each meaning, in the order of the rows."""
    found: dict[Meaning, list[str]] = {}
    for row in rows:
        meaning = Meaning(row.of, row.reason, row.action, row.is_retryable)
        found.setdefault(meaning, []).append(row.code)
    return found


class Codes(NamedTuple):
    """Codes of one page of a gateway's documentation, and what they are of; rows come of it.

    After a soft no another gateway may do: nothing was or can be paid by what was refused. A hard
    one is the last word. Codes stand apart by whitespace; `unified_code` is what a refund request's
    lifecycle keeps of a refusal, where that isn't the gateway's code.
    """

    of: DeclineScope
    source: str

    def soft(
        self,
        reason: DeclineReason,
        action: DeclineAction,
        *codes: str,
        unified_code: str | None = None,
    ) -> Iterator[Decline]:
        """Return a row for each code."""
        for code in " ".join(codes).split():
            yield Decline(code, reason, self.of, action, self.source, True, unified_code)

    def hard(
        self,
        reason: DeclineReason,
        action: DeclineAction,
        *codes: str,
        unified_code: str | None = None,
    ) -> Iterator[Decline]:
        """Return a row for each code."""
        for code in " ".join(codes).split():
            yield Decline(code, reason, self.of, action, self.source, False, unified_code)


def table(gateway: str) -> Declines:
    """Return a gateway's table. Raises UnknownGateway."""
    found: Declines = registry.module(gateway, "declines").DECLINES
    return found

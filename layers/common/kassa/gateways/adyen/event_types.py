"""Adyen's event codes, and what becomes of each.

From "Webhook structure and types" (docs.adyen.com/development-resources/webhooks/webhook-types),
"Dispute webhooks" and the Webhooks API v1. Standard, dispute, payout and report webhooks share one
shape; a code stands here once, whatever its success. What isn't listed is counted.
"""

from kassa.gateways.event_types import EventTypes, Outcome, by_name, typed

_BOOKED, _COUNTED, _REFUSED = Outcome.BOOKED, Outcome.COUNTED, Outcome.REFUSED

_PAYMENTS = (
    *typed(
        _BOOKED,
        "captured where captures are immediate, else authorized; failed where success is false; "
        "without an amount a card was kept, which is counted",
        "AUTHORISATION",
    ),
    *typed(_BOOKED, "pending", "PENDING"),
    *typed(_BOOKED, "captured for sure, with its own amount", "CAPTURE"),
    *typed(_BOOKED, "what was captured is taken back", "CAPTURE_FAILED SETTLED_REVERSED"),
    *typed(_BOOKED, "nothing was captured: released", "CANCELLATION TECHNICAL_CANCEL"),
    *typed(_BOOKED, "what isn't captured yet is released", "EXPIRE"),
    *typed(_BOOKED, "refunded if it was captured, else released", "CANCEL_OR_REFUND"),
    *typed(_BOOKED, "refund succeeded; failed where success is false", "REFUND"),
    *typed(
        _BOOKED, "the refund failed, and its money came back", "REFUND_FAILED REFUNDED_REVERSED"
    ),
)
_DISPUTES = (
    *typed(_BOOKED, "inquiry; no money moves", "REQUEST_FOR_INFORMATION"),
    *typed(
        _BOOKED,
        "dispute open; its CHARGEBACK says what was taken",
        "NOTIFICATION_OF_CHARGEBACK DISPUTE_OPENED_WITH_CHARGEBACK",
    ),
    *typed(_BOOKED, "dispute open, funds withdrawn", "CHARGEBACK"),
    *typed(_BOOKED, "dispute won, funds reinstated", "CHARGEBACK_REVERSED"),
    *typed(_BOOKED, "second stage lost, funds withdrawn", "SECOND_CHARGEBACK"),
    *typed(
        _BOOKED, "dispute won; CHARGEBACK_REVERSED gives back", "ISSUER_RESPONSE_TIMEFRAME_EXPIRED"
    ),
    *typed(
        _BOOKED,
        "dispute lost; of a chargeback it is assumed to have taken until CHARGEBACK says what",
        "DISPUTE_DEFENSE_PERIOD_ENDED",
    ),
    *typed(
        _BOOKED,
        "second stage open; no money moves",
        "PREARBITRATION_OPEN PREARBITRATION_DECLINED SCHEME_ARBITRATION",
    ),
    *typed(
        _BOOKED,
        "second stage won; no money moves",
        "PREARBITRATION_WON PREARBITRATION_ISSUER_WITHDRAWN SCHEME_ARBITRATION_WON",
    ),
    *typed(
        _BOOKED,
        "second stage lost; SECOND_CHARGEBACK takes",
        "PREARBITRATION_LOST PREARBITRATION_ACCEPTED SCHEME_ARBITRATION_LOST",
    ),
    *typed(
        _COUNTED,
        "tells of papers and warnings; no money moves",
        "INFORMATION_SUPPLIED ISSUER_COMMENTS NOTIFICATION_OF_FRAUD",
    ),
)
_OTHERS = (
    *typed(
        _COUNTED,
        "not for sure: an authorisation under the same name may have come, or come yet",
        "OFFER_CLOSED",
    ),
    *typed(_COUNTED, "doesn't say which refund it stopped; reports do", "VOID_PENDING_REFUND"),
    *typed(
        _COUNTED, "changes what may be captured; CAPTURE says what is", "AUTHORISATION_ADJUSTMENT"
    ),
    *typed(_COUNTED, "each part is a payment of its own", "ORDER_OPENED ORDER_CLOSED"),
    *typed(_COUNTED, "the refund itself follows as REFUND", "POSTPONED_REFUND"),
    *typed(
        _COUNTED,
        "belongs to no payment of ours; reports tell its money",
        "REFUND_WITH_DATA DONATION",
    ),
    *typed(
        _COUNTED,
        "what it does to money follows under its own code",
        "AUTHENTICATION AUTORESCUE AUTORESCUE_NEXT_ATTEMPT CANCEL_AUTORESCUE HANDLED_EXTERNALLY "
        "MANUAL_REVIEW_ACCEPT MANUAL_REVIEW_REJECT PROCESS_RETRY",
    ),
    *typed(_COUNTED, "says how a card is kept", "RECURRING_CONTRACT DISABLE_RECURRING"),
    *typed(
        _COUNTED,
        "pays somebody else; reports tell its money",
        "PAYOUT_THIRDPARTY PAYOUT_DECLINE PAYOUT_EXPIRE PAIDOUT_REVERSED",
    ),
    *typed(_COUNTED, "reports are read by the clock", "REPORT_AVAILABLE"),
    *typed(_COUNTED, "a test of the URL", "NOTIFICATIONTEST"),
    *typed(
        _REFUSED,
        "has no items, and isn't signed as they are",
        "ACH_NOTIFICATION_OF_CHANGE DIRECT_DEBIT_NOTICE_OF_CHANGE_NOTIFICATION",
    ),
    *typed(
        _REFUSED,
        "of the balance platform: signed in another way, for another kind of account",
        "balancePlatform.dispute.created balancePlatform.dispute.updated "
        "balancePlatform.report.created balancePlatform.transfer.created "
        "balancePlatform.transfer.updated",
    ),
)

_ACTED_ON_WHEN_FAILED = ("AUTHORISATION", "REFUND")

EVENT_TYPES: EventTypes = by_name(_PAYMENTS, _DISPUTES, _OTHERS)


def is_acted_on(code: str, success: str, value: str) -> bool:
    """Whether anything is booked for an item, by its last fields: value, event code, success."""
    row = EVENT_TYPES.get(code)
    if row is None or row.outcome is not _BOOKED:
        return False
    if code == "AUTHORISATION" and value == "0":
        return False  # a card was kept for later
    return success == "true" or (success == "false" and code in _ACTED_ON_WHEN_FAILED)

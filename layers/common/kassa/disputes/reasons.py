"""Why a dispute was raised, in words that are the same at every gateway.

Stripe, PayPal and Klarna have codes of their own; Adyen passes on those of the card networks. A
code that isn't listed is a general dispute: what is gathered then is all there is.

Sources: "Dispute reason codes" (docs.stripe.com/disputes/reason-codes-defense-requirements), which
lists the networks' codes by category; "Dispute reasons" (developer.paypal.com); "Dispute reasons"
(docs.klarna.com, version 4).
"""

from enum import StrEnum


class DisputeCategory(StrEnum):
    """What a customer says is wrong."""

    FRAUDULENT = "fraudulent"  # they say it wasn't them
    UNRECOGNIZED = "unrecognized"  # they don't know what it is
    NOT_RECEIVED = "not_received"
    NOT_AS_DESCRIBED = "not_as_described"
    NOT_REFUNDED = "not_refunded"
    DUPLICATE = "duplicate"  # paid twice, or in another way
    CANCELED = "canceled"  # a subscription, or an order
    WRONG_AMOUNT = "wrong_amount"
    AUTHORIZATION = "authorization"  # how the payment was authorized or processed
    GENERAL = "general"


C = DisputeCategory
_CODES = {
    C.FRAUDULENT: (
        "fraudulent debit_not_authorized unauthorised unauthorized unauthorized_purchase"
        " purchase_unauthorized high_risk_order"
        " 10.1 10.2 10.3 10.4 10.5 4837 4840 4849 4863 4870 4871 37 40 63 70 71"
        " f10 f24 f29 f30 f31 fr2 fr4 fr6 ua01 ua02 ua05 ua06 ua10 7010 7030"
    ),
    C.UNRECOGNIZED: "unrecognized aa p03 7020",
    C.NOT_RECEIVED: (
        "product_not_received merchandise_or_service_not_received goods_not_received"
        " products_or_services_not_received products_not_received services_not_received"
        " 13.1 13.9 4855 55 c08 rg 30 7060"
    ),
    C.NOT_AS_DESCRIBED: (
        "product_unacceptable merchandise_or_service_not_as_described faulty_goods"
        " products_defective_or_not_as_described incorrect_product"
        " 13.3 13.4 13.5 4853 53 c31 c32 rm dc 7070"
    ),
    C.NOT_REFUNDED: (
        "credit_not_processed return return_not_refunded refund_not_processed"
        " 13.6 13.7 4860 60 c02 c04 rn2 8002"
    ),
    C.DUPLICATE: (
        "duplicate duplicate_transaction payment_by_other_means already_paid"
        " 12.6 12.6.1 12.6.2 4834 34 p08 c14 dp pm"
    ),
    C.CANCELED: (
        "subscription_canceled canceled_recurring_billing cancelled_recurring canceled"
        " 13.2 13.8 4841 41 c28 c05 ap cr"
    ),
    C.WRONG_AMOUNT: (
        "incorrect_amount incorrect_invoice 12.5 4831 31 p05 aw problem_with_remittance"
    ),
    C.AUTHORIZATION: (
        "bank_cannot_process check_returned incorrect_account_details insufficient_funds"
        " customer_initiated 11.1 11.2 11.3 12.1 12.2 12.3 12.4 12.7 4808 4807 4812 08 8"
        " a01 a02 a08 p01 p04 p07 at lp na nf"
    ),
}
_BY_CODE = {code: category for category, codes in _CODES.items() for code in codes.split()}


def category_of(reason: str | None) -> DisputeCategory:
    """Return what a gateway's code means; a general dispute where nobody lists it."""
    return _BY_CODE.get((reason or "").strip().lower(), DisputeCategory.GENERAL)

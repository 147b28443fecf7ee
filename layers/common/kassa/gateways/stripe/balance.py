"""Stripe's balance transactions in our terms: what moved our balance, and because of what.

Every type of Stripe's list is a charge, refund, dispute, payout or fee, or else an adjustment under
its own name. An adjustment is what its reporting category says.

Source: "Balance transaction types" and "Reporting categories and types"
(docs.stripe.com/reports/balance-transaction-types, docs.stripe.com/reports/reporting-categories).
"""

from collections.abc import Iterator, Mapping

from kassa.core.money import Money
from kassa.gateways.events import Movement, ObjectKind, ObjectReport
from kassa.gateways.parsing import Body, instant
from kassa.gateways.states import SETTLING
from kassa.gateways.stripe import disputes
from kassa.gateways.stripe.exchange import factors, paid_minor
from kassa.gateways.stripe.money import from_stripe
from kassa.gateways.stripe.parsing import AFTERWARDS, NO_HEADER, Header, id_of, object_report

MOVES: Mapping[str, str] = {
    "charge": "charge",
    "payment": "charge",
    "payment_failure_refund": "charge",  # it goes back: the payment failed after all
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "payout": "payout",
    "payout_cancel": "payout",
    "payout_failure": "payout",
    "stripe_fee": "fee",
    "stripe_fx_fee": "fee",
    "network_cost": "fee",
    "tax_fee": "fee",
}
ADJUSTMENTS = (
    "adjustment advance advance_funding anticipation_repayment application_fee"
    " application_fee_refund climate_order_purchase climate_order_refund"
    " connect_collection_transfer contribution fee_credit_funding inbound_transfer"
    " inbound_transfer_reversal issuing_authorization_hold issuing_authorization_release"
    " issuing_dispute issuing_dispute_provisional_credit"
    " issuing_dispute_provisional_credit_reversal issuing_transaction obligation_outbound"
    " obligation_reversal_inbound"
    " payment_network_reserve_hold payment_network_reserve_release payment_reversal"
    " payment_unreconciled payout_minimum_balance_hold payout_minimum_balance_release"
    " reserve_hold reserve_release reserve_transaction reserved_funds"
    " stripe_balance_payment_debit stripe_balance_payment_debit_reversal tax_fund topup"
    " topup_reversal transfer transfer_cancel transfer_failure transfer_refund"
)
_CATEGORIES: Mapping[str, str] = {
    "dispute": "dispute",
    "dispute_reversal": "dispute",
    "refund_failure": "refund_failure",
    "charge_failure": "charge",
    "partial_capture_reversal": "charge",
    "fee": "fee",
    "network_cost": "fee",
    "tax": "fee",
}
_FAILED = "payment_failure_refund"
_CAPTURED = ("charge", "payment")


def balance_transaction(body: Body) -> ObjectReport:
    """Report what a balance transaction moved; its source is expanded and says why."""
    source = body.get("source")
    cause = source if isinstance(source, dict) else {}
    gross = from_stripe(body.get("amount"), body.get("currency"))
    fee = from_stripe(body.get("fee") or 0, body.get("currency"))
    moved = object_report(body, ObjectKind.BALANCE_TRANSACTION, "booked")
    moves = _moves(body, cause)
    movement = Movement(
        moves=moves,
        gross=gross,
        fee_minor=fee.amount_minor,
        exchanged=_exchanged(body, cause, gross) if moves in SETTLING else None,
    )
    return moved.model_copy(update={"movement": movement})


def _moves(body: Body, cause: Body) -> str:
    """Report in our terms what moved; the oldest adjustments have no category but their cause."""
    named, category = str(body.get("type")), str(body.get("reporting_category"))
    if named != "adjustment":
        return "charge" if _is_let_go(body) else MOVES.get(named, named)
    if cause.get("object") == "dispute" and category not in ("fee", "network_cost", "tax"):
        return "dispute"
    by_cause = "refund_failure" if cause.get("object") == "refund" else named
    return _CATEGORIES.get(category, by_cause)


def _is_let_go(body: Body) -> bool:
    """Return whether it takes back what a partial capture didn't take; that is no refund."""
    return body.get("reporting_category") == "partial_capture_reversal"


def _exchanged(body: Body, cause: Body, gross: Money) -> Money | None:
    """Return the gross in the payment's currency where Stripe converted it."""
    currency = cause.get("currency")
    if not currency or str(currency).upper() == gross.currency:
        return None
    sign = -1 if gross.amount_minor < 0 else 1
    if cause.get("object") == "dispute":
        moved = disputes.movement(cause, body).amount
        return moved.model_copy(update={"amount_minor": sign * moved.amount_minor})
    amounts = (cause.get("amount_captured"), cause.get("amount"))
    own = [from_stripe(amount, currency) for amount in amounts if amount]
    if not own:
        return None
    minor = paid_minor(gross, own, factors(body.get("exchange_rate"), own[0], gross))
    return own[0].model_copy(update={"amount_minor": sign * minor})


def header(body: Body) -> Header:
    """Report what a charge's own balance transaction shows: that it was captured, or failed."""
    named, at = body.get("type"), instant(body.get("created"))
    if named in _CAPTURED:
        return Header("charge.captured", at)
    return Header("charge.failed", at) if named == _FAILED else NO_HEADER


def reports_source(source: Body, body: Body) -> bool:
    """Return whether a source stands for itself: what was let go, or failed, is no refund."""
    return source.get("object") != "refund" or not (_is_let_go(body) or body.get("type") == _FAILED)


def moved_because_of(source: Body, body: Body) -> Iterator[ObjectReport]:
    """Name the movement that a balance transaction is: for a dispute, or of a charge that failed.

    A dispute lists it too, but perhaps not yet. Without a dispute it belongs to the charge.
    """
    if _moves(body, source) == "dispute" and body.get("amount"):
        yield disputes.movement(source, body)
    if body.get("type") == _FAILED:
        charge = id_of(source.get("charge")) or id_of(source)
        failed = object_report(source, ObjectKind.CHARGE, "failed", None, charge)
        at = instant(body.get("created")) + AFTERWARDS
        yield failed.model_copy(update={"happened_at": at})

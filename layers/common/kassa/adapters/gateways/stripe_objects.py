"""Stripe's objects in our words: how a charge, refund, dispute, payout … stands.

Written from Stripe's API reference. Shapes differ by API version (2017 to now): a payment intent
carried its charges until 2022-11-15 and names its latest charge since; a charge carried its
refunds until then; disputes and refunds name their payment intent only since 2019. What an older
version doesn't say is left unsaid here and found by alias or look-up.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from kassa.adapters.gateways.stripe_money import from_stripe
from kassa.domain.events import Movement, ObjectKind, Standing
from kassa.domain.money import Money
from kassa.errors import UnreadableEvent

Body = dict[str, Any]

_PAYMENT = {
    "requires_capture": "authorized",
    "processing": "processing",
    "canceled": "voided",
    "succeeded": "captured",
}
_DISPUTE = {
    "warning_needs_response": "inquiry",
    "warning_under_review": "inquiry",
    "warning_closed": "inquiry_closed",
    "charge_refunded": "inquiry_closed",  # until 2020: refunded before any funds moved
    "prevented": "inquiry_closed",
    "needs_response": "open",
    "under_review": "open",
    "won": "won",
    "lost": "lost",
}
_CHECKOUT = {"complete": "completed", "expired": "expired"}
_MOVES = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "payment_failure_refund": "refund",
    "payout": "payout",
    "payout_cancel": "payout",
    "payout_failure": "payout",
    "stripe_fee": "fee",
    "network_cost": "fee",
    "tax_fee": "fee",
}


def instant(seconds: object) -> datetime:
    """Return Stripe's seconds since 1970 as an aware instant."""
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds < 2**34:
        raise UnreadableEvent("a time is not in seconds since 1970")
    return datetime.fromtimestamp(seconds, UTC)


def id_of(reference: object) -> str | None:
    """Return the id of something Stripe names by id or, expanded, by the object itself."""
    if isinstance(reference, dict):
        reference = reference.get("id")
    return reference if isinstance(reference, str) and reference else None


def standings(body: Body, gateway_type: str) -> Iterator[Standing]:
    """Say how every object in an event's body stands; nothing for what we don't act on."""
    reader = _STANDINGS.get(str(body.get("object")))
    if reader is not None:
        yield from reader(body, gateway_type)


def _payment_intent(body: Body, gateway_type: str) -> Iterator[Standing]:
    state = _PAYMENT.get(str(body.get("status")), "created")
    yield _standing(body, ObjectKind.PAYMENT, state)
    charges = (body.get("charges") or {}).get("data") or []
    for charge in charges:
        yield from _charge(charge, "")
    latest = body.get("latest_charge")
    if isinstance(latest, dict):
        yield from _charge(latest, "")
    elif latest and state == "captured":
        yield _standing(body, ObjectKind.CHARGE, "captured", body.get("amount_received"), latest)
    if gateway_type == "payment_intent.payment_failed" and not charges:
        yield _failed_attempt(body)


def _failed_attempt(body: Body) -> Standing:
    """Name the attempt that failed: by its charge, or where none was made by the error itself."""
    error = body.get("last_payment_error") or {}
    attempt = id_of(error.get("charge")) or id_of(body.get("latest_charge"))
    method = (error.get("payment_method") or {}).get("type")
    failed = _standing(body, ObjectKind.CHARGE, "failed", None, attempt or f"{body['id']}/attempt")
    reason = error.get("decline_code") or error.get("code")
    return failed.model_copy(update={"method": method, "reason": reason})


def _charge(body: Body, gateway_type: str) -> Iterator[Standing]:
    refunded = body.get("amount_refunded") or 0
    amount = body.get("amount")
    if body.get("status") in ("failed", "pending"):
        state = str(body["status"])
    elif body.get("captured", True):
        state, amount = "captured", body.get("amount_captured", amount)
    else:
        gone = gateway_type == "charge.expired" or refunded >= (amount or 0)
        state = "released" if gone else "authorized"
    charge = _standing(body, ObjectKind.CHARGE, state, amount)
    method = (body.get("payment_method_details") or {}).get("type")
    yield charge.model_copy(update={"method": method, "reason": body.get("failure_code")})
    if state == "captured":
        yield from _refunds(body, refunded)


def _refunds(body: Body, refunded: int) -> Iterator[Standing]:
    """Refunds a captured charge lists or, in newer versions, only sums up."""
    for refund in (body.get("refunds") or {}).get("data") or []:
        yield from _refund(refund)
    if refunded:
        total = f"{body['id']}/refunded"
        yield _standing(body, ObjectKind.REFUNDED_TOTAL, "told", refunded, total)


def _refund(body: Body, gateway_type: str = "") -> Iterator[Standing]:
    refund = _standing(body, ObjectKind.REFUND, str(body.get("status") or "succeeded"))
    yield refund.model_copy(
        update={
            "reason": body.get("failure_reason"),
            "refund_request_id": (body.get("metadata") or {}).get("refund_request_id"),
        }
    )


def _dispute(body: Body, gateway_type: str) -> Iterator[Standing]:
    """How a dispute and its funds stand; a lost one had its funds withdrawn, an inquiry none."""
    dispute_id = id_of(body) or f"{id_of(body.get('charge'))}/dispute"
    state = _DISPUTE.get(str(body.get("status")))
    if state is None:
        raise UnreadableEvent(f"unknown dispute status {body.get('status')!r}")
    dispute = _standing(body, ObjectKind.DISPUTE, state, object_id=dispute_id)
    yield dispute.model_copy(update={"reason": body.get("reason")})
    moved = [one.get("amount", 0) for one in body.get("balance_transactions") or []]
    if gateway_type.endswith("funds_reinstated") or any(amount > 0 for amount in moved):
        funds = "reinstated"
    elif gateway_type.endswith("funds_withdrawn") or moved or state == "lost":
        funds = "withdrawn"
    else:
        return
    yield _standing(body, ObjectKind.DISPUTE_FUNDS, funds, object_id=f"{dispute_id}/funds")


def _payout(body: Body, gateway_type: str) -> Iterator[Standing]:
    payout = _standing(body, ObjectKind.PAYOUT, str(body.get("status")))
    yield payout.model_copy(update={"reason": body.get("failure_code")})


def _checkout(body: Body, gateway_type: str) -> Iterator[Standing]:
    state = _CHECKOUT.get(str(body.get("status") or gateway_type.rpartition(".")[2]), "open")
    if gateway_type == "checkout.session.completed":
        state = "completed"
    # A session that only sets up a payment method has no amount; XXX is ISO 4217's "no currency".
    priced = body | {"currency": body.get("currency") or "xxx", "created": body.get("created", 0)}
    yield _standing(priced, ObjectKind.CHECKOUT, state, body.get("amount_total") or 0)


def _balance_transaction(body: Body, gateway_type: str) -> Iterator[Standing]:
    """Our balance moved, and because of what: the source is expanded, so it tells its own story."""
    source = body.get("source")
    cause = source if isinstance(source, dict) else {}
    gross = from_stripe(body.get("amount"), body.get("currency"))
    fee = from_stripe(body.get("fee") or 0, body.get("currency"))
    moves = _MOVES.get(str(body.get("type")), str(body.get("type")))
    if cause.get("object") == "dispute":
        moves = "dispute"
    moved = _standing(body, ObjectKind.BALANCE_TRANSACTION, "booked")
    movement = Movement(
        moves=moves,
        gross=gross,
        fee_minor=fee.amount_minor,
        exchanged=_exchanged(body, cause, gross),
    )
    yield moved.model_copy(update={"movement": movement})
    yield from standings(cause, "")


def _exchanged(body: Body, cause: Body, gross: Money) -> Money | None:
    """Return the gross in the payment's currency where Stripe converted it."""
    currency = cause.get("currency")
    if not currency or str(currency).upper() == gross.currency or not body.get("exchange_rate"):
        return None
    amount = cause.get("amount_captured") or cause.get("amount")
    paid = from_stripe(amount, currency)
    sign = -1 if gross.amount_minor < 0 else 1
    return paid.model_copy(update={"amount_minor": sign * abs(paid.amount_minor)})


def _standing(
    body: Body,
    kind: ObjectKind,
    state: str,
    amount: object = None,
    object_id: object = None,
) -> Standing:
    return Standing(
        object_id=id_of(object_id) or str(body.get("id")),
        kind=kind,
        state=state,
        amount=from_stripe(body.get("amount") if amount is None else amount, body.get("currency")),
        happened_at=instant(body.get("created")),
    )


_STANDINGS: dict[str, Callable[[Body, str], Iterator[Standing]]] = {
    "payment_intent": _payment_intent,
    "charge": _charge,
    "refund": _refund,
    "dispute": _dispute,
    "payout": _payout,
    "checkout.session": _checkout,
    "balance_transaction": _balance_transaction,
}

"""Stripe's payment intents, charges and refunds in our words.

Shapes differ by API version: a payment intent carried its charges until 2022-11-15 and names its
latest charge since; a charge carried its refunds until then and only sums them up since.
"""

from collections.abc import Iterator

from kassa.adapters.gateways.bodies import Body, part, word
from kassa.adapters.gateways.stripe.bodies import id_of, standing
from kassa.adapters.gateways.stripe.methods import paid_with
from kassa.domain.events import ObjectKind, Standing
from kassa.domain.risk_levels import level

_PAYMENT = {
    "requires_capture": "authorized",
    "processing": "processing",
    "canceled": "voided",
    "succeeded": "captured",
}


def payment_intent(body: Body, gateway_type: str) -> Iterator[Standing]:
    """Say how a payment intent and the charges it names stand."""
    state = _PAYMENT.get(str(body.get("status")), "created")
    yield standing(body, ObjectKind.PAYMENT, state)
    charges = (body.get("charges") or {}).get("data") or []
    for listed in charges:
        yield from charge(listed, "")
    latest = body.get("latest_charge")
    if isinstance(latest, dict):
        yield from charge(latest, "")
    elif latest and state == "captured":
        yield standing(body, ObjectKind.CHARGE, "captured", body.get("amount_received"), latest)
    if gateway_type == "payment_intent.payment_failed" and not charges:
        yield _failed_attempt(body)


def _failed_attempt(body: Body) -> Standing:
    """Name the attempt that failed: by its charge, or where none was made by the error itself."""
    error = body.get("last_payment_error") or {}
    attempt = id_of(error.get("charge")) or id_of(body.get("latest_charge"))
    paid = paid_with(part(error, "payment_method"))
    failed = standing(body, ObjectKind.CHARGE, "failed", None, attempt or f"{body['id']}/attempt")
    reason = error.get("decline_code") or error.get("code")
    return failed.model_copy(update=paid._asdict() | {"reason": reason})


def charge(body: Body, gateway_type: str) -> Iterator[Standing]:
    """Say how a charge and the refunds it names stand; funds let go are no refund."""
    refunded = body.get("amount_refunded") or 0
    amount = body.get("amount")
    if body.get("status") in ("failed", "pending"):
        state = str(body["status"])
    elif body.get("captured", True):
        state, amount = "captured", body.get("amount_captured", amount)
    else:
        gone = gateway_type == "charge.expired" or refunded >= (amount or 0)
        state = "released" if gone else "authorized"
    stands = standing(body, ObjectKind.CHARGE, state, amount)
    paid = paid_with(part(body, "payment_method_details"))
    words = paid._asdict() | {"reason": _failure(body)}
    yield stands.model_copy(update=words | (_card(body) if state == "captured" else {}))
    if state == "captured":
        released = (body.get("amount") or 0) - (amount or 0)
        yield from _refunds(body, refunded - released)


def _failure(body: Body) -> str | None:
    """Return why a charge failed: the outcome says what `card_declined` doesn't."""
    code = word(body.get("failure_code"))
    if code != "card_declined":
        return code
    return word((body.get("outcome") or {}).get("reason")) or code


def _card(body: Body) -> dict[str, str | None]:
    """What decides later on a refund: whose card it was, where from, and how risky it looked."""
    card = (body.get("payment_method_details") or {}).get("card") or {}
    address = (body.get("billing_details") or {}).get("address") or {}
    return {
        "fingerprint": word(card.get("fingerprint")),
        "country": word(card.get("country")) or word(address.get("country")),
        "gateway_risk": level((body.get("outcome") or {}).get("risk_level")),
    }


def _refunds(body: Body, refunded: int) -> Iterator[Standing]:
    """Refunds a captured charge lists or, in newer versions, only sums up.

    What a partial capture let go, Stripe counts as refunded too; `refunded` is without it.
    """
    for listed in (body.get("refunds") or {}).get("data") or []:
        yield from refund(listed)
    if refunded > 0:
        total = f"{body['id']}/refunded"
        yield standing(body, ObjectKind.REFUNDED_TOTAL, "told", refunded, total)


def refund(body: Body, gateway_type: str = "") -> Iterator[Standing]:
    """Say how a refund stands; old versions gave it no status.

    Stripe also lists as a refund what a partial capture let go. It never touched our balance,
    which is how it is told apart; should a real one look so, its charge's total has it waiting.
    """
    if body.get("status") == "succeeded" and body.get("balance_transaction", "") is None:
        return
    stands = standing(body, ObjectKind.REFUND, str(body.get("status") or "succeeded"))
    yield stands.model_copy(
        update={
            "reason": body.get("failure_reason"),
            "refund_request_id": (body.get("metadata") or {}).get("refund_request_id"),
            "reference": _reference(body),
        }
    )


def _reference(body: Body) -> str | None:
    """Return the number by which the customer's bank finds a refund, once Stripe has it.

    It stands under the destination's type (a card's ARN, a bank transfer's reference), and stood
    at the refund itself before there were destinations.
    """
    details = body.get("destination_details") or {}
    destination = details.get(details.get("type") or "card") or {}
    return word(destination.get("reference")) or word(body.get("acquirer_reference_number"))

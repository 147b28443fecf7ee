"""Looks up how things stand at Stripe: a payment with its refunds, and what a charge belongs to."""

from typing import Any

from kassa.gateways.events import Subject
from kassa.gateways.stripe import client
from kassa.gateways.stripe.parsing import id_of, look_up_body
from kassa.gateways.stripe.refunds import of_payment
from kassa.platform.secrets import ApiAccess

MOVED = ("balance_transaction", "failure_balance_transaction")


def look_up(access: ApiAccess, subject: Subject) -> list[bytes]:
    """Return how a payment and its refunds stand now, each as an event of ours."""
    return [look_up_body(found) for found in objects_of(access, subject.subject_id)]


def objects_of(access: ApiAccess, payment_id: str) -> list[dict[str, Any]]:
    """Return the payment intent or charge of a payment, its refunds and its disputes.

    The charge comes with what moved the balance for it, which says when it was captured or failed.
    """
    v1 = client.of(access).v1
    if payment_id.startswith("pi_"):
        params: Any = {"expand": [f"latest_charge.{name}" for name in MOVED]}
        found = client.called(lambda: v1.payment_intents.retrieve(payment_id, params))
    else:
        params = {"expand": list(MOVED)}
        found = client.called(lambda: v1.charges.retrieve(payment_id, params))
    if found is None:
        return []
    by: Any = of_payment(payment_id) | {"limit": client.PAGE}
    refunds = client.called(lambda: v1.refunds.list(by)) or {}
    disputes = client.called(lambda: v1.disputes.list(by)) or {}
    return [found, *refunds.get("data", []), *disputes.get("data", [])]


def payment_of(access: ApiAccess, object_id: str) -> str:
    """Return the payment intent of a charge; the charge's own id where it has none."""
    charge = client.called(lambda: client.of(access).v1.charges.retrieve(object_id))
    return id_of((charge or {}).get("payment_intent")) or object_id


def source_of(access: ApiAccess, source_id: str) -> dict[str, Any] | None:
    """Read what a balance transaction is about, where it came unexpanded."""
    v1 = client.of(access).v1
    match source_id.partition("_")[0]:
        case "ch" | "py":
            return client.called(lambda: v1.charges.retrieve(source_id))
        case "re" | "pyr":
            return client.called(lambda: v1.refunds.retrieve(source_id))
        case "dp" | "du":
            return client.called(lambda: v1.disputes.retrieve(source_id))
        case "po":
            return client.called(lambda: v1.payouts.retrieve(source_id))
        case _:
            return None

"""Small builders of refund requests, their lifecycles and their payments, for tests of the
rules.
"""

from datetime import timedelta
from typing import Any

from kassa.gateways.events import ObjectKind
from kassa.ledger.objects import ObjectState, seconds
from kassa.ledger.state import SubjectState
from kassa.refunds.lifecycle.lifecycle import Change, RefundLifecycle, RequestState, Step
from kassa.refunds.lifecycle.next_step import Tries
from kassa.refunds.policy.inputs import Reason, RefundInputs
from kassa.refunds.policy.model import NO_POLICY, Outcome, RefundPolicy
from kassa.refunds.request.request import DecisionReceipt, RefundRequest
from tests.support.builders import NOW, eur, subject

RR = "rr_1"
TRIES = Tries(attempts_max=10, memory=timedelta(hours=20))
POLICY = NO_POLICY("main")


def minutes(number: float) -> timedelta:
    """Return so many minutes."""
    return timedelta(minutes=number)


def a_change(step: Step = Step.REQUESTED, amount_minor: int = 60_00, **fields: Any) -> Change:
    """Return a change made now, by nobody in particular."""
    return Change(**{"step": step, "at": NOW, "by": "key_1", "amount_minor": amount_minor} | fields)


def a_lifecycle(state: RequestState = RequestState.APPROVED, **fields: Any) -> RefundLifecycle:
    """Return the lifecycle of a request for 60.00 EUR, approved unless set otherwise."""
    usual = {"refund_request_id": RR, "approved_minor": 60_00, "changes": (a_change(),)}
    return RefundLifecycle(**usual | {"state": state} | fields)


def charge(amount_minor: int = 100_00, **fields: Any) -> ObjectState:
    """Return a captured charge, as the fold keeps it."""
    return an_object(ObjectKind.CHARGE, "captured", amount_minor, **fields)


def a_refund(state: str = "succeeded", amount_minor: int = 60_00, **fields: Any) -> ObjectState:
    """Return a refund that carries the request's name."""
    usual = {"refund_request_id": RR}
    return an_object(ObjectKind.REFUND, state, amount_minor, **usual | fields)


def a_dispute(state: str = "open", amount_minor: int = 30_00) -> ObjectState:
    """Return a dispute."""
    return an_object(ObjectKind.DISPUTE, state, amount_minor)


def an_object(kind: ObjectKind, state: str, amount_minor: int, **fields: Any) -> ObjectState:
    """Return one of the gateway's objects in euros."""
    usual = {"kind": kind, "state": state, "amount_minor": amount_minor, "currency": "EUR"}
    return ObjectState(**usual | {"happened_at": seconds(NOW)} | fields)


def a_payment(held: dict[str, int] | None = None, **objects: ObjectState) -> SubjectState:
    """Return a payment of 100.00 EUR with what is reserved of it, and with further objects."""
    reservations = {RR: 60_00} if held is None else held
    return SubjectState(version=3, objects={"ch_1": charge()} | objects, reservations=reservations)


def some_inputs(amount_minor: int = 60_00, **fields: Any) -> RefundInputs:
    """Return a decision's inputs."""
    usual = {"amount": eur(amount_minor), "payment_age_days": 1, "amount_percent": 60}
    return RefundInputs(**usual | {"reason": Reason.DAMAGED, "gateway": "stripe"} | fields)


def a_receipt(decision: Outcome = Outcome.APPROVE, **fields: Any) -> DecisionReceipt:
    """Return a decision receipt."""
    usual = {"decision": decision, "why": "policy", "rule_id": "R1", "policy_version": 1}
    return DecisionReceipt(**usual | {"inputs": some_inputs(), "decided_at": NOW} | fields)


def a_request(amount_minor: int = 60_00, **fields: Any) -> RefundRequest:
    """Return a request for a part of the payment."""
    usual: dict[str, Any] = {
        **{"refund_request_id": RR, "merchant_id": "main", "claim_id": "claim-1"},
        **{"payment": subject(), "amount": eur(amount_minor), "reason": Reason.DAMAGED},
        **{"requested_at": NOW, "requested_by": "key_1", "receipt": a_receipt()},
    }
    return RefundRequest(**usual | fields)


def a_policy(**fields: Any) -> RefundPolicy:
    """Return a policy without rules that says these words."""
    return POLICY.model_copy(update=fields)

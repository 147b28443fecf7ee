"""A second payment for an order that was paid: the refund it needs, and the fact that tells it.

Both are named by the capture that they are about, so that hearing of it again asks and tells
nothing new.
"""

from kassa.domain.facts import Fact
from kassa.domain.order_facts import SecondPaymentFound
from kassa.domain.order_life import OrderLife
from kassa.domain.refund_inputs import Reason
from kassa.domain.refund_wishes import RefundWish


def refund_of(life: OrderLife, capture: Fact) -> RefundWish:
    """Return the wish to give all back that is left of a second payment."""
    told = capture.metadata
    return RefundWish(
        gateway=told.gateway,
        account=told.account,
        payment_id=told.subject_id,
        reason=Reason.CHARGED_TWICE,
        claim_id=_claim(life, capture),
    )


def second_payment_found(life: OrderLife, capture: Fact, refund_request_id: str | None) -> Fact:
    """Return the fact of a capture that came second, and of the request to refund it."""
    told, data = capture.metadata, capture.data
    first = "/".join(life.paid_by.name) if life.paid_by else ""
    named = told.model_copy(update={"fact_id": f"{told.fact_id}:second"})
    return Fact(
        metadata=named,
        data=SecondPaymentFound(
            object_id=data.object_id,
            occurred_at=data.occurred_at,
            amount=data.amount,
            order_id=life.order_id,
            gateway=told.gateway,
            account=told.account,
            payment_id=told.subject_id,
            paid_by=first,
            refund_request_id=refund_request_id,
        ),
    )


def _claim(life: OrderLife, capture: Fact) -> str:
    """Name the claim; each further capture of the payment, which is seldom, makes one more."""
    told = capture.metadata
    claim = f"second-payment:{told.subject_id}"
    if any(one.fact_id == told.fact_id for one in life.second_payments):
        return claim
    return f"{claim}:{told.fact_id.rpartition(':')[2]}"

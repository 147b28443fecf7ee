"""The refund that a duplicate payment of an order needs, and the fact reporting it.

Which payments are duplicates is decided in `orders/payments.py`; they are put up for refund in
`refund_duplicate_payment.py`. Refund and fact are named by the capture that they are about, so that
receiving it again requests and publishes nothing new.
"""

from kassa.core.facts import Fact
from kassa.orders.facts import DuplicatePaymentFound
from kassa.orders.lifecycle import OrderLifecycle, OrderPayment
from kassa.orders.payments import is_payer, is_second
from kassa.refunds.policy.inputs import Reason
from kassa.refunds.request.body import RefundRequestBody


def to_refund(lifecycle: OrderLifecycle, payment: OrderPayment) -> tuple[OrderPayment, ...]:
    """Return what a captured payment lets go back: itself, or what it made second by paying."""
    if is_payer(lifecycle, payment):
        return lifecycle.duplicate_payments
    return (payment,) if is_second(lifecycle, payment) else ()


def refund_of(lifecycle: OrderLifecycle, payment: OrderPayment) -> RefundRequestBody:
    """Return the request to give all back that is left of a duplicate payment."""
    return RefundRequestBody(
        gateway=payment.gateway,
        account=payment.account,
        payment_id=payment.payment_id,
        reason=Reason.CHARGED_TWICE,
        claim_id=_claim(lifecycle, payment),
    )


def duplicate_payment_found(
    lifecycle: OrderLifecycle, payment: OrderPayment, refund_request_id: str | None
) -> Fact[DuplicatePaymentFound]:
    """Return the fact of a capture that came second, and of the request to refund it."""
    named = payment.last_fact.model_copy(update={"fact_id": f"{payment.last_fact.fact_id}:second"})
    return Fact[DuplicatePaymentFound](
        metadata=named,
        data=DuplicatePaymentFound(
            object_id=payment.object_id,
            occurred_at=payment.captured_at,
            amount=payment.amount,
            order_id=lifecycle.order_id,
            gateway=payment.gateway,
            account=payment.account,
            payment_id=payment.payment_id,
            paid_by="/".join(lifecycle.paid_by.name) if lifecycle.paid_by else "",
            refund_request_id=refund_request_id,
        ),
    )


def claim_of(payment: OrderPayment) -> str:
    """Name the claim by which a duplicate payment goes back."""
    return f"duplicate-payment:{payment.payment_id}"


def _claim(lifecycle: OrderLifecycle, payment: OrderPayment) -> str:
    """Name the claim; what comes of the payment afterwards, which is seldom, makes one more.

    That is a further capture of it, or a refund of it that came to nothing.
    """
    claim, fact_id = claim_of(payment), payment.last_fact.fact_id
    known = [one for one in lifecycle.duplicate_payments if one.name == payment.name]
    if any(one.last_fact.fact_id == fact_id for one in known):
        return claim
    return f"{claim}:{fact_id.partition(':')[2]}"

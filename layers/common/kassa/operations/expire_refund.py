"""Do what the policy says of a request that nobody decided in time: reject it, or approve it.

An approval by expiry is automatic, so it stays within the limits in code; where they, the headroom
or a dispute stand against it, the request stays with people.
"""

from kassa.adapters import clock
from kassa.adapters.refund_requests import RefundRequests
from kassa.domain import refund_life as lives
from kassa.domain.payments import SubjectState
from kassa.domain.policy import OnExpiry
from kassa.domain.refund_cases import RefundCase
from kassa.domain.refund_life import KASSA, Change, Step, Why
from kassa.domain.refunds import may_approve_itself
from kassa.errors import LimitReached


def expire_refund(case: RefundCase, payment: SubjectState, requests: RefundRequests) -> None:
    """Reject or approve what nobody decided; raise StaleWrite where it moved on meanwhile."""
    request, life, now = case.request, case.life, clock.now()
    amount_minor = request.amount.amount_minor
    stays = lives.noted(life, on_expiry=OnExpiry.KEEP)
    if life.on_expiry is OnExpiry.REJECT:
        change = Change(
            step=Step.REJECTED, at=now, by=KASSA, why=Why.OVERDUE, amount_minor=amount_minor
        )
        requests.keep(life, lives.rejected(life, change))
    elif not may_approve_itself(request, life, payment):
        requests.keep(life, stays)
    else:
        change = Change(
            step=Step.APPROVED, at=now, by=KASSA, why=Why.OVERDUE, amount_minor=amount_minor
        )
        try:
            requests.approve_automatically(case, lives.approved(life, change), payment)
        except LimitReached:
            requests.keep(life, stays)

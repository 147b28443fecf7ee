"""Do what the policy says of a request that nobody decided in time: reject it, or approve it.

An approval by expiry is automatic, so it stays within the limits in code; where they, the headroom
or a dispute stand against it, the request stays with people.
"""

from kassa.core.errors import LimitReached
from kassa.ledger.state import SubjectState
from kassa.platform import clock
from kassa.refunds.lifecycle import lifecycle as lifecycles
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import KASSA, Change, Step, Why
from kassa.refunds.lifecycle.next_step import may_approve_itself
from kassa.refunds.policy.model import OnExpiry
from kassa.refunds.see_refunds import see_refunds
from kassa.refunds.store import RefundRequests


def expire_refund(case: RefundCase, payment: SubjectState, requests: RefundRequests) -> None:
    """Reject or approve what nobody decided; raise StaleWrite where it moved on meanwhile."""
    lifecycle = case.lifecycle
    if lifecycle.on_expiry is OnExpiry.REJECT:
        requests.reject_automatically(case, Why.OVERDUE, clock.now())
        return
    stays = lifecycles.noted(lifecycle, on_expiry=OnExpiry.KEEP)
    if not _may_approve_itself(case, payment):
        requests.keep(lifecycle, stays)
        return
    minor = case.request.amount.amount_minor
    change = Change(
        step=Step.APPROVED, at=clock.now(), by=KASSA, why=Why.OVERDUE, amount_minor=minor
    )
    try:
        requests.approve_automatically(case, lifecycles.approved(lifecycle, change), payment)
    except LimitReached:
        requests.keep(lifecycle, stays)


def _may_approve_itself(case: RefundCase, payment: SubjectState) -> bool:
    """Hold an approval that no person makes against how the payment stands at its gateway now."""
    seen = see_refunds(case.request.payment, payment)
    return not seen.limit and may_approve_itself(case.request, case.lifecycle, seen.state)

"""What a person decides about an escalated refund request: read, decide, write, ring.

What people may do stands in `domain/escalations.py` and `domain/approvals.py`; here it is written
on what was read, an approval together with the headroom it takes. Of two people at once one wins,
and the other is told how the request stands now.
"""

from collections.abc import Callable

from kassa.adapters import clock, queues
from kassa.adapters.policies import Policies
from kassa.adapters.refund_requests import RefundRequests
from kassa.domain.model import Model
from kassa.domain.refund_cases import RefundCase
from kassa.domain.refund_verdicts import Seen, Verdict, decided, promise
from kassa.domain.rejections import CustomerText, customer_text
from kassa.observability import count_by, logger
from kassa.operations.races import run_until_won

RESERVE_S = 2.0  # kept back for ringing and answering


class DecidedRefund(Model):
    """The case as it stands after a verdict, and what the customer is to be told, if anything."""

    case: RefundCase
    told_customer: CustomerText | None = None


def decide_refund(
    refund_request_id: str,
    verdict: Verdict,
    requests: RefundRequests,
    time_left_s: Callable[[], float],
) -> DecidedRefund:
    """Do what a person decided; said again by the same person, it is answered alike and done once.

    Raises RefundRequestNotFound, InvalidRequest naming the field, and Conflict or OverHeadroom
    saying how things stand.
    """
    case = run_until_won(
        lambda: _decided(refund_request_id, verdict, requests), time_left_s, RESERVE_S
    )
    _ring(case)
    canned = verdict.words.reason or verdict.words.question
    return DecidedRefund(
        case=case, told_customer=customer_text(canned, case.request) if canned else None
    )


def _decided(refund_request_id: str, verdict: Verdict, requests: RefundRequests) -> RefundCase:
    """Read, decide and write; raise StaleWrite where somebody else was first."""
    case, now = requests.named(refund_request_id), clock.now()
    payment = requests.payment(case.request.payment)
    policy = Policies(case.request.merchant_id).active(now)
    before, after = case.life, decided(verdict, Seen(case, payment, policy, now))
    if after is before:
        return case
    held_minor = promise(before, after)
    if held_minor is None:
        requests.keep(before, after)
    else:
        requests.keep_with_payment(before, after, (case.request.payment, payment), held_minor)
    _account(verdict, after.state, refund_request_id)
    return case.model_copy(update={"life": after})


def _ring(case: RefundCase) -> None:
    """Ring for what isn't told yet; an approval rings once it can't be undone any more."""
    life = case.life
    if life.told == len(life.changes):
        return
    wait_s = (life.not_before - clock.now()).total_seconds() if life.not_before else 0
    queues.ring_refunds([life.refund_request_id], max(0, -int(-wait_s // 1)))


def _account(verdict: Verdict, state: str, refund_request_id: str) -> None:
    """Log and count what was done, and by which key."""
    count_by("RefundVerdict", "action", verdict.action)
    logger.info(
        "refund verdict kept",
        refund_request_id=refund_request_id,
        action=verdict.action,
        by=verdict.person,
        state=state,
    )

"""A refund request's lifecycle: how it stands, what may happen next, and every change it went
through.

requested -> approved -> submitted -> accepted -> paid, or escalated to a person, or rejected. Each
function here returns the lifecycle after one change; who may make it and when is checked where it
is made. What the gateway says outranks what we believe, so `accepted` and `paid` may follow any
state.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from kassa.core.model import Instant, Model
from kassa.refunds.decision.lone_approvals import LoneShare
from kassa.refunds.policy.model import OnExpiry, RefundPolicy
from kassa.refunds.request.request import NOT_COVERED

POLICY, KASSA, GATEWAY = "policy", "kassa", "gateway"  # who makes a change, if no person does


class RequestState(StrEnum):
    """How a refund request stands."""

    ESCALATED = "escalated"  # a person decides
    APPROVED = "approved"  # headroom is reserved, nothing is submitted to the gateway yet
    SUBMITTED = "submitted"  # the gateway may know of it: the outcome is unknown until it says
    ACCEPTED = "accepted"  # the gateway has it, the money hasn't left yet
    PAID = "paid"  # it left for the customer's bank; it can still come back
    DISCREPANCY = "discrepancy"  # another amount left than was approved: a person looks why
    REJECTED = "rejected"


class Step(StrEnum):
    """What a change was; each but `paid`, which the gateway's event reports, is a fact."""

    REQUESTED = "requested"
    APPROVED = "approved"
    ESCALATED = "escalated"
    REJECTED = "rejected"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    PAID = "paid"
    DISCREPANCY = "discrepancy"
    RESOLVED = "resolved"  # a person said what became of an unknown outcome
    INFORMATION_REQUESTED = "information_requested"
    REMINDED = "reminded"


class Why(StrEnum):
    """Why a request was escalated, beside what its receipt says."""

    DISPUTE = "dispute"  # the payment is disputed: nothing is paid twice for one complaint
    LOST_DISPUTE = "lost_dispute"  # a bank gave the money back since it was approved
    EXCESS = "excess"  # more left the payment at the gateway than was captured
    REFUSED = "refused"  # the gateway said no
    UNKNOWN = "unknown_outcome"  # the gateway never said, and may have forgotten by now
    FAILED = "refund_failed"  # the refund came back
    CANCELED = "refund_canceled"
    UNDONE = "undone"  # a person took the approval back in time
    OVERDUE = "overdue"  # nobody decided in time
    PAYS = "pays_its_order"  # rejected: a duplicate payment that pays in another's place now
    VOID = "approval_void"  # who approved it may not approve any more
    NOT_COVERED = NOT_COVERED  # what had paid its order has gone back, or a part of it


class Change(Model):
    """One change: its number in the lifecycle is its place among the changes."""

    step: Step
    at: Instant
    by: str
    why: str | None = None
    amount_minor: int
    note: str | None = None  # a person's own reason; never published


class Lease(Model):
    """Who looks at an escalated request, and until when nobody else needs to."""

    by: str
    until: Instant


class RefundLifecycleView(Model):
    """How a refund request stands, with every change it went through."""

    refund_request_id: str
    state: RequestState
    approved_minor: int = 0  # what is to be paid, once it is approved
    round: int = 1
    is_over: bool = False  # this round is known to have paid nothing for good
    attempts: int = 0
    first_submitted_at: Instant | None = None
    last_submitted_at: Instant | None = None
    refund_id: str | None = None  # the gateway's
    reference: str | None = None  # the bank's trace number, once the gateway reports it
    not_before: Instant | None = None  # until then an approval can be undone
    remind_at: Instant | None = None  # a person is reminded then; none once that was done
    decide_by: Instant | None = None
    on_expiry: OnExpiry = OnExpiry.KEEP
    approvals: tuple[str, ...] = ()  # who has approved it so far, where two must
    resolution: str | None = None  # what one person said became of it, where two must
    resolved_by: str | None = None
    lease: Lease | None = None
    changes: tuple[Change, ...] = ()

    @property
    def submission_id(self) -> str:
        """Name this round: the request, or the request submitted anew.

        A refund that was refused or came back is submitted anew under another name, since the
        gateway would answer the old one from memory.
        """
        return self.refund_request_id + (f".{self.round}" if self.round > 1 else "")

    @property
    def approvers(self) -> tuple[str, ...]:
        """Return whose approval is to be paid, one or two; none where no person approved it."""
        by = next((one.by for one in reversed(self.changes) if one.step is Step.APPROVED), POLICY)
        return () if by in (POLICY, KASSA) else self.approvals or (by,)

    @property
    def may_be_with_gateway(self) -> bool:
        """Whether this round was submitted and isn't known to have come to nothing."""
        return self.first_submitted_at is not None and not self.is_over


class RefundLifecycle(RefundLifecycleView):
    """A lifecycle with what Kassa notes for itself, which no API answers."""

    version: int = 1
    alone: LoneShare | None = None  # what its last approval counted for who gave it alone
    disputes_lost: int = 0  # how many of its payment were known when it was approved
    published: int = 0  # how many changes were published
    next_check_at: Instant | None = None  # when it must be looked at again; never, once it is over


def changed(lifecycle: RefundLifecycle, change: Change, **update: object) -> RefundLifecycle:
    """Return the lifecycle after a change, to be looked at at once unless the update says when."""
    after = {"next_check_at": change.at} | update
    return lifecycle.model_copy(
        update=after | {"changes": (*lifecycle.changes, change), "version": lifecycle.version + 1}
    )


def approved(
    lifecycle: RefundLifecycle, change: Change, undo: timedelta = timedelta(0)
) -> RefundLifecycle:
    """Approve; a round that is known to be over gives way to a new one."""
    fresh: dict[str, object] = {}
    if lifecycle.is_over:
        fresh = {"round": lifecycle.round + 1, "is_over": False, "first_submitted_at": None}
        fresh |= {"attempts": 0, "refund_id": None, "last_submitted_at": None}
    return changed(
        lifecycle,
        change,
        state=RequestState.APPROVED,
        approved_minor=change.amount_minor,
        not_before=change.at + undo,
        lease=None,
        decide_by=None,
        remind_at=None,
        **fresh,
    )


def escalated(
    lifecycle: RefundLifecycle, change: Change, policy: RefundPolicy, is_over: bool = False
) -> RefundLifecycle:
    """Hand to a person; `is_over` says that nothing was paid and nothing will be."""
    return changed(
        lifecycle,
        change,
        state=RequestState.ESCALATED,
        is_over=is_over or lifecycle.is_over,
        approvals=(),
        lease=None,
        not_before=None,
        remind_at=change.at + timedelta(hours=policy.remind_after_hours),
        decide_by=change.at + timedelta(hours=policy.decide_within_hours),
        on_expiry=policy.on_expiry,
    )


def rejected(lifecycle: RefundLifecycle, change: Change) -> RefundLifecycle:
    """Reject for good; what is still reserved for it is released once that is safe."""
    over = {"lease": None, "decide_by": None, "remind_at": None}
    return changed(lifecycle, change, state=RequestState.REJECTED, **over)


def submitted(lifecycle: RefundLifecycle, now: datetime, again_at: datetime) -> RefundLifecycle:
    """Note before each call that it is submitted to the gateway; only the first one is a change."""
    update: dict[str, object] = {
        "state": RequestState.SUBMITTED,
        "attempts": lifecycle.attempts + 1,
        "first_submitted_at": lifecycle.first_submitted_at or now,
        "last_submitted_at": now,
        "next_check_at": again_at,
    }
    if lifecycle.first_submitted_at is not None:
        return noted(lifecycle, **update)
    change = Change(step=Step.SUBMITTED, at=now, by=KASSA, amount_minor=lifecycle.approved_minor)
    return changed(lifecycle, change, **update)


def accepted(lifecycle: RefundLifecycle, now: datetime, refund_id: str) -> RefundLifecycle:
    """Note that the gateway has the refund; from here on only its events speak."""
    return _reported(lifecycle, Step.ACCEPTED, RequestState.ACCEPTED, now, refund_id)


def paid(lifecycle: RefundLifecycle, now: datetime, refund_id: str) -> RefundLifecycle:
    """Note that the refund left; should it come back, it is reopened."""
    return _reported(lifecycle, Step.PAID, RequestState.PAID, now, refund_id)


def discrepant(
    lifecycle: RefundLifecycle, now: datetime, refund_id: str, left: str
) -> RefundLifecycle:
    """Note that another amount left than was approved; `left` says which, with its currency."""
    change = Change(
        step=Step.DISCREPANCY, at=now, by=GATEWAY, why=left, amount_minor=lifecycle.approved_minor
    )
    update = {"state": RequestState.DISCREPANCY, "refund_id": refund_id, "is_over": False}
    return changed(lifecycle, change, **update, lease=None, decide_by=None, remind_at=None)


def _reported(
    lifecycle: RefundLifecycle, step: Step, state: RequestState, now: datetime, refund_id: str
) -> RefundLifecycle:
    amount_minor = lifecycle.approved_minor
    change = Change(step=step, at=now, by=GATEWAY, why=refund_id, amount_minor=amount_minor)
    update = {"state": state, "refund_id": refund_id, "is_over": False}
    return changed(lifecycle, change, **update, lease=None, decide_by=None, remind_at=None)


def noted(lifecycle: RefundLifecycle, **update: object) -> RefundLifecycle:
    """Note something that is no change of its own: what was published, when to look again."""
    return lifecycle.model_copy(update=update | {"version": lifecycle.version + 1})

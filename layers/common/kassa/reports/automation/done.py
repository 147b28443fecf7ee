"""What was done, and what that saves: counts times minutes that are said, and nothing else."""

from collections.abc import Mapping
from typing import NamedTuple

from kassa.core.model import Model
from kassa.reports.automation.assumptions import MINUTES, Assumptions

HOUR_US = 3_600_000_000
WAITS_MIN = 5  # before a median says anything
ACTS = {  # kinds of work, and the facts of which each is one
    "submission": ("RefundSubmitted",),
    "invoice": ("InvoiceIssued",),
    "credit_note": ("CreditNoteIssued",),
    "reminder": ("ReminderDue",),
    "message": ("MessageSent",),
    "healed": ("EventHealed",),
    "duplicate": ("DuplicatePaymentFound",),
}


class Decided(NamedTuple):
    """Refund requests decided by the policy, or by people."""

    approved: int = 0
    rejected: int = 0
    timed: int = 0  # of which is known when they were requested
    half_us: int | None = None
    most_us: int | None = None

    @property
    def decisions(self) -> int:
        """Return how many there were."""
        return self.approved + self.rejected


class Banked(NamedTuple):
    """Refunds that left for the bank."""

    timed: int = 0
    half_us: int | None = None
    most_us: int | None = None


class Counted(NamedTuple):
    """Everything that was counted of a period."""

    decided: Mapping[str, Decided]  # by policy or people
    banked: Banked
    acts: Mapping[str, int]  # by fact


class Wait(Model):
    """How long something took from a refund's request, in hours; none: too few to say."""

    of: str  # policy, people or bank
    count: int
    half_hours: float | None
    most_hours: float | None  # nine of ten
    baseline_hours: int | None  # as it was before, as the merchant says


class Work(Model):
    """One kind of work that nobody had to do."""

    kind: str
    count: int
    minutes_each: int
    is_default: bool  # Kassa's own guess, which nobody replaced

    @property
    def minutes(self) -> int:
        """Return what it came to."""
        return self.count * self.minutes_each


class Done(Model):
    """What Kassa did in a period."""

    by_policy: int
    by_people: int
    approved: int
    rejected: int
    share_by_policy: float | None
    waits: tuple[Wait, ...]
    work: tuple[Work, ...]
    minutes: int  # saved, all work together


def done(counted: Counted, assumed: Assumptions) -> Done:
    """Return what was done, with what it saves by what is assumed."""
    nobody = Decided()
    policy, people = (counted.decided.get(who, nobody) for who in ("policy", "people"))
    counts = {kind: sum(counted.acts.get(fact, 0) for fact in of) for kind, of in ACTS.items()}
    counts["decision"] = policy.decisions
    work = tuple(_work(kind, counts[kind], assumed) for kind in MINUTES)
    every = policy.decisions + people.decisions
    return Done(
        by_policy=policy.decisions,
        by_people=people.decisions,
        approved=policy.approved + people.approved,
        rejected=policy.rejected + people.rejected,
        share_by_policy=round(policy.decisions / every, 6) if every else None,
        waits=(
            _wait("policy", policy, assumed.decision_hours),
            _wait("people", people, assumed.decision_hours),
            _wait("bank", counted.banked, assumed.bank_hours),
        ),
        work=work,
        minutes=sum(one.minutes for one in work),
    )


def _work(kind: str, count: int, assumed: Assumptions) -> Work:
    is_default = kind not in assumed.minutes
    minutes = assumed.minutes_of(kind)
    return Work(kind=kind, count=count, minutes_each=minutes, is_default=is_default)


def _wait(of: str, timed: Decided | Banked, baseline: int | None) -> Wait:
    is_enough = timed.timed >= WAITS_MIN
    return Wait(
        of=of,
        count=timed.timed,
        half_hours=_hours(timed.half_us) if is_enough else None,
        most_hours=_hours(timed.most_us) if is_enough else None,
        baseline_hours=baseline,
    )


def _hours(wait_us: int | None) -> float | None:
    return None if wait_us is None else round(wait_us / HOUR_US, 1)

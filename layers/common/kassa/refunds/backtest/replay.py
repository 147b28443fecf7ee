"""Replays past refund requests through a policy; nothing is done, only counted.

The old decision is the one in each request's receipt, as it happened. The new one is the policy's,
held against the limits in code as a real approval is, those of a day included. Sums are kept by
kind, so a million requests take no more memory than a thousand.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from kassa.refunds.backtest.counters import DayLimits, Sums
from kassa.refunds.backtest.result import (
    BY_POLICY,
    Backtest,
    DecisionLine,
    Flip,
    Moved,
    PastReceipt,
    PastRequest,
    PeopleLine,
    RowLine,
    Verdict,
)
from kassa.refunds.policy.limits import limits_of
from kassa.refunds.policy.model import Outcome, RefundPolicy, decide

LARGEST = 5  # flips from one decision to another that a run itself holds; all go to `keep`


class Replay:
    """A backtest while it goes on; every flip goes to `keep`."""

    def __init__(self, policy: RefundPolicy, keep: Callable[[Flip], object]) -> None:
        self._policy, self._keep = policy, keep
        self._decisions, self._rows, self._people = Sums(), Sums(), Sums()
        self._largest: dict[tuple[str, str], list[tuple[int, str, Flip]]] = defaultdict(list)
        self._flips = self._undecided = self._unreadable = self._held_back = self.requests = 0

    def day(self, requests: Iterable[PastRequest | None]) -> None:
        """Replay the requests of a day in their order; None stands for one that can't be read."""
        limits = DayLimits()
        for past in requests:
            self.requests += 1
            if past is None:
                self._unreadable += 1
            else:
                self._request(past, limits)

    def _request(self, past: PastRequest, limits: DayLimits) -> None:
        before, amount = past.receipt.decision, past.receipt.inputs.amount
        decision = decide(self._policy, past.receipt.inputs)
        after, why = decision.outcome, BY_POLICY
        if after is Outcome.APPROVE:
            why = limits.above(past)
            after = Outcome.APPROVE if why == BY_POLICY else Outcome.ESCALATE
            self._held_back += after is Outcome.ESCALATE
        self._decisions.add((before, after), amount)
        if before is Outcome.ESCALATE and past.people:
            self._people.add((past.people, after), amount)
        elif before is Outcome.ESCALATE:
            self._undecided += 1
        if after is not before:
            rule = {"rule_id": decision.rule_id, "policy_version": decision.policy_version}
            self._flip(past, Verdict(decision=after, why=why, **rule))

    def _flip(self, past: PastRequest, after: Verdict) -> None:
        inputs = past.receipt.inputs
        flip = Flip(
            refund_request_id=past.refund_request_id,
            payment_id=past.payment_id,
            requested_at=past.requested_at,
            amount=inputs.amount,
            reason=inputs.reason,
            before=_as_it_happened(past.receipt),
            after=after,
            people=past.people,
        )
        self._flips += 1
        self._keep(flip)
        group = (flip.before.decision, after.decision, old_row(flip.before), new_row(after))
        self._rows.add(group, inputs.amount)
        self._place(flip)

    def _place(self, flip: Flip) -> None:
        """Keep a flip if it is among the largest of those that flip alike."""
        limit_minor = limits_of(flip.amount.currency).per_refund_minor or 1
        weight = flip.amount.amount_minor * 1_000_000 // limit_minor
        alike = self._largest[flip.before.decision, flip.after.decision]
        push = heapq.heappush if len(alike) < LARGEST else heapq.heappushpop
        push(alike, (weight, flip.refund_request_id, flip))

    def run(self, first_day: date, last_day: date, is_complete: bool) -> Backtest:
        """Return what was counted so far."""
        return Backtest(
            first_day=first_day,
            last_day=last_day,
            is_complete=is_complete,
            requests=self.requests,
            unreadable=self._unreadable,
            decisions=self._decisions.lines(DecisionLine, "before", "after"),
            moved=tuple(self._moved()),
            flips=self._flips,
            rows=self._rows.lines(RowLine, "before", "after", "before_row", "after_row"),
            people=self._people.lines(PeopleLine, "people", "after"),
            undecided=self._undecided,
            held_back=self._held_back,
            largest=tuple(
                flip
                for alike in sorted(self._largest, key=lambda group: group[::-1])
                for _, _, flip in sorted(self._largest[alike], reverse=True)
            ),
        )

    def _moved(self) -> Iterator[Moved]:
        """Yield what is approved at once in each currency, before and after."""
        sides: dict[str, list[list[int]]] = defaultdict(lambda: [[0, 0], [0, 0]])
        for group, sums in self._decisions.kept.items():
            for place, currency in ((p, c) for p in (0, 1) for c in sums if group[p] == "approve"):
                side = sides[currency][place]
                side[:] = [sum(pair) for pair in zip(side, sums[currency], strict=True)]
        for currency in sorted(sides):
            (before_count, before), (after_count, after) = sides[currency]
            yield Moved(
                currency=currency,
                before_count=before_count,
                before_minor=before,
                after_count=after_count,
                after_minor=after,
                delta_minor=after - before,
            )


def _as_it_happened(receipt: PastReceipt) -> Verdict:
    return Verdict(
        decision=receipt.decision,
        rule_id=receipt.rule_id,
        policy_version=receipt.policy_version,
        why=receipt.why,
    )


def old_row(verdict: Verdict) -> str:
    """Return the row that decided in its version; a limit in code stands above any row."""
    return f"{new_row(verdict)} (version {verdict.policy_version})"


def new_row(verdict: Verdict) -> str:
    """Return the row that decided under the new policy, or the limit above it."""
    return verdict.rule_id if verdict.why == BY_POLICY else verdict.why.replace("_", " ")

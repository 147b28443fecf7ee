"""Checks of refunds at every step: what may never be written, whatever raced or crashed.

It knows what the gateway knows. A reservation that is given back while the gateway has its refund,
or a second name asked for while the first may be paid, is a finding at that very write.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from infra.fake_gateways.kit.answers import Body
from kassa.refunds.decision.lone_approvals import PERSON_DAY
from kassa.refunds.policy.limits import limits_of
from tests.simulation.dynamodb.items import Key
from tests.simulation.dynamodb.values import Item
from tests.simulation.engine.schedule import EPOCH, Schedule
from tests.simulation.payments.checks import Checks, integer, named, reservations
from tests.simulation.payments.world import TABLE, World, person_of
from tests.simulation.refunds.cases import Fields, is_unknown, lifecycle_in, submission_of

_UNTOLD = {"paid", "traced"}
_AUTOMATIC = {"policy", "kassa"}
_GONE = {"failed", "canceled"}
_MEMORY_S = 20 * 3600.0
_REQUEST, _LIFECYCLE, _STATE = "REQUEST", "LIFECYCLE", "STATE"


class RefundChecks:
    """Sees every write of a request, a lifecycle, a payment's state and a day's limit."""

    def __init__(self, world: World, checks: Checks) -> None:
        self._world = world
        self._checks = checks
        self._schedule: Schedule = world.schedule
        self._automatic: Counter[tuple[str, str, str]] = Counter()
        self._alone: Counter[tuple[str, str, str]] = Counter()
        self.released: set[str] = set()

    def _find(self, finding: str) -> None:
        self._schedule.findings.append(f"{self._schedule.now_s:.3f} {finding}")

    def _require(self, holds: object, finding: str) -> None:
        if not holds:
            self._find(finding)

    def alive(self, submission: str) -> list[Body]:
        """Return the gateway's refunds under an ask's name that may stand."""
        refunds = self._world.gateway.fake.account.kinds["refund"].values()
        return [
            one
            for one in refunds
            if one["metadata"].get("refund_request_id") == submission and one["status"] not in _GONE
        ]

    def see_refund(self, refund_id: str) -> None:
        """Invariant 4: the gateway makes no refund that isn't noted, nor two of a submission."""
        submission = self._world.gateway.found(refund_id)["metadata"].get("refund_request_id", "")
        lifecycle = self._world.cases.lifecycles.get(submission.partition(".")[0])
        if lifecycle is not None:
            is_noted = submission == submission_of(lifecycle) and is_unknown(lifecycle)
            self._require(is_noted, f"{submission} is refunded, and nobody noted it as submitted")
            self._require(len(self.alive(submission)) == 1, f"{submission} is refunded twice")

    def see_write(self, table: str, key: Key, old: Item | None, new: Item | None) -> None:
        """Look at one item before and after a write."""
        if new is None:
            return
        if key[1] == _REQUEST:
            self._require(old is None, f"{key} is a request, and was written again")
        elif key[1] == _LIFECYCLE:
            self._see_lifecycle(key[0].partition("#")[2], old, new)
        elif key[1] == _STATE:
            self._see_reservations(key, old or {}, new)

    def _see_lifecycle(self, request_id: str, old: Item | None, new: Item) -> None:
        before, after = lifecycle_in(old), lifecycle_in(new)
        if old is not None and integer(new, "version") != integer(old, "version") + 1:
            self._find(f"{request_id} went from version to version otherwise than by one")
        kept = len(before["changes"])
        self._require(before["changes"] == after["changes"][:kept], f"{request_id} rewrote changes")
        self._require(before["published"] <= after["published"], f"{request_id} untold a change")
        for number, change in enumerate(after["changes"][kept:], start=kept + 1):
            self._see_change(request_id, number, change)
        if old is None:
            return
        if len(after["changes"]) > kept and after["changes"][-1]["step"] == "accepted":
            self._see_accepted(request_id, before, after)
        if after["attempts"] > before["attempts"] or self._is_anew(before, after):
            self._see_submission(request_id, before, after)
        if after["round"] != before["round"]:
            self._require(before["is_over"], f"{request_id} has a new round, the old isn't over")
            self._require(
                not self.alive(submission_of(before)), f"{request_id} is paid, and submitted anew"
            )
            self._schedule.seen["a refund was submitted under a new key"] += 1
        if after["changes"][kept:] and after["changes"][-1].get("why") == "undone":
            self._see_undone(request_id, before)

    def _see_undone(self, request_id: str, before: Fields) -> None:
        """Let an approval that one person gave alone count no more."""
        self._require(not is_unknown(before), f"{request_id} was undone after it was submitted")
        last = before["changes"][-1]
        if last["by"] not in _AUTOMATIC and not last.get("why"):
            self._count_alone(request_id, last, -1)

    def _see_accepted(self, request_id: str, before: Fields, after: Fields) -> None:
        """Note how an unknown outcome was found out: by looking for it, or by its event."""
        payment = self._world.store.peek(TABLE, self._world.cases.payment_of(request_id))
        is_due = before.get("next_check_at", "9") <= after["changes"][-1]["at"]
        if (
            before["state"] == "submitted"
            and is_due
            and submission_of(before) not in named(payment)
        ):
            self._schedule.seen["an unknown outcome was looked up"] += 1

    def _is_anew(self, before: Fields, after: Fields) -> bool:
        return after["state"] == "submitted" and after["round"] != before["round"]

    def _see_change(self, request_id: str, number: int, change: Fields) -> None:
        """Take over the fact that a change is, and hold approvals to who may approve."""
        step = change["step"]
        if step not in _UNTOLD:
            fact_id = f"{request_id}:{request_id}:{number}-{step}"
            self._checks.facts[fact_id] = f"{request_id}#{number}"
            self._checks.names[fact_id] = step
        if step == "approved" and change["by"] in _AUTOMATIC:
            self._see_automatic(request_id, change)
        elif step == "approved":
            self._see_person(request_id, change)
        if step == "escalated":
            self._schedule.seen[f"escalated: {change.get('why', '').partition(':')[0]}"] += 1

    def _see_automatic(self, request_id: str, change: Fields) -> None:
        request = self._world.cases.requests[request_id]
        currency, amount = request["amount"]["currency"], change["amount_minor"]
        whose = request.get("customer_id") or request["payment"]["subject_id"]
        limits, day = limits_of(currency), change["at"][:10]
        self._automatic[whose, day, currency] += amount
        self._require(amount <= limits.per_refund_minor, f"{request_id} is above a refund's limit")
        payment = self._world.store.peek(TABLE, self._world.cases.payment_of(request_id))
        self._require(not _is_disputed(payment, "lost"), f"{request_id} is after a lost dispute")
        is_within = self._automatic[whose, day, currency] <= limits.per_customer_day_minor
        self._require(is_within, f"{request_id} is above the day's limit of {whose}")

    def _see_person(self, request_id: str, change: Fields) -> None:
        by, requested_by = (
            person_of(change["by"]),
            self._world.cases.requests[request_id]["requested_by"],
        )
        self._require(by != person_of(requested_by), f"{request_id} was approved by who requested")
        first = (change.get("why") or "").removeprefix("second_to:")
        if first:
            is_two = person_of(first) not in (by, person_of(requested_by))
            self._require(is_two, f"{request_id} was approved by one person as two")
            self._schedule.seen["two people approved"] += 1
        else:
            self._count_alone(request_id, change, 1)

    def _count_alone(self, request_id: str, change: Fields, sign: int) -> None:
        """Hold what one person approves alone to the limits, of each payment and each day."""
        request = self._world.cases.requests[request_id]
        currency, by = request["amount"]["currency"], person_of(change["by"])
        limits = {one.currency: one.amount_minor for one in self._world.policy.second_person_over}
        in_code = limits_of(currency).per_refund_minor
        alone = min(limits.get(currency, in_code), in_code)
        for what, most in (
            (request["payment"]["subject_id"], alone),
            (change["at"][:10], PERSON_DAY * alone),
        ):
            self._alone[by, what, currency] += sign * change["amount_minor"]
            is_within = self._alone[by, what, currency] <= most
            self._require(is_within, f"{by} approved more than {most} alone of {what}")
            if sign > 0 and self._alone[by, what, currency] > change["amount_minor"]:
                self._schedule.seen["one person approved twice alone"] += 1

    def _see_submission(self, request_id: str, before: Fields, after: Fields) -> None:
        """Invariants 3 and 4: what is asked is reserved, and asked under one name, in time."""
        payment = self._world.store.peek(TABLE, self._world.cases.payment_of(request_id))
        submission = submission_of(after)
        held = reservations(payment).get(submission, 0)
        self._require(
            held == after["approved_minor"], f"{submission} is submitted, and {held} is reserved"
        )
        self._require(
            integer(payment, "headroom") >= 0, f"{submission} is submitted beyond the headroom"
        )
        self._require(not _is_disputed(payment), f"{submission} is paid beside an open dispute")
        if before["first_submitted_at"] is None or before["round"] != after["round"]:
            return
        self._schedule.seen["a refund was submitted again"] += 1
        submitted_s = (datetime.fromisoformat(before["first_submitted_at"]) - EPOCH).total_seconds()
        if self._schedule.now_s - submitted_s > _MEMORY_S:
            self._schedule.seen["a refund was submitted after its key was forgotten"] += 1
            self._require(
                _is_decided_since(before), f"{submission} is repeated after it was forgotten"
            )

    def _see_reservations(self, key: Key, old: Item, new: Item) -> None:
        """Invariant 3: nothing is promised beyond the headroom, nor given back while it may go."""
        before, after = reservations(old), reservations(new)
        if any(amount > before.get(submission, 0) for submission, amount in after.items()):
            self._schedule.seen["headroom was reserved"] += 1
            self._require(integer(new, "headroom") >= 0, f"{key} promised more than there is")
        still = after.keys() & named(new)
        self._require(not still, f"{sorted(still)} is refunded, and still reserved")
        for submission in before.keys() - after.keys() - named(new):
            self.released.add(submission)
            self._schedule.seen["a reservation was released"] += 1
            lifecycle = self._world.cases.lifecycles[submission.partition(".")[0]]
            self._require(lifecycle["is_over"], f"{key} lost the reservation {submission}")
            self._require(
                not self.alive(submission),
                f"{submission} was released, and the gateway has it",
            )


def _is_decided_since(lifecycle: Fields) -> bool:
    """Say whether a person approved since the gateway was first asked."""
    steps = [(one["step"], one["by"]) for one in lifecycle["changes"]]
    last_submitted = max(n for n, (step, _) in enumerate(steps) if step == "submitted")
    return any(step == "approved" and by not in _AUTOMATIC for step, by in steps[last_submitted:])


def _is_disputed(payment: Item, state: str = "open") -> bool:
    objects: Any = payment.get("objects", {"M": {}})["M"].values()
    return any(
        (known["M"]["k"]["S"], known["M"]["s"]["S"]) == ("dispute", state) for known in objects
    )

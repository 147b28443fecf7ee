"""Refund requests in the table: the request, its lifecycle, and the headroom it takes of its
payment.

A claim has one request, since the request's key is made of it and is put only if absent. What
moves headroom is one transaction on the versions read, of the lifecycle and of the payment, so that
no two writers can ever take the same money.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kassa.core.errors import ApprovalVoid, LimitReached, RefundRequestNotFound
from kassa.gateways.events import Subject
from kassa.ledger.items import read_state
from kassa.ledger.state import SubjectState
from kassa.people.store import Persons
from kassa.platform import table
from kassa.refunds import keys as refund_keys
from kassa.refunds import lone_approval_store
from kassa.refunds import writes as refund_writes
from kassa.refunds.items import comment_put, day_limits, lifecycle_update, refund_case, request_put
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import (
    KASSA,
    Change,
    RefundLifecycle,
    Step,
    Why,
    rejected,
)
from kassa.refunds.request.holds import Hold, Taking


class RefundRequests:
    """Reads and writes of refund requests."""

    def find(self, refund_request_id: str) -> RefundCase | None:
        """Return a request with its lifecycle, consistently; none for an id nobody gave."""
        found, _ = table.query(
            KeyConditionExpression="PK = :request",
            ExpressionAttributeValues=table.typed(
                {":request": refund_keys.refund(refund_request_id)}
            ),
            ConsistentRead=True,
        )
        items = {item["SK"]: item for item in found}
        if refund_keys.REQUEST not in items:
            return None
        request, lifecycle = items[refund_keys.REQUEST], items[refund_keys.LIFECYCLE]
        return refund_case(request, lifecycle, items.get(refund_keys.COMMENT))

    def named(self, refund_request_id: str) -> RefundCase:
        """Return a request with its lifecycle; raise RefundRequestNotFound for an unknown id."""
        case = self.find(refund_request_id)
        if case is None:
            raise RefundRequestNotFound(f"there is no refund request {refund_request_id}")
        return case

    def payment(self, subject: Subject) -> SubjectState:
        """Return how a payment stands, consistently."""
        return read_state(subject)

    def relied_on(self, case: RefundCase) -> list[SubjectState]:
        """Return how the payments stand that a request relies on, consistently."""
        return [read_state(one) for one in case.request.relies_on]

    def void_approvers(self, lifecycle: RefundLifecycle, person_id: str | None) -> frozenset[str]:
        """Return whose word, of the two that are needed, counts for nothing beside a person's.

        Of a person who may not approve any more. And of a key, from before persons were: it may
        have been this person's own.
        """
        if person_id is None:
            return frozenset()
        named = (*lifecycle.approvals, lifecycle.resolved_by)
        first = {one for one in named if one and one != person_id}
        return frozenset(first) - Persons().approvers(first)

    def open(self, case: RefundCase, payment: SubjectState, marks: list[dict[str, Any]]) -> None:
        """Write a new request and, where it was approved, what it takes; all or nothing.

        Raises StaleWrite where the claim has a request by now or the payment moved on,
        LimitReached where the day's limits have no room for an approval that no person made.
        """
        request, lifecycle = case.request, case.lifecycle
        own = [{"Put": request_put(request)}, {"Update": lifecycle_update(lifecycle, None)}]
        comments = [{"Put": comment_put(request, case.comment)}] if case.comment else []
        if lifecycle.approved_minor:
            held = Hold(lifecycle.submission_id, lifecycle.approved_minor, request.lines)
            taken = {"Update": refund_writes.reserved(request.payment, payment, held)}
            limits = day_limits(request, lifecycle)
            counted = [{"Update": update} for update in limits.values()]
            refund_writes.write([*own, taken, *counted, *marks, *comments], ["", "", "", *limits])
        else:
            refund_writes.write([*own, *marks, *comments], [])

    def keep(self, before: RefundLifecycle, after: RefundLifecycle) -> None:
        """Write a change that moves no headroom; raise StaleWrite if the lifecycle moved on."""
        refund_writes.write_one(lifecycle_update(after, before))

    def reject_automatically(self, case: RefundCase, why: Why, now: datetime) -> None:
        """Write that it is rejected though no person does; raise StaleWrite where it moved on."""
        minor = case.request.amount.amount_minor
        change = Change(step=Step.REJECTED, at=now, by=KASSA, why=why, amount_minor=minor)
        self.keep(case.lifecycle, rejected(case.lifecycle, change))

    def keep_decided(
        self, case: RefundCase, after: RefundLifecycle, payment: SubjectState, took: Taking
    ) -> None:
        """Write what a person did, with what it took or gave back and its audit; all or nothing.

        Raises StaleWrite where the lifecycle or its payment moved on, or where the person has no
        room any more for what they approve alone.
        """
        actions = [{"Update": lifecycle_update(after, case.lifecycle)}]
        if took.hold is not None:
            taken = refund_writes.reserved(case.request.payment, payment, took.hold)
            actions.append({"Update": taken})
        if took.lone is not None:
            actions += lone_approval_store.counts(case.request, took.lone)
        refund_writes.write(actions, [], took.act)

    def keep_submitted(
        self,
        case: RefundCase,
        after: RefundLifecycle,
        payment: SubjectState,
        relied: Sequence[SubjectState],
    ) -> None:
        """Write that it is submitted to the gateway, while who approved it may approve.

        `relied`: the payments it relies on, as they were read. Raises ApprovalVoid where one of
        those who approved was disabled or has another role by now, StaleWrite where the request or
        any of the payments moved on since they were read.
        """
        subjects = (case.request.payment, *case.request.relies_on)
        states = zip(subjects, (payment, *relied), strict=True)
        held = [{"ConditionCheck": refund_writes.held_to(*one)} for one in states]
        by = case.lifecycle.approvers
        approving = [{"ConditionCheck": Persons().held_to_approve(one)} for one in by]
        update = {"Update": lifecycle_update(after, case.lifecycle)}
        try:
            refund_writes.write([update, *held, *approving], ["", *("" for _ in held), *by])
        except LimitReached as error:
            raise ApprovalVoid(f"{error.name} may not approve any more") from error

    def keep_held(
        self, case: RefundCase, after: RefundLifecycle, payment: SubjectState, hold: Hold
    ) -> None:
        """Write a change together with what its submission holds of the payment from then on.

        Raises StaleWrite where the request or its payment moved on since they were read.
        """
        reserved = refund_writes.reserved(case.request.payment, payment, hold)
        refund_writes.write(
            [{"Update": lifecycle_update(after, case.lifecycle)}, {"Update": reserved}], []
        )

    def approve_automatically(
        self, case: RefundCase, after: RefundLifecycle, state: SubjectState
    ) -> None:
        """Write an approval that no person makes; raise LimitReached beyond the day's limits."""
        request = case.request
        held = Hold(after.submission_id, after.approved_minor, request.lines)
        limits = day_limits(request, after)
        actions = [
            {"Update": lifecycle_update(after, case.lifecycle)},
            {"Update": refund_writes.reserved(request.payment, state, held)},
        ]
        refund_writes.write(
            [*actions, *({"Update": one} for one in limits.values())], ["", "", *limits]
        )

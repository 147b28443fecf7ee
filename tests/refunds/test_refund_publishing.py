"""What is published of a refund request: each change once, under a name that never changes."""

from typing import Any

import pytest

from kassa.refunds import facts
from kassa.refunds.lifecycle.lifecycle import GATEWAY, KASSA, POLICY, Change, Step
from kassa.refunds.lifecycle.publish import facts_of
from kassa.refunds.policy.inputs import Reason
from tests.support.builders import NOW, eur
from tests.support.refund_cases import RR, a_change, a_lifecycle, a_receipt, a_request, minutes

AT = NOW + minutes(3)
REQUEST = a_request(order_id="order-1", customer_id="cus_1", requested_by="key_9")
SHARED: dict[str, Any] = {
    **{"object_id": RR, "occurred_at": AT, "amount": eur(40_00), "refund_request_id": RR},
    **{"gateway": "stripe", "account": "main", "payment_id": "pi_1"},
}


def facts_of_changes(*changes: Change, already: int = 0) -> Any:
    return facts_of(REQUEST, a_lifecycle(published=already, changes=changes))


def change(step: Step, **fields: Any) -> Change:
    return a_change(step, 40_00, at=AT, **fields)


@pytest.mark.parametrize(
    ("one", "fact"),
    [
        (
            change(Step.REQUESTED),
            facts.RefundRequested(
                reason=Reason.DAMAGED,
                requested_by="key_9",
                order_id="order-1",
                customer_id="cus_1",
                receipt=a_receipt(),
                **SHARED,
            ),
        ),
        (
            change(Step.APPROVED, by=POLICY),
            facts.RefundApproved(by="policy", requested_at=AT, **SHARED),
        ),
        (
            change(Step.ESCALATED, by=KASSA, why="dispute"),
            facts.RefundEscalated(by="kassa", why="dispute", **SHARED),
        ),
        (change(Step.ESCALATED), facts.RefundEscalated(by="key_1", why="", **SHARED)),
        (
            change(Step.REJECTED, why="too_late"),
            facts.RefundRejected(by="key_1", why="too_late", requested_at=AT, **SHARED),
        ),
        (change(Step.SUBMITTED), facts.RefundSubmitted(**SHARED)),
        (
            change(Step.ACCEPTED, by=GATEWAY, why="re_1"),
            facts.RefundAccepted(refund_id="re_1", requested_at=AT, **SHARED),
        ),
        (
            change(Step.INFORMATION_REQUESTED, why="photo"),
            facts.CustomerInformationRequested(by="key_1", why="photo", **SHARED),
        ),
        (change(Step.REMINDED), facts.RefundDecisionDue(**SHARED)),
    ],
)
def test_a_change_is_published_with_its_own_fields(one: Change, fact: Any) -> None:
    (published,) = facts_of_changes(one)

    assert published.data == fact
    assert type(published.data) is type(fact)


def test_that_a_refund_left_is_published_by_the_gateways_event_alone() -> None:
    assert facts_of_changes(change(Step.PAID, why="re_1")) == ()


def test_a_change_is_named_by_its_number_for_ever() -> None:
    first, second = facts_of_changes(change(Step.REQUESTED), change(Step.APPROVED))

    assert second.metadata.model_dump() == {
        "fact_id": "rr_1:rr_1:2-approved",
        "event_id": "rr_1#2",
        "merchant_id": "main",
        "gateway": "stripe",
        "account": "main",
        "subject_kind": "refund_request",
        "subject_id": RR,
        "version": 2,
        "booked_at": AT,
    }
    assert first.metadata.fact_id == "rr_1:rr_1:1-requested"


def test_what_was_published_is_not_published_again_and_keeps_its_number() -> None:
    changes = (
        change(Step.REQUESTED),
        change(Step.APPROVED),
        change(Step.PAID),
        change(Step.SUBMITTED),
    )

    assert [fact.metadata.version for fact in facts_of_changes(*changes)] == [1, 2, 4]
    assert [fact.metadata.version for fact in facts_of_changes(*changes, already=1)] == [2, 4]
    assert [fact.metadata.version for fact in facts_of_changes(*changes, already=3)] == [4]
    assert facts_of_changes(*changes, already=4) == ()


def test_publishing_again_publishes_the_same() -> None:
    changes = change(Step.REQUESTED), change(Step.APPROVED)

    assert facts_of_changes(*changes) == facts_of_changes(*changes)


def test_the_facts_are_in_the_currency_of_the_request() -> None:
    yen = a_request(amount=eur(1).model_copy(update={"currency": "JPY"}))
    (published,) = facts_of(yen, a_lifecycle(changes=(change(Step.SUBMITTED),)))

    assert published.data.amount.currency == "JPY"

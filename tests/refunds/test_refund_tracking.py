"""What a customer sees of a refund: its steps, and no inner word."""

import json
from datetime import timedelta

import pytest

from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import Step, Why
from kassa.refunds.lifecycle.timeline import CustomerStep, customer_steps
from tests.support.builders import NOW, eur
from tests.support.refund_cases import a_change, a_lifecycle, a_request, minutes

WHOLE = [
    *(Step.REQUESTED, Step.ESCALATED, Step.INFORMATION_REQUESTED, Step.REMINDED),
    *(Step.APPROVED, Step.SUBMITTED, Step.ACCEPTED, Step.PAID),
]


def steps_of(*changes: tuple[Step, str | None], reference: str | None = None) -> list[CustomerStep]:
    made = tuple(
        a_change(step, why=why, at=NOW + minutes(n), by="key_of_anna")
        for n, (step, why) in enumerate(changes)
    )
    lifecycle = a_lifecycle(changes=made, reference=reference)
    return list(customer_steps(RefundCase(request=a_request(), lifecycle=lifecycle)))


def test_a_refund_is_followed_from_the_request_to_the_bank() -> None:
    steps = steps_of(*((step, None) for step in WHOLE), reference="74627540000000000000001")

    assert [one.step for one in steps] == [
        *("requested", "in_review", "question", "approved"),
        *("sent_to_gateway", "accepted", "at_your_bank"),
    ]
    assert steps[0].at == NOW
    assert steps[-1].at == NOW + timedelta(minutes=7)
    assert steps[-1].amount == eur(60_00)
    assert [one.reference for one in steps[:-1]] == [None] * 6
    assert steps[-1].reference == "74627540000000000000001"


@pytest.mark.parametrize("why", [Why.FAILED, Why.CANCELED])
def test_a_refund_that_came_back_is_shown_as_failed(why: Why) -> None:
    steps = steps_of((Step.PAID, None), (Step.ESCALATED, why))

    assert [one.step for one in steps] == ["at_your_bank", "failed"]


@pytest.mark.parametrize(
    "why", [*sorted(set(Why) - {Why.FAILED, Why.CANCELED}), "policy", "refused:x"]
)
def test_whatever_else_brings_a_person_in_is_a_review(why: str) -> None:
    assert [one.step for one in steps_of((Step.ESCALATED, why))] == ["in_review"]


def test_the_number_belongs_to_the_refund_that_left_last() -> None:
    changes = [(Step.PAID, None), (Step.ESCALATED, Why.FAILED), (Step.PAID, None)]
    steps = steps_of(*changes, reference="ARN-2")

    assert [one.reference for one in steps] == [None, None, "ARN-2"]


def test_no_internal_value_gets_out() -> None:
    changes = [(step, "hard_limit") for step in Step]
    shown = json.dumps([one.model_dump(mode="json") for one in steps_of(*changes)])

    for inner in ("key_of_anna", "hard_limit", "escalated", "rule", "risk", "policy"):
        assert inner not in shown


def test_every_change_is_either_shown_or_only_a_reminder() -> None:
    shown = steps_of(*((step, None) for step in Step))

    assert len(shown) == len(Step) - 1

"""Mistakes in deciding refunds and asking for them: each makes a wrong one of a right one."""

import itertools
from typing import Any

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.gateways import dispatch
from kassa.refunds.decision import approval as approvals
from kassa.refunds.lifecycle.cases import submission_of
from kassa.refunds.lifecycle.next_step import Do

_numbers = itertools.count(1)


def without_condition(real: Any) -> Any:
    """Write whatever stands there by now."""

    def put(*arguments: Any) -> Any:
        request = dict(real(*arguments))
        request.pop("ConditionExpression", None)
        if "UpdateExpression" not in request:
            request.pop("ExpressionAttributeNames", None)
            request.pop("ExpressionAttributeValues", None)
            return request
        values = dict(request["ExpressionAttributeValues"])
        values.pop(":read", None)
        return request | {"ExpressionAttributeValues": values}

    return put


def another_key(real: Any) -> Any:
    """Name every try anew."""
    return property(lambda self: f"{real.fget(self)}:{next(_numbers)}")


def silence_is_no(real: Any) -> Any:
    """Take a gateway that doesn't answer for one that said no."""

    def refund(submission: Any) -> Any:
        try:
            return real(submission)
        except GatewayUnavailable as error:
            raise GatewayRefused("timeout") from error

    return refund


def submitting_before_noting(real: Any) -> Any:
    def submit(case: Any, payment: Any, relied: Any, requests: Any) -> Any:
        dispatch.refund(submission_of(case))
        return real(case, payment, relied, requests)

    return submit


def always(answer: Any) -> Any:
    """Answer the same whatever is asked."""
    return lambda real: lambda *arguments, **named: answer


def submitting_all(real: Any) -> Any:
    """Ask for what was requested, whatever part of it was approved."""

    def submission_of(case: Any) -> Any:
        return real(case).model_copy(update={"amount": case.request.amount})

    return submission_of


def keeping_promises(real: Any) -> Any:
    """Keep what is reserved when its refund counts already."""
    return lambda state: state.reservations


def consuming_twice(real: Any) -> Any:
    """Give back what was reserved once more when its refund counts."""

    def update(before: Any, after: Any, event: Any, booked: Any) -> Any:
        request = dict(real(before, after, event, booked))
        consumed = set(before.reservations) - set(after.reservations)
        more = sum(before.reservations[submission_id] for submission_id in consumed)
        values = dict(request["ExpressionAttributeValues"])
        known = int(values[":headroom_change"]["N"])
        values[":headroom_change"] = {"N": str(known + more)}
        return request | {"ExpressionAttributeValues": values}

    return update


def twice_the_same_person(real: Any) -> Any:
    """Count who approves a second time as the second person."""

    def approved_by(case: Any, review: Any, amount_minor: Any) -> Any:
        lifecycle = case.lifecycle
        if lifecycle.approvals == (review.person,) and lifecycle.state == "escalated":
            return approvals._approved(
                lifecycle, review, lifecycle.approved_minor, (review.person,)
            )
        return real(case, review, amount_minor)

    return approved_by


def each_key_a_person(real: Any) -> Any:
    """Take another key for another person."""
    return property(lambda caller: caller.key_id)


def in_parts(real: Any) -> Any:
    """Look at each amount alone, whatever a person approved before."""
    return lambda policy, amount, sums=None: real(policy, amount)


def whoever_requested(real: Any) -> Any:
    """Let everybody approve what they requested."""

    def approved_by(case: Any, review: Any, amount_minor: Any) -> Any:
        nobody = case.request.model_copy(update={"requested_by": "nobody"})
        return real(case.model_copy(update={"request": nobody}), review, amount_minor)

    return approved_by


def same_round(real: Any) -> Any:
    """Ask anew under the old name."""

    def approved(lifecycle: Any, change: Any, *more: Any, **named: Any) -> Any:
        return real(lifecycle, change, *more, **named).model_copy(update={"round": lifecycle.round})

    return approved


def deaf_to_failures(real: Any) -> Any:
    """Believe that what left never comes back."""

    def reported(lifecycle: Any, payment: Any) -> Any:
        step = real(lifecycle, payment)
        return None if step is not None and step.do is Do.ESCALATE else step

    return reported

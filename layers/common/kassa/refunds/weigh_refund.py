"""Weigh a request for a refund: what it requests, what is known, and what follows from both."""

from typing import Any, NamedTuple

from kassa.core.callers import Caller
from kassa.gateways.dispatch import age_max_days
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.refunds.decision.decision import Bounds, begun, receipt, request_for
from kassa.refunds.decision.evidence import Case, is_like_another
from kassa.refunds.find_payment import Found
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.policy.store import Policies
from kassa.refunds.request.body import RefundRequestBody, requested_amount
from kassa.refunds.request.disputes import disputes_lost
from kassa.refunds.request.lines import (
    given_back,
    may_be_repeated,
    ordered,
    requested_units,
    require_left,
)
from kassa.refunds.request.request import DERIVED, Relied
from kassa.refunds.risk import read_signals

SAME_AMOUNT = "same_amount"  # as much was refunded before, once with lines and once without
LINE_REFUNDED = "line_refunded"  # a line was given back before, and nobody knows how many there are


class Weighed(NamedTuple):
    """A request as it would be kept, and the markers that it leaves."""

    case: RefundCase
    marks: list[dict[str, Any]]


def weigh_refund(
    request_body: RefundRequestBody,
    found: Found,
    caller: Caller,
    limit: str,
    relies_on: Relied,
) -> Weighed:
    """Decide a request on what stands now; `limit` names what keeps it from being automatic.

    `relies_on`: other payments that must still be whole when it is submitted.

    Raises InvalidRequest, OverHeadroom and LinesRefunded, naming what is off and what is left.
    """
    now, merchant_id = clock.now(), settings().merchant_id
    amount = requested_amount(request_body, found.state)
    of_order = found.order.lines if found.order else ()
    lines, sold = requested_units(request_body.line_items, of_order), ordered(of_order)
    gone = given_back(found.state.refunded_lines)
    require_left(lines, sold, gone)
    if may_be_repeated(lines, sold, gone):
        limit = limit or LINE_REFUNDED
    is_unnamed = request_body.claim.startswith(DERIVED)
    if is_unnamed and is_like_another(found.state, amount.amount_minor, bool(lines)):
        limit = limit or SAME_AMOUNT
    risk, marks = read_signals.read(request_body, found, amount, now)
    case = Case(request_body, found.subject, found.state, amount, risk, now, lines, sold)
    policy = Policies(merchant_id).active(now)
    age_max = age_max_days(found.subject.gateway, settings().refund_age_max_days)
    decided = receipt(case, policy, Bounds(age_max, limit))
    request = request_for(case, decided, caller.actor_id, merchant_id).model_copy(
        update={"relies_on": relies_on}
    )
    lifecycle = begun(request, policy, disputes_lost(found.state))
    return Weighed(
        RefundCase(request=request, lifecycle=lifecycle, comment=request_body.comment), marks
    )

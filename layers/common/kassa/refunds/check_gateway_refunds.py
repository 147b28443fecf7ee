"""Look up what was refunded at a gateway that reports none, before its payment is decided about.

Somebody with the gateway's portal may have given money back by hand. What is found counts at once,
and is booked when the watch comes by; a gateway that is silent leaves the decision to a person.
"""

from typing import NamedTuple

from kassa.core.errors import GatewayError, GatewayUnavailable
from kassa.gateways import dispatch, http, read, registry
from kassa.gateways.events import GatewayEvent, Subject, SubjectKind
from kassa.gateways.read import delivery_of
from kassa.gateways.registry import Ability
from kassa.ledger.state import SubjectState, join, unconsumed
from kassa.ledger.store import Books
from kassa.platform.telemetry import logger
from kassa.refunds.lifecycle.cases import RefundCase, submission_of
from kassa.refunds.lifecycle.next_step import left_of, refunds_of
from kassa.refunds.lifecycle.outcomes import GatewayAnswer, GatewayRefundStatus, answer_of

SILENT = "gateway_silent"  # why a person decides
WAIT_S = 8.0  # a caller of the API waits meanwhile


class SeenRefunds(NamedTuple):
    """How a payment stands at its gateway, and what keeps a refund of it from being automatic."""

    state: SubjectState
    limit: str = ""


def check_gateway_refunds(payment: Subject, state: SubjectState) -> SeenRefunds:
    """Return how a payment stands; where its gateway reports no refunds, after looking there."""
    if registry.gateway(payment.gateway).notifies_refunds:
        return SeenRefunds(state)
    try:
        return SeenRefunds(seen_now(payment, state))
    except GatewayError as error:
        logger.warning("refunds not seen", payment_id=payment.subject_id, reason=str(error))
        return SeenRefunds(state, SILENT)


def gateway_answer(case: RefundCase, state: SubjectState) -> GatewayAnswer:
    """Return what a case's gateway says of its refund now, by every way to look it up."""
    gateway, refund_id = case.request.payment.gateway, None
    try:
        if registry.can(gateway, Ability.FIND_REFUND):
            with http.within(WAIT_S):
                found = dispatch.find_refund(submission_of(case))
            refund_id = found.refund_id if found else None
        seen = seen_now(case.request.payment, state)
    except GatewayUnavailable as error:
        logger.warning("refund not resolved", reason=str(error))
        return GatewayAnswer(answer=GatewayRefundStatus.SILENT)
    except GatewayError as error:  # it won't answer, however often it is called
        logger.warning("gateway can't say", reason=str(error))
        return GatewayAnswer(answer=GatewayRefundStatus.UNKNOWN)
    finds = registry.can(gateway, Ability.FIND_REFUND)
    answer = answer_of(case, seen, refund_id) or (
        GatewayRefundStatus.NONE if finds else GatewayRefundStatus.UNKNOWN
    )
    named = next(iter(refunds_of(seen, case.lifecycle)), None)
    left = left_of(case.lifecycle, seen) or None
    return GatewayAnswer(answer=answer, refund_id=named or refund_id, left=left)


def seen_now(payment: Subject, state: SubjectState) -> SubjectState:
    """Look a payment up and return it with what is news of it; only counted, booked by others.

    Raises GatewayError where the gateway doesn't say how the payment stands.
    """
    if not registry.can(payment.gateway, Ability.LOOK_UP):
        return state
    seen, books = state, Books()
    with http.within(WAIT_S):
        bodies = dispatch.look_up(payment)
    for body in bodies:
        event = read.read(body, delivery_of(payment.gateway, payment.account, "look_up", body))
        if isinstance(event, GatewayEvent) and event.subject.kind is SubjectKind.PAYMENT:
            seen = join(books.reopened(seen, event), event)
    return seen.model_copy(update={"reservations": unconsumed(seen)})

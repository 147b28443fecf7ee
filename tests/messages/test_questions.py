"""What a message says of a refund is asked again: nothing is told that isn't so any more."""

from typing import Any

import pytest

from kassa.core import stored
from kassa.core.merchant import Merchant
from kassa.gateways.declines import Decline, DeclineAction, DeclineReason, DeclineScope
from kassa.ledger.objects import ObjectState
from kassa.messages.catalog import Row, row_of
from kassa.messages.facts import MessageFact
from kassa.messages.params import decline_fields, params_of, secure
from kassa.messages.situations.situation import Situation
from kassa.messages.templates.catalog import MESSAGES
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState, Why
from kassa.refunds.policy.model import Outcome
from tests.support.aws_stack import NOW
from tests.support.facts import fact
from tests.support.refund_cases import a_lifecycle, a_receipt, a_refund, a_request

MERCHANT = Merchant(
    merchant_id="main", name="Kauppa", address=(), tax_id="", time_zone="UTC", language="en"
)
EVERY = set(RequestState)


def row(kind: str, message: str) -> Row:
    found = row_of(kind, message)
    assert found is not None
    return found


def now_is(state: RequestState | None = None, gateway: ObjectState | None = None) -> Situation:
    """Return how a refund stands: its request, and what its gateway reported."""
    known = None if state is None else RefundCase(request=a_request(), lifecycle=a_lifecycle(state))
    return Situation(MERCHANT, refund=known, gateway_object=gateway)


@pytest.mark.parametrize(
    ("kind", "message", "told_in"),
    [
        ("RefundRequested", "refund_requested", {RequestState.ESCALATED}),
        (
            "RefundApproved",
            "refund_approved",
            {RequestState.APPROVED, RequestState.SUBMITTED, RequestState.ACCEPTED},
        ),
        ("RefundRejected", "refund_rejected", {RequestState.REJECTED}),
        (
            "CustomerInformationRequested",
            "refund_information_requested",
            {RequestState.ESCALATED},
        ),
        ("RefundFailed", "refund_failed", EVERY - {RequestState.PAID}),
    ],
)
def test_a_step_is_told_while_the_refund_stands_at_it(
    kind: str, message: str, told_in: set[RequestState]
) -> None:
    asked = row(kind, message).is_still_true

    assert {state for state in EVERY if asked(None, now_is(state))} == told_in


@pytest.mark.parametrize(
    ("state", "left", "failed"),
    [("succeeded", True, False), ("failed", False, True), ("canceled", False, False)],
)
def test_a_refund_that_came_back_has_not_left(state: str, left: bool, failed: bool) -> None:
    known = now_is(RequestState.ESCALATED, a_refund(state))

    assert row("RefundSucceeded", "refund_paid").is_still_true(None, known) is left
    assert row("RefundFailed", "refund_failed").is_still_true(None, known) is failed


def requested(decision: Outcome) -> Any:
    data = fact("RefundRequested", "rr_1", NOW, (60_00, "EUR"), **_request_fields()).data
    return data.model_copy(update={"receipt": a_receipt(decision)})


def _request_fields() -> dict[str, Any]:
    return {
        "refund_request_id": "rr_1",
        "gateway": "stripe",
        "account": "main",
        "payment_id": "pi_1",
        "reason": "damaged",
        "requested_by": "key-1",
        "receipt": a_receipt().model_dump(mode="json"),
    }


@pytest.mark.parametrize("decision", Outcome)
def test_a_request_that_was_decided_at_once_is_told_once(decision: Outcome) -> None:
    concerns = row("RefundRequested", "refund_requested").concerns

    assert concerns(requested(decision), now_is()) is (decision is Outcome.ESCALATE)


@pytest.mark.parametrize(("why", "is_told"), [("too_late", True), (Why.PAYS.value, False)])
def test_nobody_is_told_of_a_refund_that_they_never_asked_for(why: str, is_told: bool) -> None:
    fields = {"by": "key-1", "why": why} | {
        name: value for name, value in _request_fields().items() if name in _NAMES
    }
    rejected = fact("RefundRejected", "rr_1", NOW, (60_00, "EUR"), **fields)

    assert row("RefundRejected", "refund_rejected").concerns(rejected.data, now_is()) is is_told
    known = now_is(RequestState.REJECTED)
    said = params_of(row("RefundRejected", "refund_rejected").message, rejected, known, "fi")
    assert MESSAGES["refund_rejected"].model_validate(said)


_NAMES = {"refund_request_id", "gateway", "account", "payment_id"}


@pytest.mark.parametrize(
    "reason",
    [DeclineReason.CARD_LOST_OR_STOLEN, DeclineReason.FRAUD_SUSPECTED, DeclineReason.BLOCKED],
)
def test_who_holds_a_stolen_card_is_not_told_that_it_is(reason: DeclineReason) -> None:
    decline = Decline("x", reason, DeclineScope.PAYMENT, DeclineAction.DO_NOT_RETRY, "source")

    assert decline_fields(decline) == {
        "reason": DeclineReason.UNKNOWN,
        "action": DeclineAction.TRY_OTHER_METHOD,
    }


def test_a_customer_is_not_asked_to_mend_the_shop() -> None:
    decline = Decline(
        *("x", DeclineReason.UNKNOWN, DeclineScope.PAYMENT, DeclineAction.FIX_ACCOUNT, "source")
    )
    assert decline_fields(decline)["action"] is DeclineAction.TRY_OTHER_METHOD


def test_a_trace_number_is_told_where_it_is_known() -> None:
    traced = fact("RefundTraced", "pi_1", NOW, (60_00, "EUR"), object_id="re_1", reference="ARN1")
    known = now_is(RequestState.PAID, a_refund("succeeded"))
    said = params_of(row("RefundTraced", "refund_paid").message, traced, known, "en")

    assert said["trace_number"] == "ARN1"
    assert MESSAGES["refund_paid"].model_validate(said)


def test_a_link_is_https_or_none() -> None:
    assert secure("https://shop.example/pay") == "https://shop.example/pay"
    refused = ("http://shop.example", "javascript:1", "http://127.0.0.1:80@shop.example/", None)
    assert [secure(url) for url in refused] == [None] * 4


def test_a_link_of_a_stack_run_here_leads_to_this_machine() -> None:
    url = "http://127.0.0.1:4566/_aws/execute-api/a1/$default/pay/x-Y_z"
    assert secure(url) == url


def test_a_fact_of_a_newer_release_is_told_to_nobody() -> None:
    document = fact("PaymentFailed", "pi_1", NOW, (1, "EUR")).model_dump(mode="json")
    document["data"] |= {"fact": "SomethingNew"}
    newer = stored.read(MessageFact, document)

    assert row_of(newer.data.fact, "invoice") is None

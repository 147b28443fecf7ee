"""Stripe's EventBridge destination: what its bus brings is queued, and booked once in all."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from cli.stack import choose
from functions.receive_eventbridge.app import lambda_handler
from infra import stack as stacks
from kassa.core.errors import (
    GatewayUnavailable,
    InvalidRequest,
    QueueUnavailable,
    SecretsUnavailable,
    UnknownGateway,
)
from kassa.gateways.http import HttpAnswer, HttpRequest
from tests.support import stripe_events as s
from tests.support.aws_stack import Stack
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenes.scene import Arrival
from tests.support.gateway_stage import Stage, on_stage
from tests.support.intake import (
    FAILURES,
    REGION,
    SECRET,
    Intake,
    heavy_at_init,
    log_lines,
    signed_header,
)

SOURCE = "aws.partner/stripe.com/ed_61AbCdEf"
EVENT = s.event("charge.succeeded", s.charge(), "evt_1")


@pytest.fixture(autouse=True)
def _bus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_EVENT_SOURCE", SOURCE)
    monkeypatch.setenv("STRIPE_EVENT_ACCOUNT", "main")


def envelope(detail: Any = EVENT, **more: Any) -> dict[str, Any]:
    """Return an event as EventBridge hands it to a function."""
    event = {
        "version": "0",
        "id": "6f2a1c1e-0000-4000-8000-000000000001",
        "detail-type": detail.get("type") if isinstance(detail, dict) else "charge.succeeded",
        "source": SOURCE,
        "account": "123456789012",
        "time": "2026-11-22T12:00:00Z",
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}::event-source/{SOURCE}"],
        "detail": detail,
    }
    return event | more


def test_an_event_of_the_bus_is_queued_for_its_account(intake: Intake) -> None:
    lambda_handler(envelope(), None)

    (delivery,) = intake.messages()
    assert json.loads(intake.body_of(delivery)) == EVENT
    assert (delivery.gateway, delivery.account, delivery.origin) == ("stripe", "main", "webhook")
    assert (delivery.merchant_id, delivery.mode) == ("shop", "test")
    assert delivery.received_at == intake.clock.at


def test_the_account_is_the_stacks_choice(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    intake.store_secret("second", mode="live", signing_secrets=[])
    monkeypatch.setenv("STRIPE_EVENT_ACCOUNT", "second")
    lambda_handler(envelope(), None)

    (delivery,) = intake.messages()
    assert (delivery.account, delivery.mode) == ("second", "live")


def test_the_send_is_the_only_call_once_the_secret_is_known(intake: Intake) -> None:
    for _ in range(3):
        lambda_handler(envelope(), None)

    assert intake.secrets.made == ["get_secret_value"]
    assert intake.sqs.made == ["send_message"] * 3


def test_one_log_line_names_the_event_and_the_way_it_came(
    intake: Intake, capsys: pytest.CaptureFixture[str]
) -> None:
    lambda_handler(envelope(), None)

    (line,) = log_lines(capsys)
    assert (line["message"], line["correlation_id"]) == ("webhook queued", "evt_1")
    assert (line["intake"], line["gateway"], line["WebhookQueued"]) == ("eventbridge", "stripe", 1)


def test_an_event_too_large_for_a_message_lies_in_the_bucket(intake: Intake) -> None:
    large = EVENT | {"padding": "ü" * 100_000}
    lambda_handler(envelope(large), None)

    (delivery,) = intake.messages()
    assert delivery.body_key is not None
    assert json.loads(intake.body_of(delivery)) == large


@pytest.mark.parametrize(
    "wrong",
    [
        envelope(source="aws.partner/stripe.com/ed_another"),
        envelope(source="kassa"),
        envelope(source=None),
        envelope("evt_1"),
        envelope(None),
        envelope(EVENT | {"object": "charge"}),
        envelope(EVENT | {"id": "ch_1"}),
        envelope(EVENT | {"id": "evt_1/../x"}),
        envelope(EVENT | {"id": None}),
        envelope(EVENT | {"type": ""}),
        envelope(**{"detail-type": "charge.refunded"}),
        {},
    ],
)
def test_what_isnt_an_event_of_that_stripe_account_is_never_queued(
    intake: Intake, wrong: dict[str, Any]
) -> None:
    with pytest.raises(InvalidRequest):
        lambda_handler(wrong, None)
    assert intake.messages() == []


@pytest.mark.parametrize("source", ["", "kassa", "aws.partner/other.com/x"])
def test_a_stack_without_stripes_source_takes_nothing(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    monkeypatch.setenv("STRIPE_EVENT_SOURCE", source)

    with pytest.raises(InvalidRequest):
        lambda_handler(envelope(source=source), None)


def test_an_account_nobody_set_up_fails_so_that_the_event_is_kept(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_EVENT_ACCOUNT", "nobody")

    with pytest.raises(UnknownGateway):
        lambda_handler(envelope(), None)


@pytest.mark.parametrize("failure", FAILURES)
def test_a_queue_that_is_down_fails_so_that_lambda_tries_again(
    intake: Intake, failure: Exception
) -> None:
    intake.sqs.failure = failure
    with pytest.raises(QueueUnavailable):
        lambda_handler(envelope(), None)

    intake.sqs.failure = None
    lambda_handler(envelope(), None)
    assert len(intake.messages()) == 1


@pytest.mark.parametrize("failure", FAILURES)
def test_a_secret_that_cant_be_read_fails_so_that_lambda_tries_again(
    intake: Intake, failure: Exception
) -> None:
    intake.secrets.failure = failure
    with pytest.raises(SecretsUnavailable):
        lambda_handler(envelope(), None)
    assert intake.messages() == []


def test_what_init_imports_stays_light() -> None:
    assert heavy_at_init("receive_eventbridge") == ""


class Body:
    """Stripe as a scene that only sends: a captured charge and a part of it refunded."""

    gateway = "stripe"
    can = frozenset({"pay", "refund"})

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock

    def secrets(self) -> dict[str, dict[str, Any]]:
        known = {"merchant_id": "main", "mode": "test", "signing_secrets": [SECRET]}
        return {"webhooks/stripe/main": known}

    def transport(self, request: HttpRequest) -> HttpAnswer:
        raise GatewayUnavailable(request.url)

    def arrivals(self) -> list[Arrival]:
        events = (EVENT, s.event("refund.created", s.refund(), "evt_2"))
        bodies = [json.dumps(one).encode() for one in events]
        return [Arrival(one, {"stripe-signature": self._signed(one)}) for one in bodies]

    def _signed(self, body: bytes) -> str:
        return signed_header(self.clock.at, body, SECRET)


@pytest.fixture
def stage(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Put Stripe in front of the real handlers."""
    scene: Any = Body(fake_clock)
    with on_stage(stack, fake_clock, scene, monkeypatch) as opened:
        yield opened


@pytest.mark.parametrize("first", ["webhook", "eventbridge"])
def test_an_event_that_comes_both_ways_is_booked_once(stage: Stage, first: str) -> None:
    arrivals = stage.scene.arrivals()

    def come(way: str) -> None:
        for one in arrivals:
            if way == "webhook":
                stage.post(one)
            else:
                lambda_handler(envelope(json.loads(one.body)), None)
        stage.book()

    come(first)
    once, facts = stage.ledger(), named(stage)
    assert once == {("customers", "EUR"): 10_00 - 100_00, ("gateway_clearing", "EUR"): 90_00}

    come("eventbridge" if first == "webhook" else "webhook")
    assert (stage.failures, stage.ledger()) == ([], once)
    assert named(stage) == facts  # told again under the same names, and nothing new
    assert set(stage.statuses) == {200}


def named(stage: Stage) -> set[str]:
    """Return the facts published since the last call."""
    return {str(one["detail"]["metadata"]["fact_id"]) for one in stage.stack.published()}


@pytest.mark.parametrize("is_record", [False, True])
def test_a_dead_letter_goes_back_to_the_function_as_it_came(
    console: Console, is_record: bool
) -> None:
    name = "StripeEventsRuleDeadLetterQueue"
    url = boto3.client("sqs").create_queue(QueueName="partner")["QueueUrl"]
    console.operated.queues[name] = url
    console.operated.functions["ReceiveEventbridgeFunction"] = "receive"
    stacks.write(console.operated)
    choose(None)
    record = {"version": "1.0", "requestPayload": envelope(), "responsePayload": {}}
    console.send(name, json.dumps(record if is_record else envelope()))

    assert "charge.succeeded evt_1" in console.run("dlq", "show", name).stdout
    assert "ReceiveEventbridgeFunction" in console.run("dlq", "redrive", name).stdout
    (invoked,) = console.functions.invoked
    assert (invoked["FunctionName"], invoked["InvocationType"]) == ("receive", "Event")
    assert json.loads(invoked["Payload"]) == envelope()

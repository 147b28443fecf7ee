"""resume_deliveries through its handler: what is due is put on its channel's queue."""

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest

from functions.resume_deliveries.app import lambda_handler as resume
from kassa.deliveries import lists
from kassa.deliveries.delivery import IN_FLIGHT, Channel, Outcome, Status
from kassa.deliveries.queues import woken
from kassa.deliveries.store import Deliveries
from kassa.platform.settings import settings
from tests.support.aws_stack import REGION, Context, FakeClock, Stack
from tests.support.deliveries import a_delivery

QUEUES = ("messages_queue_url", "webhooks_queue_url", "partners_queue_url")


@pytest.fixture
def queues(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make the consumers' queues; return what takes all messages of one, by its setting."""
    sqs = boto3.client("sqs", region_name=REGION)
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in QUEUES}
    for name, url in urls.items():
        monkeypatch.setenv(name.upper(), url)
    settings.cache_clear()

    def taken(name: str) -> list[str]:
        found = sqs.receive_message(QueueUrl=urls[name], MaxNumberOfMessages=10)
        return [message["Body"] for message in found.get("Messages", [])]

    yield taken
    settings.cache_clear()


def ids(bodies: list[str]) -> set[str | None]:
    return {woken(body) for body in bodies}


def test_each_is_resumed_on_its_channels_queue_when_it_is_due_and_not_before(
    queues: Any, fake_clock: FakeClock
) -> None:
    deliveries = Deliveries("main")
    until = fake_clock.at + timedelta(minutes=30)
    mail, crashed = a_delivery(channel=Channel.MAIL), a_delivery(channel=Channel.PARTNER)
    deliveries.wait(mail, Outcome(Status.WAITING, "quiet_hours", None, until))
    assert deliveries.begin(crashed, is_repeatable=True)
    sent = deliveries.begin(a_delivery(), is_repeatable=True)
    assert sent
    deliveries.end(sent, Outcome(Status.SENT))

    assert resume({}, Context()) == {}  # type: ignore[arg-type]
    fake_clock.at += IN_FLIGHT
    assert resume({}, Context()) == {"partner": 1}  # type: ignore[arg-type]
    fake_clock.at = until
    assert resume({}, Context()) == {"mail": 1, "partner": 1}  # type: ignore[arg-type]

    assert ids(queues("messages_queue_url")) == {mail.delivery_id}
    assert ids(queues("partners_queue_url")) == {crashed.delivery_id}
    assert queues("webhooks_queue_url") == []


def test_a_queue_that_takes_nothing_stops_no_other(
    queues: Any, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliveries = Deliveries("main")
    for channel in (Channel.MAIL, Channel.WEBHOOK):
        deliveries.wait(
            a_delivery(channel=channel), Outcome(Status.WAITING, "busy", None, fake_clock.at)
        )
    fake_clock.at += timedelta(seconds=1)
    monkeypatch.setenv("MESSAGES_QUEUE_URL", "https://sqs.invalid/nowhere")
    settings.cache_clear()

    assert resume({}, Context()) == {"mail": 0, "webhook": 1}  # type: ignore[arg-type]
    assert len(queues("webhooks_queue_url")) == 1


def test_eleven_pages_that_are_due_are_resumed_in_one_run(
    queues: Any, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "DUE_PAGE", 20)
    deliveries = Deliveries("main")
    for number in range(210):
        waiting = Outcome(Status.WAITING, "busy", None, fake_clock.at)
        deliveries.wait(a_delivery(f"pi_{number}"), waiting)
    fake_clock.at += timedelta(seconds=1)

    assert resume({}, Context()) == {"webhook": 210}  # type: ignore[arg-type]


def test_a_fact_from_the_bus_wakes_nobody_by_name() -> None:
    assert woken(json.dumps({"detail": {}})) is None

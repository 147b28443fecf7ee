"""Health: whether gateways speak, what was refused on its way in, and what failed."""

import json
from datetime import datetime

import pytest

from functions.book_event.app import lambda_handler as book
from kassa.audit.store import items
from kassa.deliveries.delivery import Delivery, Outcome, Status
from kassa.deliveries.store import Deliveries
from kassa.monitoring import heartbeat_store
from kassa.monitoring.heartbeat import Heartbeat, hour_of
from kassa.people.persons import Role
from kassa.platform import aws
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.console_pages import Browser, person
from tests.support.console_pages import opened as opened
from tests.support.deliveries import a_delivery
from tests.support.queue_batches import CAPTURED, batch

pytestmark = pytest.mark.usefixtures("opened", "stack")
HTML_MAX = 60 * 1024
HOSTILE = "<script>alert(1)</script>"


def failed_delivery() -> Delivery:
    """Let a webhook fail for good."""
    begun = Deliveries("main").begin(a_delivery(), is_repeatable=True)
    assert begun is not None
    return Deliveries("main").end(begun, Outcome(Status.FAILED, "refused"))


@pytest.fixture
def finance() -> Browser:
    return Browser().sign_in(person(Role.FINANCE))


def test_a_new_stack_says_what_to_connect(finance: Browser) -> None:
    shown = finance.get("/console/health")

    assert "It was never heard. Connect it by kassa gateways connect." in shown.text
    assert "None was refused." in shown.text
    assert "None failed." in shown.text


def test_a_gateway_shows_when_it_spoke_last(finance: Browser) -> None:
    spoke = datetime.fromisoformat("2026-11-21T06:00:00+00:00")
    beat = Heartbeat(begins=hour_of(spoke), counts=(7,), counted_until=NOW, received_until=spoke)
    heartbeat_store.keep("stripe", "main", beat)

    assert "Stripe 3 hours ago 7 events in a day" in finance.get("/console/health").text


def test_a_gateway_that_nobody_has_counted_yet_spoke_when_it_was_booked(finance: Browser) -> None:
    assert book(batch(CAPTURED), Context()) == {"batchItemFailures": []}

    shown = finance.get("/console/health").text

    assert "never heard" not in shown
    assert "ago" in shown


def test_a_refused_webhook_shows_why_and_nothing_of_its_body(
    stack: Stack, finance: Browser
) -> None:
    refused = {
        "at": NOW.isoformat(), "gateway": "stripe", "account": "main", "status": 400,
        "reason": HOSTILE, "body": "secret",
    }  # fmt: skip
    key = "refused/2026-11-21/20261121T090000-0123abcd-stripe-400.json"
    aws.client("s3").put_object(Bucket=stack.bucket, Key=key, Body=json.dumps(refused).encode())
    shown = finance.get("/console/health")

    assert "Refused webhooks of a week · 1" in shown.text
    assert HOSTILE in shown.text
    assert "<script>alert" not in shown.body
    assert "secret" not in shown.body
    assert len(shown.body.encode()) < HTML_MAX


def test_what_failed_for_good_is_counted_by_queue(stack: Stack, finance: Browser) -> None:
    sqs = aws.client("sqs")
    dead = sqs.create_queue(QueueName="events-dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
    policy = json.dumps({"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": 1})
    sqs.set_queue_attributes(QueueUrl=stack.events_queue, Attributes={"RedrivePolicy": policy})
    sqs.send_message(QueueUrl=dead, MessageBody="{}")

    shown = finance.get("/console/health")
    assert "1 Events of gateways events-dead" in shown.text
    assert 'action="/console/health/events"' not in shown.body
    assert finance.send("/console/health/events").status == 404
    assert "Failed for good on their way: 1." in finance.get("/console").text


def test_a_delivery_that_failed_is_driven_again(finance: Browser) -> None:
    failed = failed_delivery()
    path = f"/console/health/deliveries/{failed.delivery_id}/redrive"
    assert path in finance.get("/console/health").body
    assert finance.send(path).leads_to == "/console/health"

    kept = Deliveries("main").find(failed.delivery_id)
    assert kept is not None
    assert kept.status is Status.WAITING
    assert finance.send(path).status == 409


@pytest.mark.parametrize("role", [Role.READER, Role.APPROVER])
def test_who_may_not_drive_again_sees_it_without_the_button(role: Role) -> None:
    browser = Browser().sign_in(person(role))
    path = f"/console/health/deliveries/{failed_delivery().delivery_id}/redrive"

    assert path not in browser.get("/console/health").body
    assert browser.send(path).status == 403


def test_what_failed_for_good_goes_back_to_its_queue(stack: Stack, finance: Browser) -> None:
    sqs = aws.client("sqs")
    dead = sqs.create_queue(QueueName="refunds-dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
    policy = json.dumps({"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": 1})
    sqs.set_queue_attributes(QueueUrl=stack.refunds_queue, Attributes={"RedrivePolicy": policy})
    for number in range(12):
        sqs.send_message(QueueUrl=dead, MessageBody=f"{number}")
    assert 'action="/console/health/refunds"' in finance.get("/console/health").body

    assert finance.send("/console/health/refunds").leads_to == "/console/health"
    assert "0 Refunds refunds-dead" in finance.get("/console/health").text
    taken = list[str]()
    while found := sqs.receive_message(QueueUrl=stack.refunds_queue, MaxNumberOfMessages=10):
        if "Messages" not in found:
            break
        taken += [one["Body"] for one in found["Messages"]]
    assert sorted(taken, key=int) == [f"{number}" for number in range(12)]
    acts = [json.loads(one.content) for one in items(NOW.date())]
    redriven = [one for one in acts if one["operation"] == "dead_letters.redrive"]
    assert [one["outcome"] for one in redriven] == ["begun", "done"]


def test_who_may_not_drive_again_sends_nothing_back() -> None:
    browser = Browser().sign_in(person(Role.READER))

    assert browser.send("/console/health/refunds").status == 403

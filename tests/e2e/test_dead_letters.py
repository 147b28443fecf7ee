"""A poison message ends in its dead-letter queue, waits there, and comes back after the fix."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from typer.testing import CliRunner

from cli.connection import resend_clients
from cli.main import app
from infra.demo.result import Result
from infra.event_templates import Surroundings, fill
from infra.local import observed
from infra.stack import Stack
from kassa.gateways.events import Delivery
from kassa.platform import clock

KEY = "large/lost-for-a-while.json"


@contextmanager
def impatient(stack: Stack, queue: str) -> Iterator[None]:
    """Let a queue give up after two tries, a second apart."""
    sqs, url = stack.client("sqs"), stack.queues[queue]
    names = ["VisibilityTimeout", "RedrivePolicy"]
    usual = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    policy = json.loads(usual["RedrivePolicy"]) | {"maxReceiveCount": 2}
    attributes = {"VisibilityTimeout": "1", "RedrivePolicy": json.dumps(policy)}
    sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    yield
    sqs.set_queue_attributes(QueueUrl=url, Attributes=usual)


def run(*args: str) -> Any:
    """Run a command of the operator's, and return what it says."""
    answer = CliRunner().invoke(app, [*args, "--json"])
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def test_a_poison_message_comes_back_by_redrive_after_the_fix(stack: Stack, result: Result) -> None:
    delivery = Delivery(
        gateway="stripe",
        account="main",
        merchant_id="main",
        mode="test",
        received_at=clock.now(),
        body_key=KEY,  # the bytes it names are missing: no try can succeed
    )
    with impatient(stack, "EventsQueue"):
        sender = resend_clients(stack)["sqs"]
        sender.send_message(
            QueueUrl=stack.queues["EventsQueue"], MessageBody=delivery.model_dump_json()
        )
        dead = {"EventsDeadLetterQueue": 1}
        assert observed.wait_until(lambda: observed.dead_letters(stack) == dead, timeout_s=60)
    why = run("dlq", "show", "EventsDeadLetterQueue")[0]["why"]
    assert (why["attempt"], why["raised_at"] is not None) == (2, True)
    assert re.fullmatch(r"[0-9.]+\+[0-9a-f]{12}", why["code_version"])

    body = fill(
        "payment_intent.succeeded",
        ["event.id=evt_poison", "id=pi_poison"],
        Surroundings(now=clock.now(), is_live=False),
    )
    stack.client("s3").put_object(Bucket=stack.bucket, Key=KEY, Body=json.dumps(body).encode())
    run("dlq", "redrive", "EventsDeadLetterQueue", "--reason", "the bytes are there now")

    def is_booked() -> bool:
        return observed.read_books(stack).subjects("PaymentCaptured")["pi_poison"] == 1

    assert observed.wait_until(is_booked, timeout_s=60)
    assert observed.dead_letters(stack) == {}

    done, begun = run("audit", "list", "--object", "queue/")
    assert (begun["outcome"], done["outcome"], done["by"]) == ("begun", "done", begun["by"])
    assert done["by"]["aws_arn"].startswith("arn:aws:")
    assert run("audit", "verify")["broken"] is None

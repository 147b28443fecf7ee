"""`kassa webhooks`, as an operator sees them at 80 columns."""

import json
from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest

from kassa.audit import store as audit_trail
from kassa.deliveries.delivery import Outcome, Status
from kassa.deliveries.store import Deliveries
from kassa.partners import safe_http
from kassa.partners.addresses import Target
from kassa.partners.safe_http import SafeAnswer, SafeRequest
from kassa.partners.webhooks.endpoints import store
from kassa.platform import drawn_secrets
from kassa.platform.settings import settings
from tests.support.aws_stack import NOW, REGION, FakeClock, keep_secret
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.deliveries import a_delivery

URL = "https://shop.example/hooks"


class Desk:
    """An operator, a person who owns endpoints, and what a receiver answers."""

    def __init__(self, console: Console) -> None:
        self.console, self.answers, self.status = console, list[str](), 204
        self.owner = console.json("persons", "create", "--name", "Ada", "--role", "developer")

    def add(self, *more: str) -> dict[str, dict[str, str]]:
        owner = self.owner["person_id"]
        found: dict[str, dict[str, str]] = self.console.json(
            "webhooks", "add", URL, "--event", "Payment*", "--owner", owner, *more
        )
        return found

    def answer(self, _: Target, request: SafeRequest) -> SafeAnswer:
        self.answers.append(json.loads(request.body or b"")["type"])
        return SafeAnswer(self.status, {}, b"")


@pytest.fixture
def desk(console: Console, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("COLUMNS", "80")
    queue = boto3.client("sqs", region_name=REGION).create_queue(QueueName="webhooks")
    monkeypatch.setenv("WEBHOOKS_QUEUE_URL", queue["QueueUrl"])
    settings.cache_clear()
    keep_secret("kassa/outgoing-webhooks", "m" * 64)
    made = Desk(console)
    safe_http.install(made.answer)
    yield made
    safe_http.install(None)
    store.forget()
    drawn_secrets.forget()


def test_an_endpoint_is_added_and_its_secret_printed_once(desk: Desk) -> None:
    owner = desk.owner["person_id"]
    said = desk.console.run("webhooks", "add", URL, "--event", "*", "--owner", owner).stdout

    assert "whsec_" in said
    assert "shown this once" in said
    assert all(len(line) <= 80 for line in said.splitlines())
    (listed,) = desk.console.json("webhooks", "list")
    shown = desk.console.run("webhooks", "show", listed["endpoint_id"]).stdout
    assert "whsec_" not in shown
    assert owner in shown


def test_an_owner_is_a_person_and_an_event_one_that_there_is(desk: Desk) -> None:
    owner = desk.owner["person_id"]
    words = ("webhooks", "add", URL, "--event")
    assert "no person" in desk.console.refused(*words, "*", "--owner", "person_000000000000")
    said = desk.console.refused(*words, "payment.captured", "--owner", owner)
    assert "did you mean PaymentCaptured?" in said
    more = ("--description", "ann@example.com")
    assert "mail address" in desk.console.refused(*words, "*", "--owner", owner, *more)
    assert "https" in desk.console.refused(
        "webhooks", "add", "http://x.example", "--event", "*", "--owner", owner
    )


def test_all_are_listed_with_whole_ids_and_how_they_fare(desk: Desk) -> None:
    assert "no webhook endpoint yet" in desk.console.run("webhooks", "list").stdout
    one, other = (desk.add()["endpoint"]["endpoint_id"] for _ in range(2))
    desk.console.run("webhooks", "disable", other)
    said = desk.console.run("webhooks", "list").stdout

    assert one in said
    assert other in said
    assert "disabled, by person" in said
    assert all(len(line) <= 80 for line in said.splitlines())


def test_an_endpoint_is_changed_disabled_enabled_and_removed(desk: Desk) -> None:
    endpoint_id = desk.add()["endpoint"]["endpoint_id"]
    changed = desk.console.json("webhooks", "change", endpoint_id, "--event", "Refund*")
    assert changed["endpoint"]["events"] == ["Refund*"]
    assert "name what to change" in desk.console.refused("webhooks", "change", endpoint_id)
    off = desk.console.run("webhooks", "disable", endpoint_id).stdout
    assert f"kassa webhooks enable {endpoint_id}" in off
    assert desk.console.json("webhooks", "enable", endpoint_id)["endpoint"]["status"] == "active"
    assert "deleted" in desk.console.run("webhooks", "remove", endpoint_id).stdout
    assert "no webhook endpoint" in desk.console.refused("webhooks", "show", endpoint_id)

    acts = [json.loads(one.content) for one in audit_trail.items(NOW.date())]
    mine = [one for one in acts if one["operation"].startswith("webhook_endpoint.")]
    assert len(mine) == 5
    assert all("arn" in one["by"]["aws_arn"] for one in mine)


def test_a_secret_is_rotated_and_the_overlap_said(desk: Desk) -> None:
    made = desk.add()
    said = desk.console.run("webhooks", "rotate", made["endpoint"]["endpoint_id"]).stdout

    assert str(made["secret"]) not in said
    assert "whsec_" in said
    assert "signs along until 2026-11-22 09:00" in said


def test_a_test_says_what_was_answered_and_fails_where_nothing_was_taken(desk: Desk) -> None:
    endpoint_id = desk.add()["endpoint"]["endpoint_id"]
    assert "It answered 204" in desk.console.run("webhooks", "test", endpoint_id).stdout
    desk.status = 500
    failed = desk.console.run("webhooks", "test", endpoint_id)

    assert failed.exit_code == 1
    assert "status 500" in failed.stdout
    assert desk.answers == ["WebhookTest"] * 2


def test_a_window_is_replayed(desk: Desk, fake_clock: FakeClock) -> None:
    endpoint_id = desk.add()["endpoint"]["endpoint_id"]
    fake_clock.at += timedelta(hours=1)
    words = ("webhooks", "replay", endpoint_id, "--from")
    said = desk.console.run(*words, "2026-11-21T09:00:00Z").stdout

    assert "rp_" in said
    shown = desk.console.json("webhooks", "show", endpoint_id)
    assert shown["replay"]["status"] == "running"
    assert "Z for UTC" in desk.console.refused(*words, "2026-11-21T09:00:00")
    assert "an instant" in desk.console.refused(*words, "yesterday")
    assert "in the future" in desk.console.refused(
        *words, "2026-11-21T09:00:00Z", "--to", "2026-11-22T09:00:00Z"
    )


def test_what_an_endpoint_was_told_is_listed(desk: Desk) -> None:
    endpoint_id = desk.add()["endpoint"]["endpoint_id"]
    deliveries = Deliveries("main")
    attempt = deliveries.begin(a_delivery(recipient=f"endpoint:{endpoint_id}"), is_repeatable=True)
    assert attempt
    deliveries.end(attempt, Outcome(Status.FAILED, "status 500"))
    said = desk.console.run("webhooks", "deliveries", endpoint_id).stdout

    assert "failed, status 500" in said
    none = desk.console.run("webhooks", "deliveries", endpoint_id, "--day", "2026-11-20").stdout
    assert "to it on that day" in none

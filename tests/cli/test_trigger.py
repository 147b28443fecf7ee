"""`kassa trigger`: events that look, sign and travel like the gateway's own."""

import json
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest
import stripe
from moto import mock_aws
from typer.testing import CliRunner

from cli.main import app
from cli.trigger import commands as trigger
from cli.trigger.commands import send_trigger
from infra.event_templates import Surroundings, fill, names
from infra.stack import Stack, write
from kassa.core.errors import InvalidRequest
from kassa.gateways.events import GatewayEvent, ObjectKind
from kassa.platform import clock
from tests.support.stripe_reading import read_body

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HERE = Surroundings(now=NOW, is_live=False)
UNUSED = {"checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed"}


class Endpoint(HTTPServer):
    """A webhook endpoint that keeps what it was sent and answers as the test says."""

    def __init__(self, answers: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.answers = answers
        self.taken: list[tuple[str, str, bytes]] = []


class Taking(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.taken.append((self.path, self.headers["stripe-signature"], body))
        answers = self.server.answers
        self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    server = Endpoint([200])
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def stack(endpoint: Endpoint, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    monkeypatch.setenv("KASSA_STATE", str(tmp_path / "stack.json"))
    monkeypatch.setattr(trigger, "WAIT_S", 0)
    with mock_aws():
        secrets = boto3.client("secretsmanager", region_name="eu-west-1")
        kept = {"mode": "test", "signing_secrets": ["whsec_old", "whsec_new"]}
        name = "kassa/webhooks/stripe/main"
        secrets.create_secret(Name=name, SecretString=json.dumps(kept))
        yield a_stack(f"http://127.0.0.1:{endpoint.server_port}")


def a_stack(base_url: str) -> Stack:
    stack = Stack(
        name="kassa",
        region="eu-west-1",
        base_url=base_url,
        api_id="api",
        table="payments",
        bucket="books",
        bus="kassa",
        queues={},
        functions={},
        access_key_id="test",
        secret_access_key="test",
        pids={"up": os.getpid()},
    )
    write(stack)
    return stack


@pytest.mark.parametrize("name", sorted(set(names()) - UNUSED))
def test_every_template_is_an_event_the_reader_acts_on(name: str) -> None:
    event = read_body(json.dumps(fill(name, [], HERE)).encode(), "main", "test")

    assert isinstance(event, GatewayEvent)
    assert event.gateway_type == name
    assert event.happened_at == NOW


@pytest.mark.parametrize("name", names())
def test_no_placeholder_survives_the_filling(name: str) -> None:
    assert "{" not in json.dumps(fill(name, [], HERE)).replace('{"', "").replace("{}", "")


def test_an_id_is_the_same_throughout_an_event_and_new_in_the_next() -> None:
    first, second = fill("charge.succeeded", [], HERE), fill("charge.succeeded", [], HERE)

    assert first["id"].startswith("evt_")
    assert first["id"] != second["id"]
    withdrawn = fill("charge.dispute.funds_withdrawn", [], HERE)["data"]["object"]
    assert withdrawn["balance_transactions"][0]["source"] == withdrawn["id"]


def test_what_is_set_reaches_every_field_that_follows_from_it() -> None:
    sets = ["amount=990", "currency=jpy", "payment_intent=pi_1"]
    dispute = fill("charge.dispute.funds_withdrawn", sets, HERE)["data"]["object"]

    assert (dispute["amount"], dispute["payment_intent"]) == (990, "pi_1")
    assert dispute["balance_transactions"][0]["amount"] == -990
    assert dispute["balance_transactions"][0]["currency"] == "jpy"


@pytest.mark.parametrize(
    ("setting", "path", "value"),
    [
        ("amount=5", ("amount",), 5),
        ("reason=null", ("reason",), None),
        ("description=5 euros", ("description",), "5 euros"),
        ("metadata.order_id=o=1", ("metadata", "order_id"), "o=1"),
        ("metadata.refund_request_id=rr_1", ("metadata", "refund_request_id"), "rr_1"),
        (
            'payment_method_details={"type":"konbini"}',
            ("payment_method_details", "type"),
            "konbini",
        ),
        ("balance_transaction.id=txn_1", ("balance_transaction", "id"), "txn_1"),
    ],
)
def test_set_takes_json_or_text_at_any_depth(setting: str, path: tuple[str], value: Any) -> None:
    found = fill("charge.succeeded", [setting], HERE)["data"]["object"]
    for name in path:
        found = found[name]

    assert found == value


def test_the_event_itself_can_be_set_too() -> None:
    event = fill("payout.paid", ["event.id=evt_1", "event.livemode=true"], HERE)

    assert (event["id"], event["livemode"]) == ("evt_1", True)


def test_setting_one_event_leaves_the_templates_alone() -> None:
    fill("charge.succeeded", ["outcome.type=other", "billing_details.name=N"], HERE)

    assert fill("charge.succeeded", [], HERE)["data"]["object"]["outcome"]["type"] == "authorized"


@pytest.mark.parametrize("setting", ["amount", "=5", "a..b=5", ""])
def test_a_set_without_path_and_value_is_refused(setting: str) -> None:
    with pytest.raises(InvalidRequest, match="path=value"):
        fill("charge.succeeded", [setting], HERE)


def test_a_dispute_of_a_known_payment_is_read_with_its_funds() -> None:
    raw = json.dumps(fill("charge.dispute.funds_withdrawn", ["payment_intent=pi_1"], HERE))
    event = read_body(raw.encode(), "main", "test")

    assert isinstance(event, GatewayEvent)
    assert event.subject.subject_id == "pi_1"
    assert {one.kind for one in event.object_reports} == {
        ObjectKind.DISPUTE,
        ObjectKind.DISPUTE_FUNDS,
    }


def test_a_sent_event_is_signed_as_stripe_signs(stack: Stack, endpoint: Endpoint) -> None:
    event_id = send_trigger(stack, "payment_intent.succeeded", ["amount=1200"])

    [(path, signature, body)] = endpoint.taken
    verified = stripe.Webhook.construct_event(body, signature, "whsec_new")
    assert path == "/webhooks/stripe/main"
    assert verified.id == event_id
    assert verified.data.object["amount_received"] == 1200
    assert verified.livemode is False


def test_a_busy_stack_is_tried_again(stack: Stack, endpoint: Endpoint) -> None:
    endpoint.answers = [429, 503, 200]

    event_id = send_trigger(stack, "payout.paid", [])

    assert [json.loads(body)["id"] for _, _, body in endpoint.taken] == [event_id] * 3


def test_a_refusal_is_reported_in_one_line_and_not_repeated(
    stack: Stack, endpoint: Endpoint
) -> None:
    endpoint.answers = [400]

    result = CliRunner().invoke(app, ["trigger", "stripe", "payout.paid"])

    assert result.exit_code == 1
    assert "refused the event with 400" in result.stderr
    assert len(endpoint.taken) == 1


def test_an_endpoint_that_is_down_is_reported_in_one_line(stack: Stack, endpoint: Endpoint) -> None:
    a_stack("http://127.0.0.1:9")

    result = CliRunner().invoke(app, ["trigger", "stripe", "payout.paid"])

    assert result.exit_code == 1
    assert "kassa doctor" in result.stderr
    assert result.stderr.count("\n") == 1


def test_without_an_event_all_are_listed(stack: Stack) -> None:
    result = CliRunner().invoke(app, ["trigger", "stripe"])

    assert result.exit_code == 0
    assert all(name in result.stdout for name in names())


def test_a_wrong_event_is_refused_with_the_list(stack: Stack) -> None:
    result = CliRunner().invoke(app, ["trigger", "stripe", "payment.made"])

    assert result.exit_code == 1
    assert "charge.dispute.created" in result.stdout
    assert "There is no event payment.made" in result.stderr


def test_an_unknown_account_is_reported_with_the_secret_it_needs(stack: Stack) -> None:
    result = CliRunner().invoke(app, ["trigger", "stripe", "payout.paid", "--account", "asia"])

    assert result.exit_code == 1
    assert "kassa/webhooks/stripe/asia" in result.stderr


def test_json_names_the_event_and_its_payment(stack: Stack) -> None:
    arguments = ["trigger", "stripe", "charge.succeeded", "--set", "payment_intent=pi_9", "--json"]
    result = CliRunner().invoke(app, arguments)

    assert result.exit_code == 0, result.output + result.stderr
    sent = json.loads(result.stdout)
    assert sent["payment_id"] == "pi_9"
    assert sent["event"] == "charge.succeeded"


def test_the_signature_carries_the_clocks_instant(stack: Stack, endpoint: Endpoint) -> None:
    class Late(clock.SystemClock):
        def now(self) -> datetime:
            return NOW + timedelta(days=1)

    clock.install(Late())
    try:
        send_trigger(stack, "payout.paid", [])
    finally:
        clock.install(None)

    assert endpoint.taken[0][1].startswith(f"t={int((NOW + timedelta(days=1)).timestamp())},v1=")

"""No canary planted in a secret, a header, a body or a person's words is found where it isn't due.

One stack, every flow through the real handlers: webhooks good, bad and forged at all gateways,
booking, invoices, the archive, refunds and what people decide of them, policies, checkouts, the
watch, reports, the command line, malformed secrets, and gateways that answer with what they were
sent. Traces hold what Lambda itself writes of an invocation, and nothing of ours.
"""

import json
import re
import traceback
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import stripe

from functions.approve_refund.app import lambda_handler as approve_refund
from functions.archive_facts.app import lambda_handler as archive_facts
from functions.authorize_api.app import lambda_handler as authorize_api
from functions.book_event.app import lambda_handler as book_event
from functions.build_report.app import lambda_handler as build_report
from functions.decide_refund.app import lambda_handler as decide_refund
from functions.generate_invoice.app import lambda_handler as generate_invoice
from functions.open_checkout.app import lambda_handler as open_checkout
from functions.pay_refund.app import lambda_handler as pay_refund
from functions.receive_webhook.app import lambda_handler as receive_webhook
from functions.save_policy.app import lambda_handler as save_policy
from functions.serve_api.app import lambda_handler as serve_api
from functions.track_order.app import lambda_handler as track_order
from functions.try_policy.app import lambda_handler as try_policy
from functions.watch_gateways.app import lambda_handler as watch_gateways
from kassa.gateways import http
from kassa.gateways.http import HttpAnswer, HttpRequest
from kassa.gateways.paypal import client as paypal_client
from kassa.gateways.registry import GATEWAYS
from kassa.gateways.stripe import client as stripe_client
from kassa.platform import aws, secrets
from kassa.platform.lean import aws as lean_aws
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger
from kassa.refunds.policy.parse import read_policy
from kassa.refunds.policy.store import Policies
from tests.support import stripe_events as s
from tests.support.approvers import let_approve
from tests.support.aws_stack import Context, Stack
from tests.support.canaries import MAY_BE_IN, Echo, Places
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.fake_clock import FakeClock
from tests.support.gateway_stage import _forget
from tests.support.intake import signed_header
from tests.support.queue_batches import batch
from tests.support.refund_stage import http_event
from tests.support.template import ROOT

DECIDE = "POST /refunds/{refund_request_id}/{action}"
KEYED = ("stripe", "paypal", "klarna", "adyen", "btcpay")
SMALL = {"id": "R1", "name": "Small", "when": {"amount": {"up_to": "50.00 EUR"}}, "then": "approve"}


class EchoClient(stripe.HTTPClient):
    """Stripe's client over a network that echoes."""

    name = "echo"

    def __init__(self, echo: Echo) -> None:
        super().__init__()
        self._echo = echo

    def request(
        self, method: str, url: str, headers: Any, post_data: Any = None, **_: Any
    ) -> tuple[str, int, dict[str, str]]:
        return self._echo.answer(headers, post_data, url), 402, {}


class Aviary:
    """A stack in which everything is marked, and everything that can happen to it."""

    def __init__(self, stack: Stack, clock: FakeClock, console: Console, places: Places) -> None:
        self.stack, self.clock, self.console, self.places = stack, clock, console, places
        self.echo, self.plant = Echo(), places.plant
        self.signing = {name: self.plant("signing secret", _form(name)) for name in GATEWAYS}
        for name in GATEWAYS:
            endpoint = {"mode": "test", "signing_secrets": [self.signing[name]]}
            self.store(f"webhooks/{name}/main", endpoint | {"merchant_id": "main"})
        for name in KEYED:
            self.store(f"api/{name}/main", self.access(name))

    def access(self, gateway: str) -> dict[str, Any]:
        """Return an account's access, all of it marked."""
        return {
            "api_key": self.plant("api key"),
            "api_id": self.plant("api id"),
            "callback_secret": self.plant("callback secret", "k:{}"),
            "report_key": self.plant("report key"),
            "webhook_url": f"https://kassa.test/webhooks/{gateway}/main",
            "api_base": "https://echo.test",
            **{"shop": "shop", "mode": "test", "merchant_id": "main"},
        }

    def store(self, name: str, held: Any) -> None:
        """Put a secret, whatever it holds."""
        client, text = boto3.client("secretsmanager"), held
        text = held if isinstance(held, str) else json.dumps(held)
        try:
            client.create_secret(Name=f"kassa/{name}", SecretString=text)
        except client.exceptions.ResourceExistsException:
            client.put_secret_value(SecretId=f"kassa/{name}", SecretString=text)

    def run(self, handler: Callable[[Any, Any], Any], event: Any, place: str) -> Any:
        """Run a handler; what it answers or raises is collected, as Lambda would print it."""
        try:
            answer = handler(event, Context())
        except Exception:
            self.places.collect("trace of an error", traceback.format_exc())
            return {}
        self.places.collect(place, json.dumps(answer))
        return answer

    def post(self, gateway: str, body: str, headers: dict[str, str], **more: Any) -> int:
        """Post a webhook with marked headers beside its own."""
        marked = {
            "authorization": f"Bearer {self.plant('request header')}",
            "cookie": self.plant("request header"),
            "x-forwarded-for": self.plant("request header"),
        }
        event = {
            "pathParameters": {"gateway": gateway, "account": "main"},
            "headers": marked | headers,
            "queryStringParameters": {"token": self.plant("query"), "attempt": "order-1.1"},
            "body": body,
            "isBase64Encoded": False,
        }
        answer = self.run(receive_webhook, event | more, "answer to who asked")
        return int(answer["statusCode"])

    def deliver_from_stripe(self) -> None:
        """Let a genuine webhook come, full of what a customer wrote, and be booked."""
        fields = {
            "name": self.plant("customer in a body"),
            "email": self.plant("customer in a body"),
        }
        fields |= {"phone": self.plant("customer in a body"), "address": {"country": "FI"}}
        charge = s.charge() | {"billing_details": fields, "description": fields["name"]}
        charge["shipping"] = {"address": {"line1": self.plant("customer in a body")}}
        body = json.dumps(s.event("charge.succeeded", charge, "evt_1"))
        header = signed_header(self.clock.at, body.encode(), self.signing["stripe"])
        assert self.post("stripe", body, {"stripe-signature": header}) == 200
        large = json.dumps({**json.loads(body), "id": "evt_2", "pad": "x" * 200_000})
        header = signed_header(self.clock.at, large.encode(), self.signing["stripe"])
        assert self.post("stripe", large, {"stripe-signature": header}) == 200
        sqs, url = boto3.client("sqs"), self.stack.events_queue
        bodies = [
            one["Body"]
            for one in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
        ]
        assert self.run(book_event, batch(*bodies), "queue's answer") == {"batchItemFailures": []}
        for body in bodies:
            sqs.send_message(QueueUrl=url, MessageBody=body)

    def forge(self) -> None:
        """Let strangers post at every gateway's door, in form and out of it."""
        for name in GATEWAYS:
            marked, proof = self.plant("forged body"), self.plant("signature")
            headers = {
                "stripe-signature": f"t={int(self.clock.at.timestamp())},v1={proof}",
                "klarna-signature": proof,
                "btcpay-sig": f"sha256={proof}",
                "webhook-signature": f"v1,{proof}",
                "paypal-transmission-sig": proof,
            }
            assert self.post(name, json.dumps({"name": marked}), headers) == 400
            self.clock.at += timedelta(minutes=1)

    def spoil(self) -> None:
        """Let messages come that can't be read, and secrets that make no sense."""
        mark = self.plant("spoilt message")
        spoilt = [mark, f'{{"{mark}": 1}}', f'{{"gateway": ["{mark}"]}}', f'["{mark}"]']
        for handler in (book_event, pay_refund):
            self.run(handler, batch(*spoilt), "queue's answer")
        for held in (
            "{} no JSON",
            '{{"api_key": 7, "{}": "x"}}',
            '{{"api_key": "k", "mode": ["{}"]}}',
            '{{"api_key": {{"a": "{}"}}}}',
            '["{}"]',
        ):
            self.store("api/stripe/bad", self.plant("malformed secret", held))
            self.store("webhooks/stripe/bad", self.plant("malformed secret", held))
            _forget()
            secrets.forget()
            self.run(watch_gateways, {}, "function's answer")
            path = {"pathParameters": {"gateway": "stripe", "account": "bad"}}
            header = signed_header(self.clock.at, b"{}", "whsec_x")
            assert self.post("stripe", "{}", {"stripe-signature": header}, **path) == 503

    def call_the_api(self) -> None:
        """Let a shop ask for refunds and pages, and strangers with made-up tokens."""
        token = self.plant("api token", "kassa_{}_x")
        headers = {"authorization": f"Bearer {token}"}
        self.run(authorize_api, {"routeKey": "GET /events", "headers": headers}, "answer")
        request_body = {
            **{"payment_id": "pi_1", "reason": "damaged", "amount_minor": 10_00},
            **{"comment": self.plant("customer's words"), "claim_id": self.plant("claim")},
        }
        self.answered(approve_refund, "POST /refunds", request_body)
        field = self.plant("mistaken field")
        self.answered(
            approve_refund, "POST /refunds", request_body | {"email": field, field: field}
        )
        self.answered(approve_refund, "POST /refunds", request_body | {"amount_minor": field})
        for method in ("card", "paypal", "pay_later", "bank_transfer", "crypto", None):
            order = {
                **{"order_id": f"order-{method}", "amount_minor": 50_00, "currency": "EUR"},
                **{"success_url": "https://shop.test/a", "cancel_url": "https://shop.test/b"},
            }
            self.answered(open_checkout, "POST /orders", order | {"method": method})
        self.answered(serve_api, "GET /payments/{gateway}/{account}/{payment_id}", None)

    def let_people_decide(self) -> None:
        """Let people take up a request, approve, undo, reject and resolve it, each with a note."""
        let_approve("anna", "bert")
        terms = {"payment_id": "pi_1", "reason": "goodwill", "amount_minor": 60_00}
        second = self.answered(approve_refund, "POST /refunds", terms | {"claim_id": "second"})
        of = json.loads(second["body"])["request"]["refund_request_id"]
        statuses = []
        for person, action in (
            *(("anna", "claim"), ("anna", "approve"), ("anna", "undo"), ("bert", "ask")),
            *(("bert", "reject"), ("anna", "resolve"), ("bert", "handback"), ("bert", "nothing")),
        ):
            full = {"note": self.plant("person's note"), "reason": "other", "outcome": "not_paid"}
            for fields in ({}, {"note": full["note"]}, full):
                event = http_event(DECIDE, fields, person, refund_request_id=of, action=action)
                answer = self.run(decide_refund, event, "answer to who asked")
                statuses.append(answer["statusCode"])
        assert {200, 400} <= set(statuses), statuses

    def save_policies(self, folder: Path) -> None:
        """Let finance save, try and check policies whose words are marked."""
        mark = self.plant("policy's words")
        rules = [SMALL | {"name": mark}]
        fields = {
            "effective_from": self.clock.at.isoformat(),
            "otherwise": "escalate",
            "rules": rules,
        }
        trial = {"policy": fields, "last_days": 2}
        assert self.answered(save_policy, "POST /policies", fields)["statusCode"] == 201
        assert self.answered(try_policy, "POST /policies/try", trial)["statusCode"] == 200
        for spoilt in ([], [SMALL | {mark: 1}], [SMALL | {"then": mark}]):
            self.answered(save_policy, "POST /policies", fields | {"rules": spoilt})
        (folder / "policy.yaml").write_text(json.dumps(fields))
        self.type("policy", "check", str(folder / "policy.yaml"), place="command line on demand")

    def follow_facts(self) -> None:
        """Let whoever receives from the bus do its part: invoices, orders, the archive."""
        facts = [json.dumps(envelope) for envelope in self.stack.published()]
        assert len(facts) > 1
        for body in facts:
            self.places.collect("message", body)
        self.run(track_order, batch(*facts), "queue's answer")  # which takes facts of orders alone
        captured = [body for body in facts if '"PaymentCaptured"' in body]
        for handler, bodies in ((generate_invoice, captured), (archive_facts, facts)):
            done = self.run(handler, batch(*bodies), "queue's answer")
            assert done == {"batchItemFailures": []}

    def answered(self, handler: Callable[[Any, Any], Any], route: str, body: Any) -> dict[str, Any]:
        """Ask a route as a shop whose headers are marked; return the answer."""
        path = {"gateway": "stripe", "account": "main", "payment_id": "pi_1"}
        event = http_event(route, body or "", "shop", **path)
        event["headers"]["authorization"] = f"Bearer {self.plant('api token')}"
        event["headers"]["cookie"] = self.plant("request header")
        event["headers"]["idempotency-key"] = f"key-{len(self.places.planted)}"  # it is remembered
        answer: dict[str, Any] = self.run(handler, event, "answer to who asked")
        return answer

    def pay_and_watch(self) -> None:
        """Let refunds be paid, gateways watched and a day reported; all gateways echo."""
        sqs = boto3.client("sqs")
        messages = sqs.receive_message(QueueUrl=self.stack.refunds_queue, MaxNumberOfMessages=10)
        assert messages["Messages"]
        bodies = [one["Body"] for one in messages["Messages"]]
        for body in bodies:
            self.places.collect("message", body)
        self.run(pay_refund, batch(*bodies), "queue's answer")
        for _ in range(3):
            self.clock.at += timedelta(minutes=6)
            self.run(watch_gateways, {}, "function's answer")
        self.clock.at += timedelta(days=2)
        self.run(build_report, {}, "function's answer")

    def type_commands(self, folder: Path) -> None:
        """Let an operator look at everything, and give files that are off."""
        mark = self.plant("file of the operator")
        (folder / "fields.json").write_text(json.dumps({"signing_secret": mark, "api_key": mark}))
        (folder / "broken.json").write_text(f'{{"signing_secret": "{mark}')
        for name in GATEWAYS:
            for file in ("fields.json", "broken.json"):
                self.type("gateways", "connect", name, "--from", str(folder / file))
        for line in ("gateways list", "intake list", "dlq list", "dlq show EventsDeadLetterQueue"):
            self.type(*line.split())
            self.type(*line.split(), "--json")
        for one in self.console.json("intake", "list"):
            self.type("intake", "show", one["refused_id"], place="refused bytes")
        refunds = {
            one["PK"]["S"].partition("#")[2]
            for one in self.stack.items()
            if one["PK"]["S"].startswith("REFUND#")
        }
        assert len(refunds) == 2
        for refund in refunds:
            self.type("refunds", "show", refund, place="command line on demand")

    def type(self, *args: str, place: str = "command line") -> None:
        result = self.console.run(*args)
        self.places.collect(place, result.output)
        if result.exception and not isinstance(result.exception, SystemExit):
            trace = "".join(traceback.format_exception(result.exception))
            self.places.collect("command line's trace", trace)


def _form(gateway: str) -> str:
    return {"klarna": "key:{}", "standard": "whsec_{}", "stripe": "whsec_{}"}.get(gateway, "{}")


@pytest.fixture
def aviary(
    console: Console,
    fake_clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Aviary]:
    accounts = ",".join(f"{name}/main" for name in KEYED)
    monkeypatch.setenv("GATEWAY_ACCOUNTS", f"{accounts},stripe/bad")
    monkeypatch.setenv("PULL_AFTER_S", "0")
    services = ("sqs", "s3", "secretsmanager", "dynamodb")
    lean_aws.install({name: boto3.client(name) for name in services})
    _forget()
    places = Places(console.made, caplog, capsys)
    made = Aviary(console.made, fake_clock, console, places)

    def echoed(request: HttpRequest) -> HttpAnswer:
        answer = made.echo.answer(request.headers, request.body, request.url)
        return HttpAnswer(400, {}, answer.encode())

    def client_of(access: Any) -> Any:
        return stripe.StripeClient(
            access.api_key, http_client=EchoClient(made.echo), max_network_retries=0
        )

    monkeypatch.setattr(stripe_client, "of", client_of)
    http.install(echoed)
    table = {"effective_from": fake_clock.at.isoformat(), "otherwise": "escalate", "rules": [SMALL]}
    Policies("main").save(read_policy(table, "main", 1, fake_clock.at, "test"))
    yield made
    places.close()
    http.install(None)
    lean_aws.install({})
    aws.install({})
    paypal_client.forget()
    secrets.forget()
    settings.cache_clear()
    _forget()


def test_no_canary_is_found_where_it_does_not_belong(aviary: Aviary, tmp_path: Path) -> None:
    aviary.deliver_from_stripe()
    aviary.forge()
    aviary.spoil()
    secrets.forget()
    aviary.call_the_api()
    aviary.let_people_decide()
    aviary.save_policies(tmp_path)
    aviary.pay_and_watch()
    aviary.follow_facts()
    aviary.type_commands(tmp_path)

    assert aviary.places.leaks() == []
    assert len(aviary.places.planted) > 100
    assert set(aviary.places.planted.values()) == set(MAY_BE_IN)
    echoed = " ".join(aviary.echo.sent)
    keys = [word for word, kind in aviary.places.planted.items() if kind == "api key"]
    echoed_keys = [key for key in keys if key in echoed]
    assert len(echoed_keys) >= 3, "gateways were asked, and answered with our keys"
    for kind, place in (
        ("customer in a body", "raw bytes"),
        ("customer in a body", "large bytes"),
        ("customer in a body", "message with bytes"),
        ("forged body", "refused bytes"),
        ("claim", "request item"),
        ("customer's words", "comment item"),
        ("policy's words", "item"),
    ):
        words = [word for word, of in aviary.places.planted.items() if of == kind]
        assert any(aviary.places.sees(word, place) for word in words), f"{kind} in {place}"


LEAKS: dict[str, Callable[[Aviary, str], object]] = {
    "log or metric": lambda aviary, word: logger.info("a phrase", extra={"who": word}),
    "stderr": lambda aviary, word: __import__("sys").stderr.write(word),
    "trace of an error": lambda aviary, word: aviary.run(lambda *_: int(word), {}, ""),
    "message": lambda aviary, word: boto3.client("sqs").send_message(
        QueueUrl=aviary.stack.refunds_queue, MessageBody=json.dumps({"words": word})
    ),
    "object key": lambda aviary, word: boto3.client("s3").put_object(
        Bucket=aviary.stack.bucket, Key=f"raw/{word}", Body=b""
    ),
    "other object": lambda aviary, word: boto3.client("s3").put_object(
        Bucket=aviary.stack.bucket, Key="reports/x.html", Body=word.encode()
    ),
    "item": lambda aviary, word: boto3.client("dynamodb").put_item(
        TableName=aviary.stack.table,
        Item={"PK": {"S": "A"}, "SK": {"S": "B"}, "text": {"S": word}},
    ),
    "command line": lambda aviary, word: aviary.type("dlq", "show", word),
}


@pytest.mark.parametrize("place", LEAKS)
def test_a_canary_that_is_let_out_on_purpose_is_found(aviary: Aviary, place: str) -> None:
    word = aviary.plant("api key")
    assert aviary.places.leaks() == []
    LEAKS[place](aviary, word)
    assert f"api key in {place}" in aviary.places.leaks()


def test_nothing_of_ours_writes_to_traces() -> None:
    layer = ROOT / "layers"
    shipped = [*layer.glob("*/requirements.txt"), *(layer / "common").rglob("*.py")]

    assert len(shipped) > 100
    assert [path for path in shipped if re.search(r"xray|Tracer\b", path.read_text())] == []

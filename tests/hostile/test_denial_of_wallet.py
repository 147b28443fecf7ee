"""What strangers can make the webhook door spend: calls are counted, and so few are left."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest

from infra.fake_gateways.paypal import signing
from kassa.gateways import http
from kassa.gateways.http import HttpAnswer, HttpRequest
from kassa.gateways.paypal.certificates.store import FETCHES_MAX, FINDS_MAX, certificates
from kassa.gateways.webhooks.secrets import UNKNOWN_MAX, webhook_secrets
from kassa.intake.refused_requests import PER_MINUTE
from kassa.platform.lean import aws as lean_aws
from kassa.platform.lean.settings import lean_settings
from tests.support.aws_stack import Stack
from tests.support.every_gateway import EVERY_GATEWAY
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenes.paypal import PayPalScene
from tests.support.gateway_stage import Stage, on_stage
from tests.support.intake import FAILURES, Calls, Intake, at_url, log_lines

CERTIFICATE = "https://api-m.sandbox.paypal.com/v1/notifications/certs/CERT-forged-"


def test_fifty_invented_accounts_cost_ten_calls(intake: Intake) -> None:
    assert [intake.post(event=at_url("stripe", f"shop-{n}")) for n in range(50)] == [404] * 50
    assert len(intake.secrets.made) == UNKNOWN_MAX == 10


def test_one_invented_account_costs_a_call_in_half_a_minute(intake: Intake) -> None:
    for _ in range(12):
        assert intake.post(event=at_url("stripe", "nobody")) == 404
        intake.clock.sleep(5)
    assert len(intake.secrets.made) == 2


def test_a_flood_of_inventions_keeps_no_listed_account_out(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake.store_secret("second")
    intake.store_secret("third")
    monkeypatch.setenv("GATEWAY_ACCOUNTS", "paypal/de, stripe/second ,stripe")
    lean_settings.cache_clear()
    webhook_secrets.cache_clear()
    for n in range(50):
        intake.post(event=at_url("stripe", f"shop-{n}"))

    assert intake.post(event=at_url("stripe", "second")) == 200
    assert intake.post() == 200  # main needs no name
    assert intake.post(event=at_url("stripe", "third")) == 404  # nobody listed it
    intake.clock.sleep(60)
    assert intake.post(event=at_url("stripe", "third")) == 200


def test_an_account_that_is_known_stays_so_in_a_flood(intake: Intake) -> None:
    assert intake.post() == 200
    for n in range(50):
        intake.post(event=at_url("stripe", f"shop-{n}"))
    assert intake.post() == 200


WITHOUT_PROOF: dict[str, dict[str, Any]] = {
    "stripe": {"stripe-signature": "t=1,v1=00"},  # too old
    "paypal": {"paypal-auth-algo": "SHA256withRSA", "paypal-cert-url": CERTIFICATE},
    "klarna": {"klarna-signature": "x" * 64, "klarna-signing-key-id": "k"},
    "adyen": {},
    "btcpay": {"btcpay-sig": "sha256=short"},
    "standard": {"webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "v1,x"},
}


@pytest.mark.parametrize("gateway", EVERY_GATEWAY)
def test_what_no_secret_could_make_right_costs_no_call_at_all(intake: Intake, gateway: str) -> None:
    """Form and time are held against the request before anybody is asked."""
    for headers in ({}, WITHOUT_PROOF.get(gateway, {})):
        event = at_url(gateway, "main") | {"headers": headers, "body": "{}"}
        assert intake.post(event=event) == 400
    assert (intake.secrets.made, intake.sqs.made) == ([], [])


def test_a_flood_of_refusals_keeps_a_few_and_counts_the_rest(
    intake: Intake, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(200):
        assert intake.post(secret="whsec_wrong") == 400

    lines = log_lines(capsys)
    assert intake.s3.made == ["put_object"] * PER_MINUTE
    assert len([line for line in lines if "refused_id" in line]) == PER_MINUTE
    assert sum(line.get("RefusedNotKept", 0) for line in lines) == 200 - PER_MINUTE
    assert sum(line["SignatureRefused"] for line in lines) == 200

    intake.clock.sleep(60)
    intake.post(secret="whsec_wrong")
    assert len(intake.s3.made) == PER_MINUTE + 1


def test_what_is_accepted_costs_its_one_call_as_ever(intake: Intake) -> None:
    intake.post()
    before = len(intake.sqs.made + intake.s3.made + intake.secrets.made)
    for _ in range(20):
        assert intake.post() == 200
    assert len(intake.sqs.made + intake.s3.made + intake.secrets.made) == before + 20


class Network:
    """Counts what goes out to PayPal, and answers only for the genuine certificate."""

    def __init__(self, scene: PayPalScene) -> None:
        self.scene, self.requests = scene, list[str]()

    def __call__(self, request: HttpRequest) -> HttpAnswer:
        self.requests.append(request.url)
        if "forged" in request.url:
            return HttpAnswer(404, {}, b"")
        return self.scene.transport(request)


@pytest.fixture
def paypal(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Stage, Network]]:
    scene = PayPalScene(lambda: fake_clock.now().timestamp())
    with on_stage(stack, fake_clock, scene, monkeypatch) as stage:
        network = Network(scene)
        http.install(network)
        yield stage, network


def forged(stage: Stage, name: str) -> int:
    """Post a webhook in PayPal's form, of now, whose certificate has an invented name."""
    scene: Any = stage.scene
    arrival = scene.signed({"id": "WH-1", "event_type": "x"})
    signature = base64.b64encode(b"x" * 256).decode()
    named = {"paypal-cert-url": CERTIFICATE + name, "paypal-transmission-sig": signature}
    headers = {**arrival.headers, **named}
    return int(stage.post(arrival.__class__(arrival.body, headers))["statusCode"])


def test_twenty_forged_certificates_cost_three_fetches(paypal: tuple[Stage, Network]) -> None:
    stage, network = paypal
    statuses = [forged(stage, str(n)) for n in range(20)]

    assert len(network.requests) == FETCHES_MAX == 3
    assert statuses == [400] * 3 + [503] * 17


def test_one_forged_certificate_is_fetched_once_a_minute(
    paypal: tuple[Stage, Network], fake_clock: FakeClock
) -> None:
    stage, network = paypal
    assert [forged(stage, "same") for _ in range(20)] == [400] * 20
    fake_clock.at += timedelta(minutes=1)
    assert forged(stage, "same") == 400
    assert len(network.requests) == 2


def test_a_certificate_that_is_kept_serves_through_any_flood(
    paypal: tuple[Stage, Network], fake_clock: FakeClock
) -> None:
    stage, network = paypal
    stage.scene.pay("order-1", 10_00)
    stage.deliver()
    for n in range(FINDS_MAX + 20):
        forged(stage, str(n))
    before = len(network.requests)
    stage.scene.pay("order-2", 20_00)
    stage.statuses.clear()
    for arrival in stage.scene.arrivals():
        stage.post(arrival)

    assert set(stage.statuses) == {200}
    assert signing.signer().url not in network.requests[before:]


def test_a_new_environment_finds_the_kept_certificate_in_the_table(
    paypal: tuple[Stage, Network],
) -> None:
    stage, _ = paypal
    stage.scene.pay("order-1", 10_00)
    stage.deliver()
    certificates.cache_clear()
    for n in range(20):
        forged(stage, str(n))  # no more may be fetched in this minute
    stage.scene.pay("order-2", 20_00)
    stage.statuses.clear()
    for arrival in stage.scene.arrivals():
        stage.post(arrival)
    assert set(stage.statuses) == {200}


def test_a_certificate_that_one_account_refuses_may_serve_another(
    paypal: tuple[Stage, Network],
) -> None:
    stage, network = paypal
    secret = stage.scene.secrets()["webhooks/paypal/main"] | {"authorities": []}
    boto3.client("secretsmanager").create_secret(
        Name="kassa/webhooks/paypal/strict", SecretString=json.dumps(secret)
    )
    stage.scene.pay("order-1", 10_00)
    arrivals = stage.scene.arrivals()

    assert stage.post(arrivals[0], "strict")["statusCode"] == 400
    assert stage.post(arrivals[0])["statusCode"] == 200
    assert network.requests.count(signing.signer().url) == 1


def test_a_refusal_is_answered_also_when_nothing_can_be_kept(intake: Intake) -> None:
    intake.s3.failure = FAILURES[0]
    assert intake.post(secret="whsec_wrong") == 400
    assert isinstance(lean_aws.client("s3"), Calls)

"""`kassa intake`: what the door refused is listed and read back, masked, in 80 columns."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest

from functions.receive_webhook.app import lambda_handler
from kassa.gateways.webhooks.secrets import webhook_secrets
from kassa.intake.events_queue import deliveries
from kassa.intake.refused_requests import BODY_CHARACTERS_MAX, refused_requests
from kassa.platform.lean import aws as lean_aws
from kassa.platform.lean.settings import lean_settings
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.fake_clock import FakeClock
from tests.support.intake import signed_header

SECRET = "whsec_never_shown"
CARD = "signature-of-a-stranger-0123456789abcdef"


@pytest.fixture(autouse=True)
def door(console: Console) -> Iterator[None]:
    services = ("sqs", "s3", "secretsmanager", "dynamodb")
    lean_aws.install({name: boto3.client(name) for name in services})
    kept = (lean_settings, webhook_secrets, deliveries, refused_requests)
    for cached in kept:
        cached.cache_clear()
    stored = {"merchant_id": "main", "mode": "test", "signing_secrets": [SECRET]}
    boto3.client("secretsmanager").create_secret(
        Name="kassa/webhooks/stripe/main", SecretString=json.dumps(stored)
    )
    yield
    lean_aws.install({})
    for cached in kept:
        cached.cache_clear()


def post(body: str = '{"id": "evt_1"}', gateway: str = "stripe", **more: Any) -> int:
    headers = {
        "Stripe-Signature": f"t=1,v1={CARD}",
        "Authorization": "Bearer secret-words",
        "User-Agent": "Stripe/1.0",
    }
    event = {
        "pathParameters": {"gateway": gateway, "account": "main"},
        "headers": headers,
        "queryStringParameters": {"token": "secret-token"},
        "body": body,
        "isBase64Encoded": False,
    }
    return int(lambda_handler(event | more, None)["statusCode"])


def test_a_refused_webhook_is_listed_with_its_reason(console: Console) -> None:
    assert post() == 400
    (one,) = console.json("intake", "list", "--refused")
    assert (one["gateway"], one["account"], one["status"]) == ("stripe", "main", 400)
    assert one["reason"] == "the timestamp is too old or in the future"
    assert "body" not in one

    shown = console.run("intake", "list", "--refused").stdout
    assert one["refused_id"] in shown
    assert "too old" in shown


def test_a_refused_webhook_is_shown_with_its_body_and_no_secret(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    post('{"id": "evt_1", "name": "M\\u00fcller"}' + " word" * 900)
    (one,) = console.json("intake", "list")
    shown = console.run("intake", "show", one["refused_id"]).stdout
    whole = console.json("intake", "show", one["refused_id"])

    assert all(len(line) <= 80 for line in shown.splitlines())
    assert "evt_1" in shown
    assert "Stripe/1.0" in shown
    assert "authorization" in shown  # its name
    assert len(whole["body"]) > 4500
    for text in (shown, json.dumps(whole), json.dumps(_stored(console))):
        for secret in (CARD, "secret-words", "secret-token", SECRET):
            assert secret not in text


def _stored(console: Console) -> list[str]:
    s3, bucket = boto3.client("s3"), console.made.bucket
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    return keys + [s3.get_object(Bucket=bucket, Key=k)["Body"].read().decode() for k in keys]


def test_what_could_steer_a_terminal_is_not_shown(console: Console) -> None:
    post("\x1b[2J\x1b]0;title\x07 [bold]words[/bold] \u202e \ud800")
    (one,) = console.json("intake", "list")
    shown = console.run("intake", "show", one["refused_id"]).stdout
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "\u202e" not in shown
    assert "[bold]words[/bold]" in shown


def test_gateway_and_time_choose_what_is_listed(console: Console, fake_clock: FakeClock) -> None:
    post()
    fake_clock.at += timedelta(hours=3)
    post(gateway="btcpay")
    post(gateway="no-such-gateway")

    def listed(*arguments: str) -> list[str]:
        return [one["gateway"] for one in console.json("intake", "list", *arguments)]

    assert sorted(listed()) == ["btcpay", "no-such-gateway", "stripe"]
    assert sorted(listed("--since", "2h")) == ["btcpay", "no-such-gateway"]
    assert listed("--gateway", "stripe") == ["stripe"]
    assert listed("--gateway", "btcpay", "--since", "7d") == ["btcpay"]
    fake_clock.at += timedelta(days=1)
    assert listed("--since", "5m") == []
    assert "no refused webhook" in console.run("intake", "list", "--since", "5m").stdout.lower()


def test_a_large_body_is_kept_cut_and_says_so(console: Console) -> None:
    encoded = base64.b64encode(b"x" * 2 * 1024 * 1024).decode()
    assert post(encoded, isBase64Encoded=True) == 413
    (one,) = console.json("intake", "list")
    whole = console.json("intake", "show", one["refused_id"])
    assert (whole["is_cut"], len(whole["body"])) == (True, BODY_CHARACTERS_MAX)
    assert whole["size"] == len(encoded)


@pytest.mark.parametrize("named", ["x", "../../raw", "20261121T090000-00000000"])
def test_what_is_not_kept_is_reported_in_one_line(console: Console, named: str) -> None:
    assert named in console.refused("intake", "show", named)


def test_a_time_that_is_none_is_refused_in_one_line(console: Console) -> None:
    assert "30m, 2h or 7d" in console.refused("intake", "list", "--since", "yesterday")


def test_what_was_accepted_is_not_kept_there(console: Console, fake_clock: FakeClock) -> None:
    body = b'{"id": "evt_1"}'
    headers = {"stripe-signature": signed_header(fake_clock.at, body, SECRET)}
    assert post(body.decode(), headers=headers) == 200
    assert console.json("intake", "list") == []

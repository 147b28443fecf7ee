"""`kassa doctor`: every gateway account's secrets and API, and the list before one goes live."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from cli.doctor import checks, gateway_checks, go_live
from kassa.core.errors import GatewayUnavailable
from kassa.gateways import http
from kassa.gateways.http import HttpAnswer, HttpRequest, Transport
from kassa.platform import secrets
from tests.support.aws_stack import NOW
from tests.support.console import EVENTS_DLQ, GIVEN, POISON, Console, given
from tests.support.console import console as console
from tests.support.gateway_scenes.btcpay import BtcpayScene
from tests.support.gateway_scenes.klarna import KlarnaScene
from tests.support.gateway_scenes.paypal import PayPalScene
from tests.support.gateway_scenes.scene import Scene

LOOKED_UP = gateway_checks.why_unreachable  # the console's own asks nobody


def connect(console: Console, folder: Path, gateway: str, **fields: str) -> None:
    path = given(folder, GIVEN[gateway] | fields)
    assert console.run("gateways", "connect", gateway, "--from", path).exit_code == 0


def findings(console: Console, *arguments: str) -> dict[str, dict[str, Any]]:
    found = json.loads(console.run("doctor", *arguments, "--json").stdout)
    return {one["subject"]: one for one in found}


def overwrite(name: str, **fields: Any) -> None:
    client = boto3.client("secretsmanager")
    held = json.loads(client.get_secret_value(SecretId=f"kassa/{name}")["SecretString"])
    client.put_secret_value(SecretId=f"kassa/{name}", SecretString=json.dumps(held | fields))


@pytest.mark.parametrize("gateway", GIVEN)
def test_a_connected_account_is_well(console: Console, tmp_path: Path, gateway: str) -> None:
    connect(console, tmp_path, gateway)

    found = findings(console)

    assert found[f"secret webhooks/{gateway}/main"]["is_ok"]
    assert gateway == "standard" or found[f"secret api/{gateway}/main"]["is_ok"]


@pytest.mark.parametrize("gateway", GIVEN)
def test_a_lost_signing_secret_is_found_at_every_gateway(
    console: Console, tmp_path: Path, gateway: str
) -> None:
    connect(console, tmp_path, gateway)
    overwrite(f"webhooks/{gateway}/main", signing_secrets=[])

    found = findings(console)[f"secret webhooks/{gateway}/main"]

    assert (found["is_ok"], found["seen"]) == (False, "signing_secrets is empty")
    assert (
        found["what_to_do"]
        == f"put it down anew: 'kassa gateways connect {gateway} --account main'"
    )


@pytest.mark.parametrize("gateway", [name for name in GIVEN if name != "standard"])
@pytest.mark.parametrize(
    ("fields", "seen"),
    [
        ({"api_key": ""}, "api_key is empty"),
        ({"api_key": 7}, "api_key isn't a text"),
        ({"api_key": "hidden 3"}, "api_key can't work"),
        ({"opened_at": "yesterday"}, "opened_at can't be read"),
        ({"merchant_id": "somebody"}, "is merchant somebody's"),
    ],
)
def test_a_key_that_can_not_be_right_is_found_and_not_shown(
    console: Console, tmp_path: Path, gateway: str, fields: dict[str, Any], seen: str
) -> None:
    connect(console, tmp_path, gateway)
    overwrite(f"api/{gateway}/main", **fields)

    result = console.run("doctor", "--json")

    [found] = [
        one for one in json.loads(result.stdout) if one["subject"] == f"secret api/{gateway}/main"
    ]
    assert not found["is_ok"]
    assert found["seen"].startswith(seen)
    assert "hidden" not in result.output


@pytest.mark.parametrize("held", ["[1]", "not JSON: hidden", ""])
def test_a_secret_that_is_no_object_is_found(console: Console, tmp_path: Path, held: str) -> None:
    connect(console, tmp_path, "adyen")
    client = boto3.client("secretsmanager")
    client.put_secret_value(SecretId="kassa/api/adyen/main", SecretString=held or " ")

    found = findings(console)["secret api/adyen/main"]

    assert found["seen"].startswith("it holds no JSON")


def test_half_an_account_is_found(console: Console, tmp_path: Path) -> None:
    connect(console, tmp_path, "paypal")
    client, name = boto3.client("secretsmanager"), "kassa/api/paypal/main"

    client.delete_secret(SecretId=name)
    assert findings(console)["secret api/paypal/main"]["seen"] == "it is marked to be deleted"
    client.restore_secret(SecretId=name)
    client.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    assert findings(console)["secret api/paypal/main"]["seen"] == "it is empty, or there is none"


@pytest.fixture
def real_look_up(console: Console, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ask the gateways really, by Kassa's own calls."""
    monkeypatch.setattr(gateway_checks, "why_unreachable", LOOKED_UP)
    secrets.forget()
    yield
    http.install(None)
    secrets.forget()


def behind(scene: Scene, transport: Transport | None = None) -> None:
    """Put a scene's gateway behind its address, and its secrets where the functions read them."""
    client = boto3.client("secretsmanager")
    for name, held in scene.secrets().items():
        secret = json.dumps(held | {"merchant_id": "main"})
        client.create_secret(Name=f"kassa/{name}", SecretString=secret)
    http.install(transport or scene.transport)


SCENES = [PayPalScene, KlarnaScene, BtcpayScene]


@pytest.mark.parametrize("made", SCENES)
def test_a_gateway_that_answers_is_well(console: Console, real_look_up: None, made: Any) -> None:
    scene = made(NOW.timestamp, 7)
    behind(scene)

    found = findings(console)

    assert found[f"API {scene.gateway}/main"]["seen"] == "answers, and takes the key"
    assert f"API {scene.gateway}/main" not in findings(console, "--offline")


@pytest.mark.parametrize("made", SCENES)
def test_a_silent_gateway_and_a_refused_key_are_found(
    console: Console, real_look_up: None, made: Any
) -> None:
    scene = made(NOW.timestamp, 7)
    behind(scene, silent)
    subject = f"API {scene.gateway}/main"

    found = findings(console)[subject]
    assert (found["is_ok"], found["seen"][:15]) == (False, "doesn't answer:")

    http.install(lambda request: HttpAnswer(401, {}, b"{}"))
    found = findings(console)[subject]
    assert not found["is_ok"]
    assert f"docs/gateways/{scene.gateway}.md" in found["what_to_do"]


def silent(request: HttpRequest) -> HttpAnswer:
    raise GatewayUnavailable("nobody answers")


def test_a_gateway_is_not_called_with_secrets_that_can_not_work(
    console: Console, real_look_up: None
) -> None:
    scene = KlarnaScene(NOW.timestamp, 7)
    behind(scene)
    overwrite("api/klarna/main", api_key="")

    assert "API klarna/main" not in findings(console)
    assert scene.requests == []


def test_the_list_before_going_live_names_what_is_missing(console: Console, tmp_path: Path) -> None:
    connect(console, tmp_path, "stripe")
    overwrite("webhooks/stripe/main", mode="test")

    found = findings(console, "--go-live")

    assert found["go live: accounts"]["seen"] == "stripe/main in test mode"
    assert "MerchantAddress" in found["go live: merchant"]["seen"]
    assert "none rules" in found["go live: policy"]["seen"]
    assert "nobody may decide" in found["go live: approvers"]["seen"]
    assert all(found[f"go live: {name}"]["what_to_do"] for name in go_live.CHECKS)
    assert not any(name.startswith("go live") for name in findings(console))


def test_doctor_finds_dead_letters_empty_secrets_and_a_dead_intake(console: Console) -> None:
    secrets = boto3.client("secretsmanager")
    empty = json.dumps({"mode": "live", "signing_secrets": []})
    secrets.create_secret(Name="kassa/webhooks/stripe/main", SecretString=empty)
    console.send(EVENTS_DLQ, POISON)

    result = console.run("doctor", "--json")

    assert result.exit_code == 1
    problems = {f["subject"]: f for f in json.loads(result.stdout) if not f["is_ok"]}
    assert set(problems) == {"intake", EVENTS_DLQ, "secret webhooks/stripe/main"}
    assert f"kassa dlq redrive {EVENTS_DLQ}" in problems[EVENTS_DLQ]["what_to_do"]


def test_doctor_reports_a_secret_that_names_another_merchant(console: Console) -> None:
    secrets = boto3.client("secretsmanager")
    kept = {"mode": "live", "merchant_id": "somebody", "signing_secrets": ["whsec_1"]}
    for name in ("webhooks/stripe/main", "webhooks/adyen/shop"):
        secrets.create_secret(Name=f"kassa/{name}", SecretString=json.dumps(kept))

    findings = json.loads(console.run("doctor", "--json").stdout)

    other = {f["subject"]: f["what_to_do"] for f in findings if "somebody" in f["seen"]}
    assert set(other) == {"secret webhooks/stripe/main", "secret webhooks/adyen/shop"}
    assert "MerchantId is main" in other["secret webhooks/adyen/shop"]


def test_doctor_names_a_signing_secret_that_can_not_work(console: Console) -> None:
    secrets = boto3.client("secretsmanager")
    for name, signing in (("standard/tea", "whsec_aGlkZGVu"), ("adyen/shop", "hidden")):
        kept = {"mode": "live", "merchant_id": "main", "signing_secrets": [signing]}
        secret = {"Name": f"kassa/webhooks/{name}", "SecretString": json.dumps(kept)}
        secrets.create_secret(**secret)
    empty = json.dumps({"signing_secrets": []})
    secrets.create_secret(Name="kassa/webhooks/stripe/main", SecretString=empty)

    findings = json.loads(console.run("doctor", "--json").stdout)

    unusable = {f["subject"]: f for f in findings if "can't work" in f["seen"]}
    assert set(unusable) == {"secret webhooks/standard/tea", "secret webhooks/adyen/shop"}
    assert "--account tea" in unusable["secret webhooks/standard/tea"]["what_to_do"]
    assert "hidden" not in json.dumps(findings)


def test_doctor_never_shows_a_secret(console: Console) -> None:
    secrets = boto3.client("secretsmanager")
    kept = json.dumps({"mode": "live", "signing_secrets": ["whsec_1"]})
    secrets.create_secret(Name="kassa/webhooks/stripe/main", SecretString=kept)

    shown = console.run("doctor").stdout

    assert "whsec" not in shown
    assert "sk_test" not in shown


def test_doctor_says_what_to_put_into_a_secret_that_has_no_value_yet(console: Console) -> None:
    boto3.client("secretsmanager").create_secret(Name="kassa/webhooks/stripe/main")

    findings = json.loads(console.run("doctor", "--json").stdout)

    [secret] = [f for f in findings if f["subject"] == "secret webhooks/stripe/main"]
    assert secret["seen"] == "it is empty, or there is none"
    assert "kassa gateways connect stripe" in secret["what_to_do"]


def test_a_taken_port_is_found(console: Console) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        [_, finding] = checks.look_at_machine([port])

    assert not finding.is_ok
    assert checks.look_at_machine([port])[1].is_ok

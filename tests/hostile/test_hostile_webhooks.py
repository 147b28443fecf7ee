"""Hostile requests at the webhook door: each is refused, none costs a call before a proof holds."""

import base64
import hmac
import json
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from functions.receive_webhook.app import lambda_handler
from kassa.gateways import http
from kassa.gateways.http import HttpAnswer, HttpRequest
from kassa.gateways.webhooks.secrets import webhook_secrets
from tests.support.effort import few
from tests.support.every_gateway import EVERY_GATEWAY, scene_class
from tests.support.intake import NOW, Intake, log_lines, signed_header

DEEP = 100_000
SECONDS = int(NOW.timestamp())
HEX = "0" * 64
ISO = NOW.isoformat().replace("+00:00", "Z")
CERTIFICATES = "https://api.paypal.com/v1/notifications/certs/"
PAYPAL = {
    "paypal-auth-algo": "SHA256withRSA",
    "paypal-cert-url": CERTIFICATES + "CERT-x",
    "paypal-transmission-id": "11111111-1111-4111-8111-111111111111",
    "paypal-transmission-time": ISO,
    "paypal-transmission-sig": base64.b64encode(b"x" * 256).decode(),
}
ITEM = {"NotificationRequestItem": {"additionalData": {"hmacSignature": "A" * 43 + "="}}}
# In the gateway's own form and of now, so that only the proof itself can tell; no secret is live.
FORMED: dict[str, dict[str, Any]] = {
    "stripe": {"headers": {"stripe-signature": f"t={SECONDS},v1={HEX}"}},
    "paypal": {"headers": PAYPAL},
    "klarna": {"headers": {"klarna-signature": HEX, "klarna-signing-key-id": "k"}},
    "btcpay": {"headers": {"btcpay-sig": f"sha256={HEX}"}},
    "standard": {
        "headers": {
            **{"webhook-id": "msg_1", "webhook-timestamp": str(SECONDS)},
            "webhook-signature": "v1,AAAA",
        }
    },
    "adyen": {"body": json.dumps({"live": "false", "notificationItems": [ITEM]}), "headers": {}},
}
BAD_CERTIFICATES = [
    "http://api.paypal.com/v1/notifications/certs/CERT-x",
    "https://api.paypal.com.evil.example/v1/notifications/certs/CERT-x",
    "https://evil.example/v1/notifications/certs/CERT-x",
    "https://api.paypal.com@evil.example/v1/notifications/certs/CERT-x",
    "https://api.paypal.com:8443/v1/notifications/certs/CERT-x",
    "https://api.paypal.com/v1/notifications/certs/../../x",
    "https://api.paypal.com/v1/notifications/certs/CERT-x?y",
    "https://api.paypal.com/v1/notifications/certs/CERT-x#y",
    "https://api.paypal.com/v1/notifications/certs/" + "x" * 129,
    "https://169.254.169.254/latest/meta-data/",
    "file:///etc/passwd",
    "\n" + CERTIFICATES + "CERT-x",
    CERTIFICATES + "CERT-x\n",
    CERTIFICATES + "CERT-\u0445",
]


def no_network(request: HttpRequest) -> HttpAnswer:
    raise AssertionError(f"{request.url} was asked before any proof held")


@pytest.fixture(autouse=True)
def walled(intake: Intake) -> Any:
    http.install(no_network)
    yield
    http.install(None)


def event_of(gateway: str, **more: Any) -> dict[str, Any]:
    path = {"gateway": gateway, "account": "main"}
    return {"pathParameters": path, "headers": {}, "body": "{}", "isBase64Encoded": False} | more


def refused(intake: Intake, event: dict[str, Any]) -> int:
    """Post a request that nobody signed: a 4xx, and nothing queued or asked of anybody."""
    answer = lambda_handler(event, None)
    assert answer.keys() == {"statusCode"}
    assert 400 <= answer["statusCode"] < 500
    assert intake.sqs.made == []
    assert "get_object" not in intake.s3.made
    return int(answer["statusCode"])


HOSTILE_BODIES: dict[str, Any] = {
    "deep lists": "[" * DEEP + "]" * DEEP,
    "unclosed lists": "[" * DEEP,
    "deep objects": '{"a":' * DEEP + "1" + "}" * DEEP,
    "deep items": '{"notificationItems":' + "[" * DEEP + "]" * DEEP + "}",
    "huge number": '{"live":' + "9" * 100_000 + "}",
    "too large": "x" * (1024 * 1024 + 1),
    "far too large": "x" * (6 * 1024 * 1024),
    "a surrogate": "\ud800",
    "nul": "\x00" * 1000,
    "nothing": "",
    "none": None,
}


def formed_by_nobody(gateway: str) -> dict[str, Any]:
    """Return a proof in form: as listed, or else what the gateway's scene signs another body by."""
    if gateway in FORMED:
        return FORMED[gateway]
    scene = scene_class(gateway)(NOW.timestamp, 1)
    scene.pay("order-1", 1_00)
    return {"headers": dict(scene.arrivals()[0].headers)}


@pytest.mark.parametrize("gateway", EVERY_GATEWAY)
def test_a_hostile_body_is_refused(intake: Intake, gateway: str) -> None:
    for body, formed in product(
        HOSTILE_BODIES.values(), ({"headers": {}}, formed_by_nobody(gateway))
    ):
        refused(intake, event_of(gateway, **formed) | {"body": body})
        refused(intake, event_of(gateway, **formed) | {"body": body, "isBase64Encoded": True})


@pytest.mark.parametrize("gateway", EVERY_GATEWAY)
def test_a_proof_in_form_by_nobodys_secret_costs_the_secret_alone(
    intake: Intake, gateway: str
) -> None:
    for _ in range(20):
        refused(intake, event_of(gateway, **formed_by_nobody(gateway)))
    assert intake.secrets.made == ["get_secret_value"]


def test_a_certificate_elsewhere_is_never_fetched(intake: Intake) -> None:
    for url in BAD_CERTIFICATES:
        headers = PAYPAL | {"paypal-cert-url": url}
        assert refused(intake, event_of("paypal", headers=headers)) == 400, url
    assert intake.secrets.made == []


def test_a_body_that_is_too_large_is_not_even_hashed(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hmac, "digest", None)
    body = "x" * (1024 * 1024 + 1)
    headers = {"stripe-signature": signed_header(NOW, body.encode(), "whsec_intake")}
    assert refused(intake, event_of("stripe", headers=headers, body=body)) == 413


SHAPED = st.one_of(st.text(max_size=80), st.from_regex(r"t=[0-9]{1,12},v1=[0-9a-f]{0,64}"))
NAMES = st.sampled_from(sorted({name for one in FORMED.values() for name in one["headers"]}))
NAMES = NAMES | NAMES.map(str.title) | st.text(max_size=20)
REQUESTS = st.fixed_dictionaries(
    {
        "gateway": (
            st.sampled_from([*EVERY_GATEWAY, "none", "../stripe", ""]) | st.text(max_size=20)
        ),
        "account": st.sampled_from(["main", "nobody", "", "a/b", "main\n"]) | st.text(max_size=70),
        "formed": st.booleans(),
        "headers": st.dictionaries(NAMES, SHAPED, max_size=6),
        "body": st.none() | st.text(max_size=200) | st.recursive(
            st.none() | st.text(max_size=9) | st.floats() | st.integers(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
        ).map(json.dumps),
        "is_base64": st.booleans() | st.none(),
        "query": st.none() | st.dictionaries(
            st.sampled_from(["attempt", "token", "session_id"]) | st.text(max_size=9),
            st.text(max_size=80),
        ),
        "whole": st.sampled_from([True, True, True, False]),
    }
)  # fmt: skip


@few(60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(request=REQUESTS)
def test_whatever_comes_is_refused_and_calls_nobody(
    intake: Intake, request: dict[str, Any]
) -> None:
    gateway = request["gateway"]
    formed = FORMED.get(gateway, {}).get("headers", {}) if request["formed"] else {}
    event: dict[str, Any] = {
        "pathParameters": {"gateway": gateway, "account": request["account"]},
        "headers": {**formed, **request["headers"]} or None,
        "queryStringParameters": request["query"],
        "body": request["body"],
        "isBase64Encoded": request["is_base64"],
    }
    if not request["whole"]:
        event = {name: value for name, value in event.items() if name in ("body", "headers")}
    webhook_secrets.cache_clear()
    before = len(intake.secrets.made)
    refused(intake, event)
    assert len(intake.secrets.made) - before <= 1  # whose secret it may be


def test_a_refusal_logs_one_short_line_whatever_came(
    intake: Intake, capsys: pytest.CaptureFixture[str]
) -> None:
    long = {f"x-{n}": "y" * 8000 for n in range(50)}
    path = {"gateway": "g" * 5000, "account": "a" * 5000}
    refused(intake, event_of("stripe", headers=long, pathParameters=path))
    (line,) = log_lines(capsys)
    assert len(json.dumps(line)) < 1500
    assert "x-1" not in json.dumps(line)

"""Klarna's stored webhook: signed at test time, proven to the byte, read, and booked."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kassa.core.errors import InvalidSignature
from kassa.gateways.events import Delivery, GatewayEvent
from kassa.gateways.klarna.events import read
from kassa.gateways.klarna.webhook import SCHEME
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint
from tests.conformance.conftest import PAYLOADS, skip_without_payloads
from tests.support.aws_stack import Stack
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenes.klarna import KEY, KlarnaScene
from tests.support.gateway_scenes.scene import Arrival
from tests.support.gateway_stage import Stage, on_stage

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FILES = sorted((PAYLOADS / "klarna" / "network_webhooks").glob("*.json"))
ENDPOINT = WebhookEndpoint("main", "live", (KEY,), None)


def signed(body: bytes) -> dict[str, str]:
    """Sign as Klarna's documentation says, by nothing of ours."""
    key_id, _, secret = KEY.rpartition(":")
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"klarna-signature": digest, "klarna-signing-key-id": key_id}


def verify(body: bytes, headers: dict[str, str]) -> bytes:
    (part,) = SCHEME.verify(WebhookRequest("klarna", "main", headers, body), ENDPOINT, NOW)
    assert not part.is_unverified
    return part.body


def delivery(mode: str = "live") -> Delivery:
    fields: dict[str, Any] = {"gateway": "klarna", "account": "main", "merchant_id": "main"}
    return Delivery.model_validate(fields | {"mode": mode, "received_at": NOW})


def test_there_is_something_to_read() -> None:
    skip_without_payloads()
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_stored_webhook_is_proven_and_one_byte_changed_anywhere_is_refused(path: Path) -> None:
    body = path.read_bytes()
    headers = signed(body)
    assert verify(body, headers) == body
    for place in range(len(body)):
        for bit in (1, 32, 128):
            changed = body[:place] + bytes([body[place] ^ bit]) + body[place + 1 :]
            with pytest.raises(InvalidSignature):
                verify(changed, headers)
    for shortened in (body[:-1], body[1:], body + b"\n", json.dumps(json.loads(body)).encode()):
        with pytest.raises(InvalidSignature):
            verify(shortened, headers)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_stored_dispute_is_read_as_it_stands(path: Path) -> None:
    stored = json.loads(path.read_bytes())
    event = read(path.read_bytes(), delivery())
    assert isinstance(event, GatewayEvent)
    payload = stored["payload"]
    assert event.subject.subject_id == payload["order_id"]
    assert stored["event_id"] in event.event_id
    assert stored["event_type"] in event.event_id
    (dispute,) = event.object_reports
    assert dispute.state == "open"
    assert dispute.reason == payload["dispute_reason"]
    details = payload["dispute_details"]
    assert (dispute.amount.amount_minor, dispute.amount.currency) == (
        details["dispute_amount"],
        details["currency"],
    )
    assert read(path.read_bytes(), delivery("test")).gateway_type.endswith("(not test mode)")


@pytest.fixture
def stage(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """The real handlers, with the fake Klarna behind them."""
    skip_without_payloads()
    scene = KlarnaScene(lambda: fake_clock.now().timestamp(), 1)
    with on_stage(stack, fake_clock, scene, monkeypatch) as opened:
        yield opened


def test_every_stored_webhook_is_taken_and_booked_once(stage: Stage) -> None:
    for path in [*FILES, *FILES]:
        body = path.read_bytes()
        assert stage.post(Arrival(body, signed(body)))["statusCode"] == 200
    stage.book()
    assert stage.failures == []
    facts = {one["detail"]["metadata"]["fact_id"]: one for one in stage.stack.published()}
    assert [one["detail-type"] for one in facts.values()] == ["DisputeOpened"] * len(FILES)
    stage.clock.at += timedelta(hours=2)
    stage.watch()  # the order it names is not at the fake, and that is no failure
    assert stage.failures == []

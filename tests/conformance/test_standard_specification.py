"""Standard Webhooks against its own specification's examples, signed by the reference library."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from standardwebhooks import webhooks

from infra.fake_gateways.standard import signing
from kassa.core.errors import InvalidSignature
from kassa.gateways.events import Delivery, Ignored
from kassa.gateways.standard.events import read_by
from kassa.gateways.standard.mapping.parse import read_mapping
from kassa.gateways.standard.webhook import verify
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint
from tests.conformance.conftest import PAYLOADS, skip_without_payloads

SPECIFICATION = PAYLOADS / "standard_webhooks" / "standard-webhooks.md"
SHARED = "whsec_" + "c" * 32
PRIVATE = "whsk_" + "d" * 43 + "="
LIVE = (SHARED, signing.public_of(PRIVATE))
NAMED = {
    "type": "type",
    "happened_at": {"iso8601": "timestamp"},
    "currency": {"constant": "EUR"},
    "rules": [{"type": "never", "ignore": True}],
}


@pytest.fixture
def text() -> str:
    skip_without_payloads()
    return SPECIFICATION.read_text()


def examples(text: str) -> list[bytes]:
    """Return every event that the specification shows, byte for byte as it stands there."""
    blocks = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    minified = re.findall(r"^msg_\w+\.\d+\.(\{.*\})$", text, re.MULTILINE)
    return [block.encode() for block in (*blocks, *minified)]


def headers_of(text: str) -> dict[str, str]:
    return dict(re.findall(r"^(webhook-[a-z]+): (\S.*)$", text, re.MULTILINE))


def is_accepted(body: bytes, headers: dict[str, str], at_s: int) -> bool:
    request = WebhookRequest("standard", "main", headers, body, {})
    endpoint = WebhookEndpoint("main", "live", LIVE, None)
    try:
        verify(request, endpoint, datetime.fromtimestamp(at_s, UTC))
    except InvalidSignature:
        return False
    return True


def changed(body: bytes) -> Iterator[bytes]:
    for at in range(len(body)):
        yield body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


def test_the_shown_headers_can_be_read_and_only_their_secret_is_missing(text: str) -> None:
    signed_headers, body = headers_of(text), examples(text)[-1]
    at_s = int(signed_headers["webhook-timestamp"])

    assert set(signed_headers) == {"webhook-id", "webhook-timestamp", "webhook-signature"}
    assert not is_accepted(body, signed_headers, at_s)
    ours = signing.headers(signed_headers["webhook-id"], body, [SHARED], at_s)["webhook-signature"]
    both = {**signed_headers, "webhook-signature": f"{signed_headers['webhook-signature']} {ours}"}
    assert is_accepted(body, both, at_s)


def test_what_is_signed_is_what_the_specification_says(text: str) -> None:
    signed_headers, body = headers_of(text), examples(text)[-1]
    at = datetime.fromtimestamp(int(signed_headers["webhook-timestamp"]), UTC)

    ours = signing.headers(signed_headers["webhook-id"], body, [SHARED], int(at.timestamp()))
    reference = webhooks.Webhook(SHARED).sign(signed_headers["webhook-id"], at, body.decode())
    assert ours["webhook-signature"] == reference
    shown = next(line for line in text.splitlines() if line.endswith(body.decode()))
    assert (
        shown
        == f"{signed_headers['webhook-id']}.{signed_headers['webhook-timestamp']}.{body.decode()}"
    )


@pytest.mark.parametrize("secret", [SHARED, PRIVATE])
def test_every_shown_event_is_verified_read_and_refused_when_one_byte_is_changed(
    text: str, secret: str
) -> None:
    mapping = read_mapping(NAMED).mapping
    assert mapping is not None
    assert len(examples(text)) >= 4
    for number, body in enumerate(examples(text)):
        signed_headers = signing.headers(f"msg_{number}", body, [secret], 1_700_000_000)
        assert is_accepted(body, signed_headers, 1_700_000_000)
        assert not any(is_accepted(other, signed_headers, 1_700_000_000) for other in changed(body))

        delivery = Delivery(
            gateway="standard",
            account="main",
            merchant_id="main",
            mode="live",
            received_at=datetime.now(UTC),
            delivery_id=signed_headers["webhook-id"],
        )
        read = read_by(mapping, body, delivery)
        assert isinstance(read, Ignored)
        assert read.gateway_type == json.loads(body)["type"]
        assert read.happened_at == datetime(2022, 11, 3, 20, 26, 10, 344522, tzinfo=UTC)


def test_the_reference_library_takes_what_we_take(text: str) -> None:
    class Stopped(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.fromtimestamp(1_700_000_000, UTC)

    for body in examples(text):
        signed_headers = signing.headers("msg_1", body, [SHARED], 1_700_000_000)
        with patch.object(webhooks, "datetime", Stopped):
            assert webhooks.Webhook(SHARED).verify(body, signed_headers) == json.loads(body)

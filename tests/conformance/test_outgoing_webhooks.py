"""Outgoing webhooks beside the examples that the specification of Standard Webhooks gives."""

import base64
import re
from datetime import UTC, datetime

import pytest

from kassa.partners.webhooks.endpoints.endpoint import Scheme, SecretVersion
from kassa.partners.webhooks.retries import STEPS_S
from kassa.partners.webhooks.signing import Webhook, derived, headers
from tests.conformance.conftest import PAYLOADS

SPECIFICATION = PAYLOADS / "standard_webhooks" / "standard-webhooks.md"
pytestmark = pytest.mark.skipif(
    not SPECIFICATION.exists(), reason="the specification isn't beside the checkout"
)


def test_our_headers_have_the_form_of_the_specifications_example() -> None:
    text = SPECIFICATION.read_text()
    found = re.search(r"webhook-id: (\S+)\nwebhook-timestamp: (\d+)\nwebhook-signature: (.+)", text)
    content = re.search(r"```\n(msg_\w+)\.(\d+)\.(\{.*?\})\n```", text, re.S)
    assert found is not None
    assert content is not None
    message_id, timestamp, body = content.groups()
    at = datetime.fromtimestamp(int(timestamp), UTC)
    key = derived(b"m" * 64, "we_1", SecretVersion(Scheme.V1, 1))
    keys = [(Scheme.V1, key), (Scheme.V1A, key)]

    sent = headers(Webhook(message_id, body.encode()), at, keys)

    assert (sent["webhook-id"], sent["webhook-timestamp"]) == (found[1], found[2])
    pairs = zip(sent["webhook-signature"].split(" "), found[3].split(" "), strict=True)
    for ours, theirs in pairs:
        (version, _, proof), (their_version, _, their_proof) = map(_parted, (ours, theirs))
        assert version == their_version
        assert len(base64.b64decode(proof)) == len(base64.b64decode(their_proof))


def test_our_retries_begin_as_early_as_the_specifications_and_reach_as_far_as_its_third_day() -> (
    None
):
    assert STEPS_S[0] == 5
    assert "| 5 seconds   | 00:00:05         |" in SPECIFICATION.read_text()
    assert {5, 300, 1800, 7200, 18_000, 36_000} <= set(STEPS_S)


def _parted(signature: str) -> tuple[str, str, str]:
    return signature.partition(",")

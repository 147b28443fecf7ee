"""Klarna's signature: what is signed is proven to the byte, and the rest is at most a
notification.
"""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.errors import InvalidSignature
from kassa.gateways.klarna.webhook import SCHEME, callback_token
from kassa.gateways.webhooks.parts import Part
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OLD_ID, NEW_ID = "krn:partner:global:notification:signing-key:1", "key-2"
OLD, NEW = f"{OLD_ID}:old-secret", f"{NEW_ID}:new-secret"
BODY = json.dumps({"metadata": {"event_id": "e-1"}, "payload": {"name": "Müller €"}}).encode()
ATTEMPT = "order-1.1"
_KEY = hmac.digest(b"new-secret", b"kassa callback", "sha256")
TOKEN_BEFORE = hmac.digest(_KEY, ATTEMPT.encode(), "sha256").hex()  # it named no account


def endpoint(*entries: str) -> WebhookEndpoint:
    return WebhookEndpoint("shop", "live", entries or (OLD, NEW), None)


def signed(body: bytes, entry: str) -> dict[str, str]:
    key_id, _, secret = entry.rpartition(":")
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"klarna-signature": digest, "klarna-signing-key-id": key_id}


def verified(
    body: bytes = BODY,
    headers: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
    at: WebhookEndpoint | None = None,
) -> tuple[Part, ...]:
    request = WebhookRequest("klarna", "main", headers or {}, body, query or {})
    return SCHEME.verify(request, at or endpoint(), NOW)


def token(entry: str = NEW, account: str = "main") -> str:
    return callback_token(entry, account, ATTEMPT)


def callback(**params: str) -> dict[str, str]:
    return {"attempt": ATTEMPT, "token": token(), **params}


@pytest.mark.parametrize("entry", [OLD, NEW])
def test_either_live_key_signs_while_one_is_rolled(entry: str) -> None:
    assert verified(headers=signed(BODY, entry)) == (Part(BODY),)


def test_a_key_that_is_not_live_any_more_signs_nothing() -> None:
    with pytest.raises(InvalidSignature):
        verified(headers=signed(BODY, OLD), at=endpoint(NEW))


def test_a_signature_counts_only_under_the_id_of_its_own_key() -> None:
    headers = signed(BODY, OLD) | {"klarna-signing-key-id": NEW_ID}
    with pytest.raises(InvalidSignature):
        verified(headers=headers)


def test_a_base64_signature_is_refused() -> None:
    digest = hmac.digest(b"new-secret", BODY, "sha256")
    headers = {"klarna-signature": base64.b64encode(digest).decode()}
    with pytest.raises(InvalidSignature):
        verified(headers=headers | {"klarna-signing-key-id": NEW_ID})


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_one_byte_changed_anywhere_is_refused(place: int, change: int) -> None:
    forged = BODY[:place] + bytes([BODY[place] ^ change]) + BODY[place + 1 :]
    with pytest.raises(InvalidSignature):
        verified(forged, signed(BODY, NEW))


@pytest.mark.parametrize("missing", ["klarna-signature", "klarna-signing-key-id"])
@pytest.mark.parametrize("left", [None, ""])
def test_half_a_signature_is_never_taken_for_a_notification(missing: str, left: str | None) -> None:
    headers = signed(BODY, NEW)
    del headers[missing]
    if left is not None:
        headers[missing] = left
    with pytest.raises(InvalidSignature):
        verified(headers=headers, query=callback(session_id="s-1"))


def test_a_bad_signature_is_not_downgraded_to_a_notification() -> None:
    headers = signed(BODY, NEW) | {"klarna-signature": "0" * 64}
    with pytest.raises(InvalidSignature):
        verified(headers=headers, query=callback(session_id="s-1"))


@pytest.mark.parametrize("entry", ["key:", ":", ""])
def test_an_empty_secret_signs_nothing(entry: str) -> None:
    headers = {"klarna-signature": hmac.new(b"", BODY, "sha256").hexdigest()}
    with pytest.raises(InvalidSignature):
        verified(headers=headers | {"klarna-signing-key-id": "key"}, at=endpoint(entry))
    query = {
        "attempt": ATTEMPT,
        "token": token(entry),
        "session_id": "s-1",
    }
    with pytest.raises(InvalidSignature):
        verified(b"", query=query, at=endpoint(entry))


def test_a_callback_becomes_a_notification_that_holds_nothing_but_its_ids() -> None:
    body = json.dumps({"session": {"session_id": "s-2", "order_id": "o-1", "status": "PAID"}})
    (part,) = verified(body.encode(), query=callback(session_id="s-1"))
    assert part.is_unverified
    notification = {"kassa": "callback", "attempt": ATTEMPT, "session_id": "s-1", "order_id": "o-1"}
    assert json.loads(part.body) == notification


@pytest.mark.parametrize(
    ("body", "query"),
    [
        (b"", {"klarna_order_id": "o-1"}),
        (b'{"order_id": "o-1", "event_type": "FRAUD_RISK_ACCEPTED"}', {}),
        (b'{"session": {"order_id": "o-1"}}', {"order_id": "{{order_id}}"}),
    ],
)
def test_the_order_is_found_in_the_url_or_in_the_body(body: bytes, query: dict[str, str]) -> None:
    (part,) = verified(body, query=callback(**query))
    notification = {"kassa": "callback", "attempt": ATTEMPT, "order_id": "o-1"}
    assert json.loads(part.body) == notification


@pytest.mark.parametrize("name", ["o 1", "o/1", "", "x" * 65, "ö", "o-1\n", "../o-1"])
def test_what_is_no_id_is_not_read_back(name: str) -> None:
    with pytest.raises(InvalidSignature):
        verified(json.dumps({"order_id": name}).encode(), query=callback(session_id=name))


@pytest.mark.parametrize(
    "query",
    [
        {"session_id": "s-1"},
        {"session_id": "s-1", "attempt": ATTEMPT},
        {"session_id": "s-1", "attempt": ATTEMPT, "token": "0" * 64},
        {
            "session_id": "s-1",
            "attempt": "order-2.1",
            "token": token(),
        },
        {
            "session_id": "s-1",
            "attempt": ATTEMPT,
            "token": token("k:strange"),
        },
        {"session_id": "s-1", "attempt": ATTEMPT, "token": token(NEW, "other")},
        {"session_id": "s-1", "attempt": ATTEMPT, "token": TOKEN_BEFORE},
        {"session_id": "s-1", "attempt": "\ud800", "token": "\ud800"},
    ],
)
def test_a_stranger_who_has_no_token_makes_us_read_nothing(query: dict[str, str]) -> None:
    with pytest.raises(InvalidSignature):
        verified(b"", query=query)


def test_a_token_of_the_key_that_is_rolled_out_still_counts() -> None:
    query = {"attempt": ATTEMPT, "token": token(OLD), "session_id": "s-1"}
    assert verified(b"", query=query)[0].is_unverified
    with pytest.raises(InvalidSignature):
        verified(b"", query=query, at=endpoint(NEW))


@pytest.mark.parametrize("body", [ATTEMPT.encode(), f"kassa callback {ATTEMPT}".encode(), b""])
def test_a_token_signs_no_webhook(body: bytes) -> None:
    headers = {
        "klarna-signature": token(),
        "klarna-signing-key-id": NEW_ID,
    }
    with pytest.raises(InvalidSignature):
        verified(body, headers)


@given(st.binary(max_size=200), st.dictionaries(st.text(max_size=8), st.text(max_size=8)))
def test_whatever_comes_is_refused_or_normalized(body: bytes, params: dict[str, Any]) -> None:
    try:
        (part,) = verified(body, query=params | callback())
    except InvalidSignature:
        return
    assert part.is_unverified


def test_the_log_calls_a_body_by_its_event_id() -> None:
    assert SCHEME.event_id(BODY) == "e-1"
    assert SCHEME.event_id(b"[]") is None

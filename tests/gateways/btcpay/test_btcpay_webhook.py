"""BTCPay's signature: only the exact body, signed by a live secret, is let in."""

import hmac
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.errors import InvalidSignature
from kassa.gateways.btcpay.webhook import SCHEME, event_id
from kassa.gateways.webhooks.parts import Part, signature_scheme
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OLD, NEW, STRANGE = "old-secret", "neues-Geheimnis-ü", "strange-secret"
BODY = json.dumps({"originalDeliveryId": "BG5xv", "type": "InvoiceSettled"}).encode()


def header(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()


def verified(body: bytes, value: str | None, secrets: tuple[str, ...] = (OLD, NEW)) -> object:
    headers = {} if value is None else {"btcpay-sig": value}
    request = WebhookRequest("btcpay", "main", headers, body)
    return SCHEME.verify(request, WebhookEndpoint("shop", "live", secrets, None), NOW)


def is_accepted(body: bytes, value: str | None, secrets: tuple[str, ...] = (OLD, NEW)) -> bool:
    try:
        verified(body, value, secrets)
    except InvalidSignature:
        return False
    return True


def test_the_scheme_is_found_by_the_gateways_name() -> None:
    assert signature_scheme("btcpay") is SCHEME


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_either_of_two_live_secrets_signs_and_the_whole_body_is_queued(secret: str) -> None:
    assert verified(BODY, header(BODY, secret)) == (Part(BODY),)


def test_the_signature_is_the_one_that_any_hmac_tool_makes() -> None:
    # openssl dgst -sha256 -hmac key <<< of the well-known pangram, without a newline
    pangram = b"The quick brown fox jumps over the lazy dog"
    known = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
    assert is_accepted(pangram, f"sha256={known}", ("key",))


def test_a_secret_taken_out_of_rotation_signs_nothing() -> None:
    assert not is_accepted(BODY, header(BODY, OLD), (NEW,))
    assert not is_accepted(BODY, header(BODY, STRANGE))
    assert not is_accepted(BODY, header(BODY, OLD), ())


PROOF = header(BODY, NEW)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        PROOF.removeprefix("sha256="),
        PROOF.replace("sha256", "sha1"),
        PROOF.replace("sha256", "SHA256"),
        PROOF[:-1],
        PROOF + "0",
        PROOF + "\n",
        PROOF.upper(),
        f"{PROOF},{PROOF}",
        f" {PROOF}",
        "sha256=" + "é" * 64,
        "sha256=" + "٠" * 64,
    ],
)
def test_a_header_in_any_other_form_is_refused(value: str | None) -> None:
    assert not is_accepted(BODY, value)


@given(st.binary(min_size=1, max_size=400), st.data())
def test_one_byte_changed_anywhere_is_refused(body: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(body) - 1))
    changed = bytearray(body)
    changed[at] ^= data.draw(st.integers(1, 255))
    assert is_accepted(body, header(body, NEW))
    assert not is_accepted(bytes(changed), header(body, NEW))
    assert not is_accepted(body + b" ", header(body, NEW))


@given(st.text(max_size=100))
def test_no_header_makes_it_crash(value: str) -> None:
    assert not is_accepted(BODY, value)


def test_the_log_names_the_original_delivery_and_nothing_else() -> None:
    assert event_id(BODY) == "BG5xv"
    assert event_id(b'{"deliveryId": "other"}') is None
    assert event_id(b'{"originalDeliveryId": "a b"}') is None
    assert event_id(b'{"orignalDeliveryId": "BG5xv"}') == "BG5xv"  # before 1.1.0
    assert event_id(b"\xff\x00") is None

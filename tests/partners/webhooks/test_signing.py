"""Signatures of outgoing webhooks, by the reference library and by a second implementation.

The second one reads the specification anew, with the operating system's OpenSSL where there is one.
"""

import base64
import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook as Reference

from kassa.gateways.standard.webhook import usable_secret
from kassa.partners.webhooks.endpoints.endpoint import Scheme, SecretVersion
from kassa.partners.webhooks.signing import Webhook, derived, handed_out, headers, webhook_of
from tests.support.deliveries import a_delivery
from tests.support.facts import captured

MASTER = b"m" * 64
V1, V1A = SecretVersion(Scheme.V1, 1), SecretVersion(Scheme.V1A, 1)


def now() -> datetime:
    """Return the instant: the reference takes what is older than five minutes for a replay."""
    return datetime.now(UTC).replace(microsecond=0)


def second_v1(secret: str, webhook: Webhook, timestamp: str) -> str:
    """Return the signature by another library's HMAC, from the specification's text alone."""
    mac = hmac.HMAC(base64.b64decode(secret[len("whsec_") :]), hashes.SHA256())
    mac.update(webhook.message_id.encode() + b"." + timestamp.encode() + b"." + webhook.body)
    return "v1," + base64.b64encode(mac.finalize()).decode()


@given(st.text(min_size=1, max_size=200), st.integers(1, 9))
def test_both_implementations_verify_a_shared_secrets_signature(text: str, number: int) -> None:
    key = derived(MASTER, "we_0123456789ab", SecretVersion(Scheme.V1, number))
    secret = handed_out(key, Scheme.V1)
    webhook = Webhook("msg_1", json.dumps({"type": "X", "text": text}).encode())
    sent = headers(webhook, now(), [(Scheme.V1, key)])

    Reference(secret).verify(webhook.body.decode(), sent)
    assert sent["webhook-signature"] == second_v1(secret, webhook, sent["webhook-timestamp"])


def test_a_key_pairs_signature_is_verified_by_another_library() -> None:
    public, signed, proof = _signed_by_pair()

    assert public.startswith("whpk_")
    _loaded(public).verify(proof, signed)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl here")
def test_a_key_pairs_signature_is_verified_by_openssl(tmp_path: Path) -> None:
    public, signed, proof = _signed_by_pair()
    pem = _loaded(public).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for name, content in (("key.pem", pem), ("signed", signed), ("proof", proof)):
        (tmp_path / name).write_bytes(content)
    command = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in signed -sigfile proof"
    verified = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False)

    assert b"Verified Successfully" in verified.stdout, verified.stderr


def _signed_by_pair() -> tuple[str, bytes, bytes]:
    """Return a public key, and what its private one signed, with the signature."""
    key = derived(MASTER, "we_0123456789ab", V1A)
    webhook = Webhook("msg_1", b'{"type":"X"}')
    sent = headers(webhook, now(), [(Scheme.V1A, key)])
    version, _, proof = sent["webhook-signature"].partition(",")
    assert version == "v1a"
    signed = f"msg_1.{sent['webhook-timestamp']}.".encode() + webhook.body
    return handed_out(key, Scheme.V1A), signed, base64.b64decode(proof)


def _loaded(public: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(public[len("whpk_") :]))


def test_while_a_secret_is_followed_by_another_both_verify() -> None:
    old, new = derived(MASTER, "we_1", V1), derived(MASTER, "we_1", SecretVersion(Scheme.V1, 2))
    webhook = Webhook("msg_1", b"{}")
    sent = headers(webhook, now(), [(Scheme.V1, new), (Scheme.V1, old)])

    assert sent["webhook-signature"].count(" ") == 1
    for key in (old, new):
        Reference(handed_out(key, Scheme.V1)).verify("{}", sent)


def test_every_endpoint_version_and_scheme_has_a_secret_of_its_own() -> None:
    versions = [SecretVersion(scheme, n) for scheme in Scheme for n in (1, 2, 11)]
    drawn = {derived(MASTER, we, version) for we in ("we_1", "we_11") for version in versions}
    drawn |= {derived(b"n" * 64, "we_1", version) for version in versions}

    assert len(drawn) == 3 * len(versions)


@pytest.mark.parametrize("scheme", list(Scheme))
def test_what_is_handed_out_is_what_our_own_intake_would_take(scheme: Scheme) -> None:
    secret = handed_out(derived(MASTER, "we_1", SecretVersion(scheme, 1)), scheme)

    assert usable_secret(secret) == secret


def test_the_id_is_the_facts_over_endpoints_and_replays_and_another_merchants_is_another() -> None:
    here = webhook_of(a_delivery(recipient="endpoint:we_1"))

    assert webhook_of(a_delivery(recipient="endpoint:we_2")) == here
    assert webhook_of(a_delivery(message="rp_1")) == here
    assert webhook_of(a_delivery("pi_2")).message_id != here.message_id
    other = a_delivery().model_copy(update={"merchant_id": "other"})
    assert webhook_of(other).message_id != here.message_id


def test_what_was_written_down_is_sent_letter_by_letter() -> None:
    odd = '{"metadata": {"booked_at":"2026-11-21T09:00:00Z"},"data":{"n":1.10,"t":"\\u00e9"}}'
    delivery = a_delivery().model_copy(update={"payload": odd})

    assert webhook_of(delivery).body.endswith(f'"data":{odd}}}'.encode())


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=50))
def test_what_is_sent_is_json_whatever_a_fact_says(name: str) -> None:
    fact = captured("pi_1", now(), (1, "EUR"), method=name)
    delivery = a_delivery().model_copy(update={"payload": fact.model_dump_json()})

    sent = json.loads(webhook_of(delivery).body)

    assert sent["data"]["data"]["method"] == name
    assert list(sent) == ["type", "timestamp", "data"]

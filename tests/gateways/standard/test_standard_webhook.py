"""Standard Webhooks' signature: our verdicts against the reference library's, and ed25519."""

import base64
import hmac
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st
from standardwebhooks import webhooks

from kassa.core.errors import InvalidSignature, SecretsUnavailable
from kassa.gateways.standard.webhook import SIGNATURES_MAX, usable_secret, verify
from kassa.gateways.webhooks.parts import Part, signature_scheme
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint

NOW_S = 1_795_312_800
NOW = datetime.fromtimestamp(NOW_S, UTC)
BODY = '{"type":"payment.captured","data":{"name":"Müller €"}}'.encode()


def text_of(key: bytes) -> str:
    return base64.b64encode(key).decode()


OLD, NEW, STRANGE = (f"whsec_{text_of(bytes([n]) * 24)}" for n in (1, 2, 3))
PAIR, STRANGE_PAIR = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (4, 5))


def public(pair: Ed25519PrivateKey) -> str:
    return f"whpk_{text_of(pair.public_key().public_bytes_raw())}"


def shared_proof(secret: str, body: bytes = BODY, at: str = str(NOW_S), name: str = "msg_1") -> str:
    key = base64.b64decode(secret.partition("_")[2])
    return "v1," + text_of(hmac.digest(key, f"{name}.{at}.".encode() + body, "sha256"))


def pair_proof(pair: Ed25519PrivateKey, body: bytes = BODY, at: str = str(NOW_S)) -> str:
    return "v1a," + text_of(pair.sign(f"msg_1.{at}.".encode() + body))


def request(
    proofs: str, body: bytes = BODY, at: str = str(NOW_S), name: str = "msg_1"
) -> WebhookRequest:
    headers = {"webhook-id": name, "webhook-timestamp": at, "webhook-signature": proofs}
    return WebhookRequest("standard", "main", headers, body, {})


def endpoint(*secrets: str) -> WebhookEndpoint:
    return WebhookEndpoint("main", "live", secrets, None)


def is_accepted(signed_request: WebhookRequest, *secrets: str, now: datetime = NOW) -> bool:
    try:
        verify(signed_request, endpoint(*secrets), now)
    except InvalidSignature:
        return False
    return True


class _Stopped(datetime):
    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return NOW


@pytest.fixture(autouse=True)
def _reference_at_now() -> Iterator[None]:
    with patch.object(webhooks, "datetime", _Stopped):
        yield


def reference_accepts(signed_request: WebhookRequest, secret: str) -> bool:
    """Whether the library takes one of the signatures; it stumbles over one it can't split."""
    proofs = signed_request.headers["webhook-signature"].split(" ")
    alone = ({**signed_request.headers, "webhook-signature": proof} for proof in proofs)
    return any(_takes(signed_request.body, headers, secret) for headers in alone)


def _takes(body: bytes, headers: dict[str, str], secret: str) -> bool:
    try:
        webhooks.Webhook(secret).verify(body, headers, json_parse=False)
    except (webhooks.WebhookVerificationError, ValueError):
        return False
    return True


def test_our_way_of_signing_is_the_reference_librarys() -> None:
    reference = webhooks.Webhook(NEW).sign("msg_1", NOW, BODY.decode())

    assert shared_proof(NEW) == reference


def test_what_the_gateway_signed_is_taken_whole_and_named_by_its_id() -> None:
    scheme = signature_scheme("standard")

    assert scheme.verify(request(shared_proof(NEW)), endpoint(NEW), NOW) == (Part(BODY, "msg_1"),)
    assert scheme.verify(request(pair_proof(PAIR)), endpoint(public(PAIR)), NOW) == (
        Part(BODY, "msg_1"),
    )
    assert scheme.answer == ""


@pytest.mark.parametrize("live", [(OLD, NEW), (NEW, OLD), (OLD, public(PAIR))])
@pytest.mark.parametrize(
    "proofs",
    [
        shared_proof(OLD),
        f"{shared_proof(NEW)} {shared_proof(OLD)}",
        f"v1a,AAAA {shared_proof(STRANGE)} {shared_proof(OLD)} v2,later",
    ],
)
def test_while_a_secret_is_rolled_both_are_live(live: Sequence[str], proofs: str) -> None:
    assert is_accepted(request(proofs), *live)


def test_a_secret_that_was_taken_out_proves_nothing() -> None:
    assert not is_accepted(request(shared_proof(OLD)), NEW)
    assert not is_accepted(request(pair_proof(STRANGE_PAIR)), public(PAIR))
    assert not is_accepted(request(shared_proof(OLD)))


def test_a_public_key_is_no_secret_to_sign_with() -> None:
    known_to_all = public(PAIR).replace("whpk_", "whsec_")

    assert not is_accepted(request(shared_proof(known_to_all)), public(PAIR))
    assert not is_accepted(request(shared_proof(NEW).replace("v1,", "v1a,")), NEW, public(PAIR))
    assert not is_accepted(request(pair_proof(PAIR).replace("v1a,", "v1,")), NEW, public(PAIR))


@pytest.mark.parametrize(
    ("late_s", "is_taken"), [(0, True), (300, True), (301, False), (-300, True), (-301, False)]
)
def test_a_timestamp_is_refused_when_it_is_too_old_or_in_the_future(
    late_s: int, is_taken: bool
) -> None:
    now = NOW + timedelta(seconds=late_s)

    assert is_accepted(request(shared_proof(NEW)), NEW, now=now) is is_taken
    assert is_accepted(request(pair_proof(PAIR)), public(PAIR), now=now) is is_taken


PROVEN = [
    (request(shared_proof(NEW)), NEW),
    (request(pair_proof(PAIR)), public(PAIR)),
    (request(f"{shared_proof(OLD)} {shared_proof(NEW)}"), NEW),
]


@pytest.mark.parametrize(("signed_request", "secret"), PROVEN)
def test_one_byte_changed_anywhere_is_refused(signed_request: WebhookRequest, secret: str) -> None:
    assert is_accepted(signed_request, secret)
    for at in range(len(signed_request.body)):
        changed = (
            signed_request.body[:at]
            + bytes([signed_request.body[at] ^ 1])
            + signed_request.body[at + 1 :]
        )
        assert not is_accepted(signed_request._replace(body=changed), secret), at
    for name in ("webhook-id", "webhook-timestamp"):
        for changed in one_character_changed(signed_request.headers[name]):
            headers = {**signed_request.headers, name: changed}
            assert not is_accepted(signed_request._replace(headers=headers), secret), changed


@pytest.mark.parametrize("proof", [shared_proof(NEW), pair_proof(PAIR)])
def test_one_character_changed_in_the_only_signature_is_refused(proof: str) -> None:
    for changed in one_character_changed(proof):
        assert not is_accepted(request(changed), NEW, public(PAIR)), changed


def one_character_changed(text: str) -> Iterator[str]:
    for at in range(len(text)):
        for character in ("A", "b", "=", "/", ".", " ", ",", "0", "é", ""):
            if character != text[at]:
                yield text[:at] + character + text[at + 1 :]


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("value", [None, "", " ", "x" * 256, "é", "1.5", "msg.1", "01", "\n", ","])
def test_headers_that_are_missing_or_not_canonical_are_refused(
    name: str, value: str | None
) -> None:
    headers = {**PROVEN[0][0].headers, name: value}
    if value is None:
        del headers[name]

    assert not is_accepted(WebhookRequest("standard", "main", headers, BODY, {}), NEW)


@pytest.mark.parametrize(("name", "at"), [("msg.1", str(NOW_S)), ("msg_1", f"0{NOW_S}")])
def test_an_id_or_time_that_can_be_read_in_two_ways_is_refused_though_signed(
    name: str, at: str
) -> None:
    assert not is_accepted(request(shared_proof(NEW, at=at, name=name), at=at, name=name), NEW)


def test_a_flood_of_signatures_is_refused_before_any_is_checked() -> None:
    proofs = [*["v1a,AAAA"] * (SIGNATURES_MAX - 1), shared_proof(NEW)]

    assert is_accepted(request(" ".join(proofs)), NEW)
    assert not is_accepted(request(" ".join(["v1a,AAAA", *proofs])), NEW)


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "whpk_", "whsec_AAAA", NEW[6:], "whsec_!", public(PAIR)[:-2], f"{NEW}A"],
)
def test_a_secret_of_ours_that_cant_be_read_signs_nothing_and_is_logged(secret: str) -> None:
    with pytest.raises(SecretsUnavailable) as refused:
        verify(request("v1,AAAA"), endpoint(secret), NOW)

    assert len(secret) < 8 or secret not in str(refused.value)
    assert is_accepted(request(shared_proof(NEW)), secret, NEW)


@pytest.mark.parametrize("size", [24, 25, 26, 32, 64])
def test_a_secret_without_its_padding_works_as_with_it(size: int) -> None:
    """As the reference libraries of most languages take it; ours keeps the padded spelling."""
    key = bytes(range(size))
    padded = "whsec_" + text_of(key)
    for secret in (padded, padded.rstrip("="), f" {padded}\n"):
        assert is_accepted(request(shared_proof(padded)), secret)
        assert usable_secret(secret) == padded


def test_no_empty_secret_lets_anyone_sign() -> None:
    anyones = "v1," + text_of(hmac.digest(b"", f"msg_1.{NOW_S}.".encode() + BODY, "sha256"))

    with pytest.raises(SecretsUnavailable):
        verify(request(anyones), endpoint("whsec_"), NOW)


TEXTS = st.text("abcZ09._-=+/, ;é\n", max_size=40)


@example(BODY, f"v1 {shared_proof(NEW)}", str(NOW_S), "msg_1")
@given(
    body=st.one_of(st.just(BODY), st.binary(max_size=40)),
    proofs=st.one_of(
        TEXTS,
        st.lists(
            st.sampled_from([shared_proof(NEW), shared_proof(OLD), "v1,", "v1", "v1a,x"]),
            max_size=4,
        ).map(" ".join),
    ),
    at=st.one_of(st.just(str(NOW_S)), st.sampled_from(["", "-1", "1e9", "٣", str(NOW_S - 301)])),
    name=st.one_of(st.just("msg_1"), TEXTS),
)
def test_nothing_is_taken_that_the_reference_library_refuses(
    body: bytes, proofs: str, at: str, name: str
) -> None:
    signed_request = request(proofs, body, at, name)

    if is_accepted(signed_request, NEW):
        assert reference_accepts(signed_request, NEW)


@given(body=st.text(max_size=60), name=st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True))
def test_what_the_reference_library_signs_is_taken(body: str, name: str) -> None:
    signed = webhooks.Webhook(NEW).sign(name, NOW, body)
    signed_request = request(signed, body.encode(), name=name)

    assert is_accepted(signed_request, NEW)
    assert reference_accepts(signed_request, NEW)

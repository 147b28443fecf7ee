"""Stripe's signature: our verdicts against those of the official library, and what is stricter."""

import hmac
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from unittest.mock import patch

import pytest
import stripe
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kassa.core.errors import InvalidSignature, UnknownGateway
from kassa.gateways.stripe.webhook import event_id, verify
from kassa.gateways.webhooks.parts import signature_scheme

NOW_S = 1_795_312_800
NOW = datetime.fromtimestamp(NOW_S, UTC)
OLD_SECRET, NEW_SECRET, STRANGE_SECRET = "whsec_old", "whsec_new", "whsec_strange"
BODY = json.dumps({"id": "evt_1", "object": "event", "data": {"name": "Müller €"}}).encode()


@pytest.fixture(autouse=True)
def _stripe_at_now() -> Iterator[None]:
    with patch("stripe._webhook.time", SimpleNamespace(time=lambda: NOW_S)):
        yield


def signature(body: bytes, secret: str, at: int = NOW_S) -> str:
    return hmac.new(secret.encode(), b"%d.%s" % (at, body), "sha256").hexdigest()


def header(body: bytes, secret: str, at: int = NOW_S) -> str:
    return f"t={at},v1={signature(body, secret, at)}"


def is_accepted(body: bytes, value: str, secrets: Sequence[str] = (NEW_SECRET,)) -> bool:
    try:
        verify(body, {"stripe-signature": value}, secrets, NOW)
    except InvalidSignature:
        return False
    return True


def test_our_way_of_signing_is_the_official_one() -> None:
    official = stripe.WebhookSignature.generate_signature_header(BODY.decode(), NEW_SECRET, NOW_S)
    assert header(BODY, NEW_SECRET) == official


def stripe_accepts(body: bytes, value: str, secret: str = NEW_SECRET) -> bool:
    """Whether construct_event takes the signature; what it then makes of the JSON is no verdict."""
    try:
        stripe.Webhook.construct_event(body, value, secret)
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False
    except (ValueError, AttributeError):
        return True
    return True


MUTATIONS = st.tuples(
    st.sampled_from(["replace", "insert", "delete"]),
    st.integers(0, 400),
    st.characters(exclude_categories=["Cs"]),
)


def mutated(text: str, mutations: list[tuple[str, int, str]]) -> str:
    for kind, index, character in mutations:
        at = index % (len(text) + 1)
        kept = text[at:] if kind == "insert" else text[at + 1 :]
        text = text[:at] + ("" if kind == "delete" else character) + kept
    return text


@st.composite
def headers(draw: st.DrawFn) -> str:
    at = NOW_S + draw(st.sampled_from([0, 0, 0, -1, -299, -300, -301, -100_000]))
    good, strange = signature(BODY, NEW_SECRET, at), signature(BODY, STRANGE_SECRET, at)
    junk = st.sampled_from(
        [
            f"t={at}",
            f"t={at - 1}",
            f" t={at}",
            f"t= {at}",
            f"t=0{at}",
            f"t=+{at}",
            "t=",
            "t",
            "t=x",
            f"v1={good}",
            f"v1={strange}",
            f"v1={good.upper()}",
            f"v1={good} ",
            f" v1={good}",
            f"v1={good}=",
            f"v1={good[:-1]}",
            f"v0={good}",
            f"v1 ={good}",
            "v1=",
            "v1",
            "",
            " ",
            "=",
            "foo=bar=baz",
        ]
    )
    parts = [*draw(st.sampled_from([[f"t={at}", f"v1={good}"], [f"t={at}"], []]))]
    parts += draw(st.lists(junk, max_size=4))
    return ",".join(draw(st.permutations(parts)))


@settings(max_examples=400)
@given(value=headers(), mutations=st.lists(MUTATIONS, max_size=2))
@example(value=header(BODY, NEW_SECRET) + ",t", mutations=[])
@example(value=header(BODY, NEW_SECRET) + ",v1", mutations=[])
@example(value=header(BODY, NEW_SECRET) + ",t=x", mutations=[])
def test_a_header_gets_the_verdict_of_the_official_library(
    value: str, mutations: list[tuple[str, int, str]]
) -> None:
    value = mutated(value, [m for m in mutations if m[2].isascii()])
    assert is_accepted(BODY, value) is stripe_accepts(BODY, value)


@given(mutations=st.lists(MUTATIONS, max_size=3), is_signed_after=st.booleans())
def test_a_body_gets_the_verdict_of_the_official_library(
    mutations: list[tuple[str, int, str]], is_signed_after: bool
) -> None:
    body = mutated(BODY.decode(), mutations).encode()
    value = header(body if is_signed_after else BODY, NEW_SECRET)
    assert is_accepted(body, value) is stripe_accepts(body, value)
    assert is_accepted(body, value) is (is_signed_after or body == BODY)


@example(body=b"\xff", at=NOW_S)
@given(body=st.binary(max_size=300), at=st.integers(NOW_S - 310, NOW_S))
def test_any_bytes_get_the_verdict_of_the_official_library(body: bytes, at: int) -> None:
    value = header(body, NEW_SECRET, at)
    assert is_accepted(body, value) is stripe_accepts(body, value)


@given(value=st.text(max_size=80))
def test_any_header_is_refused_and_never_an_accident(value: str) -> None:
    assert not is_accepted(BODY, value)


@given(value=headers(), mutations=st.lists(MUTATIONS, min_size=1, max_size=2))
def test_a_header_that_is_not_ascii_is_refused(
    value: str, mutations: list[tuple[str, int, str]]
) -> None:
    value = mutated(value, mutations)
    assert value.isascii() or not is_accepted(BODY, value)


def test_no_body_with_one_bit_changed_is_accepted() -> None:
    value = header(BODY, NEW_SECRET)
    for index in range(len(BODY)):
        for bit in range(8):
            body = bytearray(BODY)
            body[index] ^= 1 << bit
            assert not is_accepted(bytes(body), value)


@pytest.mark.parametrize(
    ("shift_s", "ours", "theirs"),
    [
        (-301, False, False),
        (-300, True, True),
        (300, True, True),
        (301, False, True),
        (10**9, False, True),
        (10**400, False, True),
    ],
)
def test_the_future_is_refused_as_the_past_is(shift_s: int, ours: bool, theirs: bool) -> None:
    value = header(BODY, NEW_SECRET, NOW_S + shift_s)
    assert is_accepted(BODY, value) is ours
    assert stripe_accepts(BODY, value) is theirs


def test_a_part_of_a_second_counts_against_the_tolerance() -> None:
    headers = {"stripe-signature": header(BODY, NEW_SECRET, NOW_S - 300)}
    with pytest.raises(InvalidSignature):
        verify(BODY, headers, [NEW_SECRET], NOW + timedelta(milliseconds=1))


@pytest.mark.parametrize("live", [[OLD_SECRET], [NEW_SECRET], [NEW_SECRET, OLD_SECRET], []])
@pytest.mark.parametrize("signers", [[OLD_SECRET], [NEW_SECRET], [OLD_SECRET, NEW_SECRET], []])
def test_while_a_secret_is_rolled_any_live_one_suffices(
    live: list[str], signers: list[str]
) -> None:
    value = ",".join([f"t={NOW_S}", *(f"v1={signature(BODY, signer)}" for signer in signers)])
    assert is_accepted(BODY, value, live) is bool(set(live) & set(signers))
    assert is_accepted(BODY, value, live) is any(
        stripe_accepts(BODY, value, secret) for secret in live
    )


def test_a_header_that_came_twice_counts_as_one() -> None:
    value = header(BODY, NEW_SECRET)
    assert is_accepted(BODY, f"{value},{value}")
    assert stripe_accepts(BODY, f"{value},{value}")


def test_without_the_header_nothing_is_accepted() -> None:
    with pytest.raises(InvalidSignature):
        verify(BODY, {"x-stripe-signature": header(BODY, NEW_SECRET)}, [NEW_SECRET], NOW)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{\n  "id": "evt_1Abc",\n  "object": "event"', "evt_1Abc"),
        (b'{"object":"event","id":"evt_2"}', "evt_2"),
        (b'{"id":"ch_1"}', None),
        (b'{"id":"evt_1\nforged log line"}', None),
        (b" " * 600 + b'{"id":"evt_1"}', None),
        (b"", None),
    ],
)
def test_the_log_names_a_body_by_the_id_at_its_beginning(body: bytes, found: str | None) -> None:
    assert event_id(body) == found


def test_a_gateway_without_a_scheme_is_unknown() -> None:
    with pytest.raises(UnknownGateway):
        signature_scheme("stripes")

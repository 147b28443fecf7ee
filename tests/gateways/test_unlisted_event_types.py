"""What a gateway adds to its list of event types can't fail: it is let in, and counted."""

import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.fake_gateways.klarna import signing as klarna_signing
from infra.fake_gateways.standard import signing as standard_signing
from kassa.platform.table import plain
from tests.support.aws_stack import Stack
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenes import btcpay, klarna, standard
from tests.support.gateway_scenes.scene import Arrival, Scene
from tests.support.gateway_stage import Stage, on_stage

Sign = Callable[[str, dict[str, Any], float], Arrival]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
TYPES = st.text(min_size=1, max_size=300).filter(lambda name: "\ud800" not in name) | st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["payment.", "payment.dispute.", "Invoice", "Payout", "Subscriber", ""]),
        st.text("abcdefghij-._ÄÖ ", min_size=1, max_size=30),
    ),
)


def of_klarna(name: str, body: dict[str, Any], now: float) -> Arrival:
    text = klarna_signing.text_of({"payload": body} | body | {"metadata": {"event_type": name}})
    headers = klarna_signing.signed(text, klarna.KEY).items()
    return Arrival(text, {key.lower(): value for key, value in headers})


def of_btcpay(name: str, body: dict[str, Any], now: float) -> Arrival:
    text = json.dumps(body | {"type": name}).encode()
    proof = hmac.digest(btcpay.SECRET.encode(), text, "sha256").hex()
    return Arrival(text, {"btcpay-sig": f"sha256={proof}"})


def of_standard(name: str, body: dict[str, Any], now: float) -> Arrival:
    text = standard_signing.text_of(body | {"type": name})
    message_id = f"msg_{hash((name, text)) & 0xFFFFFFFF}"
    return Arrival(text, standard_signing.headers(message_id, text, [standard.SHARED], int(now)))


GATEWAYS: dict[str, tuple[Callable[..., Scene], Sign]] = {
    "klarna": (klarna.SCENE, of_klarna),
    "btcpay": (btcpay.SCENE, of_btcpay),
    "standard": (standard.SCENE, of_standard),
}


@pytest.fixture(params=GATEWAYS)
def played(
    request: pytest.FixtureRequest,
    stack: Stack,
    fake_clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[Stage, Sign]]:
    made, sign = GATEWAYS[request.param]
    scene = made(lambda: fake_clock.now().timestamp(), 1)
    with on_stage(stack, fake_clock, scene, monkeypatch) as stage:
        yield stage, sign


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=TYPES, body=st.dictionaries(st.text(max_size=8), JSON, max_size=5))
def test_an_event_of_no_listed_type_is_let_in_and_moves_nothing(
    played: tuple[Stage, Sign], name: str, body: dict[str, Any]
) -> None:
    stage, sign = played
    stage.post(sign(name, body, stage.clock.now().timestamp()))
    stage.book()

    assert set(stage.statuses) <= {200}
    assert stage.failures == []
    assert stage.ledger() == {}
    kept = [item for item in map(plain, stage.stack.items()) if "gateway_type" in item]
    assert kept

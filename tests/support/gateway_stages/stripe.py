"""A stage with Stripe behind it, which sends the events it is given."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from kassa.core.errors import GatewayUnavailable
from kassa.gateways.http import HttpAnswer, HttpRequest
from kassa.ledger.facts import LedgerFact
from kassa.ledger.items import booked_event
from kassa.platform.table import plain
from tests.support import stripe_events as s
from tests.support.aws_stack import Stack
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenes.scene import Arrival
from tests.support.gateway_stage import Stage, on_stage
from tests.support.intake import SECRET, signed_header

Body = dict[str, Any]
PAID = 100_00


@pytest.fixture
def stripe(
    request: pytest.FixtureRequest,
    stack: Stack,
    fake_clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Stage]:
    scene: Any = Published(fake_clock, **getattr(request, "param", {}))
    with on_stage(stack, fake_clock, scene, monkeypatch) as opened:
        yield opened


def headrooms(stage: Stage) -> list[int]:
    items = map(plain, stage.stack.items())
    return [int(item["headroom"]) for item in items if "headroom" in item]


def captured(minor: int, back: int = 0, taken: int = 0) -> dict[str, int]:
    gone = {"customers": back - minor, "chargebacks": taken}
    return gone | {"gateway_clearing": minor - back - taken}


CHARGE = s.event("charge.succeeded", s.charge(), "evt_1")


def unread(stage: Stage, event: Body) -> None:
    """Tell an event that nobody can read, and one behind it that isn't held up."""
    account: Any = stage.scene
    account.events = [event, CHARGE]
    stage.deliver()
    assert len(stage.failures) == 1
    assert stage.ledger() == {
        (name, "EUR"): minor for name, minor in captured(PAID).items() if minor
    }


class Published:
    """Stripe as a scene that sends what it is given, to an account with such a secret."""

    gateway = "stripe"

    def __init__(self, clock: FakeClock, **secret: Any) -> None:
        self.clock, self.secret = clock, secret
        self.events: list[Body] = []

    def secrets(self) -> dict[str, Body]:
        known = {"merchant_id": "main", "mode": "test", "signing_secrets": [SECRET]}
        return {"webhooks/stripe/main": known | self.secret}

    def transport(self, request: HttpRequest) -> HttpAnswer:
        raise GatewayUnavailable(request.url)

    def arrivals(self) -> list[Arrival]:
        bodies = [json.dumps(one).encode() for one in self.events]
        self.events = []
        return [
            Arrival(one, {"stripe-signature": signed_header(self.clock.at, one, SECRET)})
            for one in bodies
        ]


def deliver(stage: Stage, events: Sequence[Body], name: str = "") -> None:
    """Post events; a name gives every object of them ids of its own."""
    account: Any = stage.scene
    text = json.dumps(events)
    for prefix in ("evt_", "ch_", "pi_", "txn_", "dp_", "re_", "po_"):
        text = text.replace(f'"{prefix}', f'"{prefix}{name}')
    account.events = json.loads(text)
    stage.deliver()
    assert stage.failures == []
    assert set(stage.statuses) == {200}


def kept(stage: Stage) -> list[Body]:
    return [item for item in map(plain, stage.stack.items()) if "gateway_type" in item]


def facts(stage: Stage) -> list[LedgerFact]:
    return [fact for item in kept(stage) for fact in booked_event(item).facts]


def moved(number: int, amount: int) -> Body:
    fields: Body = {"amount": amount, "type": "adjustment", "source": "dp_1"}
    return s.balance_transaction(f"txn_{number}", **fields)

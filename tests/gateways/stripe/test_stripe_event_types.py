"""Stripe's table of event types is whole, and its reader goes by it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from kassa.gateways.event_types import Outcome
from kassa.gateways.events import GatewayEvent, Ignored
from kassa.gateways.stripe.balance import ADJUSTMENTS, MOVES
from kassa.gateways.stripe.event_types import EVENT_TYPES
from tests.support import stripe_events as s
from tests.support.stripe_reading import read_body

Body = dict[str, Any]
BOOKED = [name for name, row in EVENT_TYPES.items() if row.outcome is Outcome.BOOKED]
COUNTED = [name for name in EVENT_TYPES if name not in BOOKED]
CLIENT = Path(stripe.__file__).parent


def sample(event_type: str) -> Body:
    """Return the object that an event of a type shows."""
    if event_type.startswith(("refund.", "charge.refund.")):
        return s.refund()
    if event_type.startswith("charge.dispute."):
        return s.dispute()
    if event_type.startswith("customer."):
        return s.card()
    samples = {"charge": s.charge, "payment_intent": s.payment_intent, "payout": s.payout}
    samples |= {"invoice": s.invoice}
    return samples.get(event_type.partition(".")[0], s.checkout)()


def read(envelope: Any) -> GatewayEvent | Ignored:
    return read_body(json.dumps(envelope).encode(), "main", "test")


def test_every_type_that_the_official_client_knows_is_in_the_table() -> None:
    listed = (CLIENT / "params" / "_webhook_endpoint_create_params.py").read_text()
    named = set(re.findall(r'"([a-z_]+(?:\.[a-z_]+)+)"', listed))
    assert len(named) > 200
    assert named <= set(EVENT_TYPES)


def test_every_balance_transaction_that_the_official_client_knows_has_its_place() -> None:
    listed = (CLIENT / "_balance_transaction.py").read_text().rpartition("Transaction type: ")[2]
    named = set(re.findall(r"`([a-z_]+)`", listed.partition("Learn more")[0]))
    assert len(named) > 40
    assert named <= set(MOVES) | set(ADJUSTMENTS.split())


@pytest.mark.parametrize("name", BOOKED)
def test_a_type_that_is_booked_books(name: str) -> None:
    assert isinstance(read(s.event(name, sample(name), "evt_1")), GatewayEvent)


@pytest.mark.parametrize("name", [*COUNTED, "charge.teleported", "v2.core.event_destination.ping"])
def test_a_type_that_is_counted_is_counted_whatever_it_shows(name: str) -> None:
    for body in (sample(name), s.charge(), {}, {"object": "charge", "amount": "ten"}):
        event = read(s.event(name, body, "evt_1"))
        assert isinstance(event, Ignored)
        assert event.gateway_type == name


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
NEW = st.text(min_size=1, max_size=40).filter(lambda name: name not in EVENT_TYPES)


@given(NEW, st.dictionaries(st.sampled_from(["created", "data", "livemode", "account"]), ANYTHING))
def test_no_type_that_is_new_can_fail(name: str, body: Body) -> None:
    event = read(body | {"id": "evt_1", "type": name})
    assert isinstance(event, Ignored)
    assert event.happened_at.tzinfo is not None
    assert event.gateway_type.startswith(name)


@pytest.mark.parametrize("created", ["2026-11-21T09:00:00.000Z", 1_795_230_000, None, "soon", {}])
def test_a_thin_event_is_counted_whenever_it_says_it_happened(created: Any) -> None:
    thin = {
        "id": "evt_thin",
        "object": "v2.core.event",
        "type": "v1.billing.meter.no_meter_found",
        "created": created,
        "livemode": False,
        "context": None,
        "related_object": None,
    }
    assert isinstance(read(thin), Ignored)

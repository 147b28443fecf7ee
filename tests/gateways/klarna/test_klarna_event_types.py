"""Klarna's table of event types and its reader say the same."""

import pytest

from kassa.gateways.event_types import Outcome
from kassa.gateways.events import GatewayEvent, Ignored, UnverifiedNotification
from kassa.gateways.klarna.event_types import EVENT_TYPES
from kassa.gateways.klarna.events import confirmed, read
from tests.support.gateway_payloads.klarna import delivery, dispute, webhook

BOOKED = [name for name, row in EVENT_TYPES.items() if row.outcome is Outcome.BOOKED]
STATES = {"updated": "INITIATED", "closed": "CLOSED"}


@pytest.mark.parametrize("name", BOOKED)
def test_a_type_that_is_booked_is_read_back_or_says_enough(name: str) -> None:
    last = name.rpartition(".")[2]
    state = STATES.get(last, last.upper().replace("-", "_"))
    payload = dispute(state, dispute_outcome="LOST" if state == "CLOSED" else None)
    event = read(webhook(name, payload), delivery())
    assert isinstance(event, GatewayEvent)
    notification = read(
        webhook(name, {"payment_dispute_id": payload["payment_dispute_id"]}), delivery()
    )
    assert isinstance(notification, UnverifiedNotification)
    assert isinstance(confirmed(notification, payload, delivery()), GatewayEvent)


@pytest.mark.parametrize("name", [*sorted(EVENT_TYPES.keys() - set(BOOKED)), "payment.dispute.new"])
def test_a_type_that_is_counted_is_counted_in_any_form(name: str) -> None:
    for metadata in ({}, {"event_id": None}, {"occurred_at": "yesterday"}):
        event = read(webhook(name, {"state": ["?"]}, **metadata), delivery())
        assert isinstance(event, Ignored)
        assert event.gateway_type == name

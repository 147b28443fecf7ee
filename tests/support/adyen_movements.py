"""Adyen's webhooks and report lines of one payment, booked in every order and sent twice."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

from kassa.core.postings import Account
from kassa.gateways.adyen import parsing as bodies
from kassa.gateways.adyen.events import read
from kassa.gateways.events import GatewayEvent
from kassa.ledger.booking import book
from kassa.ledger.state import SubjectState
from tests.support.builders import CONTEXT
from tests.support.gateway_payloads.adyen import COLUMNS, delivery, event, item

Ledger = dict[Account, int]
AUTHORISED = event(item("AUTHORISATION", 1000))
CAPTURED_AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def webhook_event(
    code: str, value: int = 1000, captures_later: bool = False, **fields: Any
) -> GatewayEvent:
    return event(item(code, value, **fields), captures_later=captures_later)


def disputed(code: str, value: int = 1000, dispute_id: str = "DIS1") -> GatewayEvent:
    return webhook_event(code, value, pspReference=dispute_id)


def unnamed(code: str, value: int = 1000) -> GatewayEvent:
    """Tell of a dispute as accounts do that don't name it: by its payment alone."""
    return webhook_event(code, value, pspReference="PSP1", originalReference=None)


def line(
    of_type: str, minor: int, reference: str = "CAP1", captures_later: bool = False
) -> GatewayEvent:
    """Write a line of a report: what it moves is credited or, below zero, debited."""
    side = "Credit" if minor > 0 else "Debit"
    amount = f"{abs(minor) // 100}.{abs(minor) % 100:02d}"
    cells = dict.fromkeys(COLUMNS, "") | {
        "Merchant Account": "S",
        "Psp Reference": "PSP1",
        "Merchant Reference": "order-1",
        "Payment Method": "visa",
        "Creation Date": "2026-11-20 10:30:00",
        "TimeZone": "CET",
        "Type": of_type,
        "Modification Reference": reference,
        "Gross Currency": "EUR",
        f"Gross {side} (GC)": amount,
        "Net Currency": "EUR",
        f"Net {side} (NC)": amount,
        "Batch Number": "7",
    }
    name = f"S/7/{of_type}/{reference}/{minor}"
    found = read(bodies.line_body(cells, name, captures_later), delivery("pull"))
    assert isinstance(found, GatewayEvent)
    return found


def booked(events: Sequence[GatewayEvent]) -> tuple[SubjectState, Ledger]:
    """Book events in the order given; return the state and what every account holds."""
    state, held = SubjectState(), Counter[Account]()
    for one in events:
        state, facts = book(state, one, CONTEXT)
        for posting in (p for fact in facts for p in fact.data.postings):
            held[posting.source] -= posting.amount.amount_minor
            held[posting.destination] += posting.amount.amount_minor
    return state, {account: minor for account, minor in held.items() if minor}


def in_any_order(events: Sequence[GatewayEvent]) -> tuple[SubjectState, Ledger]:
    """Book events in every order, and twice in some; they come to one ledger and headroom."""
    state, expected = booked(events)
    shuffler = random.Random(20261129)
    orders = list(permutations(events)) if len(events) < 5 else []
    orders += [tuple(shuffler.sample(list(events) * 2, 2 * len(events))) for _ in range(20)]
    for order in orders:
        again, held = booked(order)
        assert held == expected, [one.event_id for one in order]
        assert again.headroom_minor == state.headroom_minor
        assert again.waiting == state.waiting
        assert again.has_open_dispute == state.has_open_dispute
    return state, expected

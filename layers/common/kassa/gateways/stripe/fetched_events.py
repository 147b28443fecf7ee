"""What is read at Stripe's API, put into an event's envelope under a deterministic id."""

import json

from kassa.gateways import fetched_events as pulled
from kassa.gateways.parsing import Body

BALANCE, LOOK_UP = "kassa.balance_transaction", "kassa.look_up"


def balance_body(transaction: Body) -> bytes:
    """Name a balance transaction by its id alone: it never changes."""
    return _body(BALANCE, pulled.balance_id(transaction["id"]), transaction)


def look_up_body(found: Body) -> bytes:
    """Name what was looked up by its content too: it may change."""
    return _body(LOOK_UP, pulled.look_up_id(found["id"], found), found)


def _body(event_type: str, event_id: str, found: Body) -> bytes:
    envelope = {
        "id": event_id,
        "type": event_type,
        "created": found.get("created", 0),
        "data": {"object": found},
    }
    return json.dumps(envelope).encode()

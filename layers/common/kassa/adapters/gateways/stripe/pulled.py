"""What is read at Stripe's API, put into an event's envelope under a deterministic id."""

import json

from kassa.adapters.gateways import pulled
from kassa.adapters.gateways.bodies import Body


def balance_body(transaction: Body) -> bytes:
    """Name a balance transaction by its id alone: it never changes."""
    return _body("balance_transaction", pulled.balance_id(transaction["id"]), transaction)


def look_up_body(found: Body) -> bytes:
    """Name what was looked up by its content too: it may change."""
    return _body("look_up", pulled.look_up_id(found["id"], found), found)


def _body(kind: str, event_id: str, found: Body) -> bytes:
    envelope = {
        "id": event_id,
        "type": f"kassa.{kind}",
        "created": found.get("created", 0),
        "data": {"object": found},
    }
    return json.dumps(envelope).encode()

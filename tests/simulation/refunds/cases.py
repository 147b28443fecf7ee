"""Refund cases as they stand in the table: read along with every write, for people and checks."""

import json
from typing import Any

from tests.simulation.dynamodb.items import Key
from tests.simulation.dynamodb.values import Item

Fields = dict[str, Any]
_REFUND = "REFUND#"


def lifecycle_in(item: Item | None) -> Fields:
    """Return a lifecycle as its item says it; what is left out stands at its default."""
    defaults: Fields = {
        "round": 1,
        "attempts": 0,
        "published": 0,
        "approved_minor": 0,
        "changes": [],
    }
    defaults |= {"is_over": False, "first_submitted_at": None, "approvals": []}
    return defaults | json.loads(item["lifecycle"]["S"]) if item else defaults


def submission_of(lifecycle: Fields) -> str:
    """Return the name under which a lifecycle's round is submitted."""
    request_id, number = lifecycle["refund_request_id"], lifecycle["round"]
    return str(request_id if number == 1 else f"{request_id}.{number}")


def is_unknown(lifecycle: Fields) -> bool:
    """Say whether the gateway may have a refund of this round."""
    return bool(lifecycle["first_submitted_at"]) and not lifecycle["is_over"]


class Cases:
    """Requests and lifecycles by id, and when each of them is due."""

    def __init__(self) -> None:
        self.requests: dict[str, Fields] = {}
        self.lifecycles: dict[str, Fields] = {}
        self.due: dict[str, str] = {}

    def see_write(self, table: str, key: Key, old: Item | None, new: Item | None) -> None:
        """Take over what was written."""
        if new is None or not key[0].startswith(_REFUND):
            return
        request_id = key[0].removeprefix(_REFUND)
        if key[1] == "REQUEST":
            self.requests[request_id] = json.loads(new["request"]["S"])
        elif key[1] == "LIFECYCLE":  # what the customer wrote is no part of it
            self.lifecycles[request_id] = lifecycle_in(new)
            self.due.pop(request_id, None)
            if "GSI2PK" in new:
                self.due[request_id] = new["GSI2SK"]["S"].rpartition("#")[0]

    def payment_of(self, request_id: str) -> Key:
        """Return the key of the state of a request's payment."""
        payment = self.requests[request_id]["payment"]
        name = f"PAYMENT#{payment['gateway']}#{payment['account']}#{payment['subject_id']}"
        return name, "STATE"

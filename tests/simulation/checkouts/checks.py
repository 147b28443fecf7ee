"""Checks of payments at every step, where money also moves by movements and in parts."""

from kassa.ledger.items import subject_state
from kassa.platform import table
from tests.simulation.dynamodb.items import Key
from tests.simulation.dynamodb.values import Item
from tests.simulation.payments.checks import Checks, integer


class OrderChecks(Checks):
    """Holds the headroom that is kept to what the kept objects and reservations come to.

    Whether those are right is held against the gateways' truth in the end, to the minor unit.
    """

    def _see_state(self, key: Key, old: Item, new: Item) -> None:
        if integer(new, "version") <= integer(old, "version"):
            self._find(f"{key} was written without raising its version")
        if "GSI2PK" in new and "GSI2PK" not in old:
            self._schedule.seen["something overtook its capture and waits"] += 1
        if integer(new, "headroom") != subject_state(table.plain(new)).available_minor:
            self._find(f"{key} has a headroom that its objects and reservations don't explain")

"""All objects of one Stripe account, by id and kind, and which belongs to which.

Every object is one plain mapping in the newest API version's shape and names others by id. What is
nested in it is replaced, never changed in place: a shallow copy is then a picture that stays true.
"""

from collections import defaultdict
from collections.abc import Callable

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.api.errors import missing

_PARENTS = {"charge": "payment_intent", "refund": "charge", "dispute": "charge"}
_SPOKEN = {
    "payment_intent": "payment_intent",
    "payment_method": "PaymentMethod",
    "balance_transaction": "balance transaction",
    "webhook_endpoint": "webhook endpoint",
}


class Store:
    """Objects in the order in which they were made."""

    def __init__(self, now: Callable[[], float]) -> None:
        """Begin empty."""
        self.now = now
        self.objects: dict[str, Body] = {}
        self.kinds: dict[str, dict[str, Body]] = defaultdict(dict)
        self._parts: dict[tuple[str, str], list[Body]] = defaultdict(list)

    def now_s(self) -> int:
        """Return the instant in whole seconds, as Stripe writes it."""
        return int(self.now())

    def add(self, body: Body) -> Body:
        """Keep a new object."""
        kind = body["object"]
        self.objects[body["id"]] = body
        self.kinds[kind][body["id"]] = body
        if parent := _PARENTS.get(kind):
            self._parts[kind, body[parent] or ""].append(body)
        return body

    def find(self, kind: str, object_id: str, param: str = "") -> Body:
        """Return an object; 404 for the one a path names, 400 for a parameter's."""
        found = self.kinds[kind].get(object_id)
        if found is None:
            spoken = _SPOKEN.get(kind, kind)
            raise missing(spoken, object_id, param or "id", 400 if param else 404)
        return found

    def parts(self, kind: str, parent_id: str) -> list[Body]:
        """Return the charges of a payment intent, or a charge's refunds or disputes."""
        return self._parts.get((kind, parent_id), [])

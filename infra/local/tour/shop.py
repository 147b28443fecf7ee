"""The shop on the tour: sends its orders to Kassa, and asks for refunds there."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from infra.local.office import Client
from infra.local.tour.outcome import Told
from infra.local.tour.story import Order
from kassa.orders.views import OrderView
from kassa.refunds.lifecycle.cases import RefundCase

SAID_OTHERWISE = 1  # minor units more, when an order is sent in other words


class Shop:
    """Whoever sells, through Kassa's API alone."""

    def __init__(self, person: Client) -> None:
        """Use the API with this key."""
        self._person = person

    def send(self, order: Order) -> Told:
        """Send an order, again where it is repeated or unheard, then perhaps in other words."""
        if order.method is None:
            return Told(order)
        times = 2 if order.is_repeated or order.is_unheard else 1
        pages = tuple(self._person.post("/orders", order.words) for _ in range(times))
        if not order.is_repeated:
            return Told(order, pages)
        amount_minor = order.amount_minor + SAID_OTHERWISE
        changed = order.words | {"amount_minor": amount_minor, "lines": []}
        return Told(order, pages, self._person.post("/orders", changed))

    def checkout_id(self, told: Told) -> str | None:
        """Return how the gateway names an order's page, if there is one."""
        shown = self.shown(told)
        return shown.attempts[-1].checkout_id if shown and shown.attempts else None

    def ask_for_refund(self, told: Told) -> Told:
        """Ask for an order's refund, where there is to be one."""
        order = told.order
        if not order.refund_minor:
            return told
        body = {
            "order_id": order.order_id,
            "amount_minor": order.refund_minor,
            "currency": order.currency,
            "reason": "damaged",
            "claim_id": f"claim-of-{order.order_id}",
        }
        return replace(told, refund=self._person.post("/refunds", body))

    def refund_cases(self) -> tuple[RefundCase, ...]:
        """Return every refund request of today, whoever made it."""
        _, said = self._person.get(f"/refunds?day={datetime.now(UTC).date()}")
        return tuple(map(_case, said.get("cases", [])))

    def shown(self, told: Told) -> OrderView | None:
        """Return how an order stands."""
        status, said = self._person.get(f"/orders/{told.order.order_id}")
        return OrderView.model_validate(said) if status == 200 else None


def _case(said: dict[str, Any]) -> RefundCase:
    return RefundCase.model_validate({name: said[name] for name in RefundCase.model_fields})

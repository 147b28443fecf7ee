"""A shop that sends orders, at one gateway's fake, through the real handlers."""

import json
from typing import Any

from functions.track_order.app import lambda_handler as track_order
from kassa.checkout.open_checkout import open_checkout
from kassa.orders.lifecycle import OrderLifecycle
from kassa.orders.store import Orders
from kassa.orders.views import ShownCheckout
from tests.support.aws_stack import Context
from tests.support.gateway_stage import Stage
from tests.support.order_requests import TRACKED, method_of
from tests.support.orders import order


class Shop:
    """A shop that sends orders, and what comes back to them from one gateway."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def post(self, order_id: str = "order-1") -> ShownCheckout:
        """Send an order."""
        method = method_of(self.stage.scene.gateway)
        lines = [{"name": "Lamp", "quantity": 3, "amount_minor": 100_00}]
        fields = {"order_id": order_id, "method": method, "lines": lines, "country": "DE"}
        return open_checkout(order(**fields), Orders("main"), lambda: 29.0)

    def leave(self, outcome: str, order_id: str = "order-1") -> None:
        """Let the customer leave the newest checkout, and receive all that is reported of it."""
        self.stage.scene.finish(str(self.lifecycle(order_id).attempts[-1].checkout_id), outcome)
        self.deliver()

    def deliver(self) -> None:
        """Book what the gateway reported, and track it."""
        self.stage.deliver()
        tracked = [fact for fact in self.stage.stack.published() if fact["detail-type"] in TRACKED]
        records: list[dict[str, Any]] = [
            {"messageId": f"m{n}", "body": json.dumps(fact), "eventSource": "aws:sqs"}
            for n, fact in enumerate(tracked)
        ]
        if records:
            answer = track_order({"Records": [*records, *records]}, Context())
            assert answer == {"batchItemFailures": []}
        assert self.stage.failures == []

    def lifecycle(self, order_id: str = "order-1") -> OrderLifecycle:
        """Return how an order stands."""
        return Orders("main").named(order_id).lifecycle

    def states(self) -> list[str]:
        """Return how an order's attempts stand."""
        return [str(one.state) for one in self.lifecycle().attempts]

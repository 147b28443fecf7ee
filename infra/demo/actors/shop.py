"""The shop: sends its orders to Kassa, and requests refunds there."""

from dataclasses import replace
from datetime import UTC, datetime

from infra.demo.actors.people import Client, case_of
from infra.demo.result import OrderResult
from infra.demo.scenario import Order
from infra.local import observed
from infra.local.errors import DemoError
from kassa.orders.views import OrderView
from kassa.refunds.lifecycle.cases import RefundCase

OK = 200
LINK_WITHIN_S = 60.0
CHANGED_BY_MINOR = 1  # minor units more, when an order is sent changed


class Shop:
    """Whoever sells, through Kassa's API alone."""

    def __init__(self, person: Client) -> None:
        """Use the API with this key."""
        self._person = person

    def send(self, order: Order) -> OrderResult:
        """Send an order, again where it is repeated or unanswered, perhaps with other fields."""
        times = 2 if order.is_repeated or order.is_unanswered else 1
        answers = tuple(self._person.post("/orders", order.request_body) for _ in range(times))
        if not order.is_repeated:
            return OrderResult(order, answers=answers)
        amount_minor = order.amount_minor + CHANGED_BY_MINOR
        changed = order.request_body | {"amount_minor": amount_minor, "lines": []}
        return OrderResult(order, answers=answers, changed=self._person.post("/orders", changed))

    def send_link(self, order: Order) -> None:
        """Have an order's customer sent the link to pay it, and wait until the mail has left.

        Raises DemoError where none leaves: who has paid meanwhile is sent none.
        """
        status, answer = self._person.post(f"/orders/{order.order_id}/send-link", {})
        if status != OK:
            raise DemoError(f"the link was answered {status}: {answer.get('message')}")
        if not observed.wait_until(self._has_link_left, LINK_WITHIN_S):
            raise DemoError(f"no mail with the link of {order.order_id} has left")

    def _has_link_left(self) -> bool:
        today = datetime.now(UTC).date()
        _, page = self._person.get(f"/deliveries?day={today}&fact=PaymentLinkRequested")
        return any(one["status"] in ("sent", "delivered") for one in page.get("deliveries", []))

    def checkout_id(self, one: OrderResult) -> str | None:
        """Return how the gateway names an order's page, if there is one."""
        view = self.view(one)
        return view.attempts[-1].checkout_id if view and view.attempts else None

    def request_refund(self, one: OrderResult) -> OrderResult:
        """Request an order's refund; perhaps again under one claim, as a network repeats it."""
        order, plan = one.order, one.order.refund
        if plan is None:
            return one
        body = {
            "order_id": order.order_id,
            "amount_minor": plan.amount_minor,
            "currency": order.currency,
            "reason": plan.reason,
            "claim_id": f"claim-of-{order.order_id}",
        }
        answers = tuple(self._person.post("/refunds", body) for _ in range(plan.times))
        return replace(one, refunds=answers)

    def refund(self, refund_request_id: str) -> RefundCase:
        """Return how a refund request stands."""
        return self._person.refund(refund_request_id)

    def refund_cases(self) -> tuple[RefundCase, ...]:
        """Return every refund request of today, whoever made it."""
        _, body = self._person.get(f"/refunds?day={datetime.now(UTC).date()}")
        return tuple(map(case_of, body.get("cases", [])))

    def view(self, one: OrderResult) -> OrderView | None:
        """Return how an order stands."""
        status, body = self._person.get(f"/orders/{one.order.order_id}")
        return OrderView.model_validate(body) if status == 200 else None

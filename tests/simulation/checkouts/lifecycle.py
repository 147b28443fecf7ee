"""What happens to an order: a shop sends it, at once and again; a customer pays, declines, leaves.

The customer knows the pages that the shop was given, old ones too, and may try any of them.
"""

import random
from collections.abc import Callable
from typing import Any

from infra.fake_gateways.stripe.api.errors import Refusal
from tests.simulation.checkouts.world import CheckoutWorld

_METHODS = (None, None, None, "card", "card", "paypal", "pay_later", "crypto", "bank_transfer")
_AGAIN_S = (0.0, 0.0, 2.0, 30.0, 400.0, 4_000.0)
_PARTS: tuple[tuple[Callable[[int], int], ...], ...] = (
    (lambda costs: costs,),
    (lambda costs: costs,),
    (lambda costs: costs // 50 * 10, lambda costs: costs - costs // 50 * 10),
    (lambda costs: costs // 20 * 10,),
    (lambda costs: costs + 10,),
)
_THINKS_S = (1.0, 20.0, 600.0, 2_000.0, 5_400.0, 26 * 3600.0)
_CURRENCIES = ("EUR",) * 8 + ("ISK", "UGX", "KWD", "JPY")
_TRIES_MAX = 12
_RETRY_S = 300.0  # how soon a shop asks again that heard no page


class OrderLifecycle:
    """One order's lifecycle, drawn as it goes."""

    def __init__(self, world: CheckoutWorld, number: int, source: random.Random) -> None:
        self.order_id = f"order-{number}"
        self._world, self._source = world, source
        self._checkouts: list[tuple[str, str]] = []
        self._tries = 0
        self._is_waiting = False
        self.tries_max = _TRIES_MAX
        self.sent_at_s, self.shown_at_s = 0.0, None  # type: float, float | None
        currency = source.choice(_CURRENCIES)
        self.body: dict[str, Any] = {
            "order_id": self.order_id,
            "amount_minor": source.randint(50, 2_000) * 10,  # no gateway refuses part of it
            "currency": currency,
            "country": "DE",
            "customer_id": f"customer-{source.choice((1, 1, 2))}",
            "success_url": "https://shop.example/thanks",
            "cancel_url": "https://shop.example/cart",
        }
        method = source.choice(_METHODS)
        if method:
            self.body["method"] = method

    def begin(self) -> None:
        """Send the order, most often several times at one instant."""
        for _ in range(self._source.choice((1, 2, 3))):
            self._at(self._source.choice((0.0, 0.0, 0.5)), self.send)
        if self._source.random() < 0.15:
            self._at(self._source.choice(_AGAIN_S), self._send_changed)
        for _ in range(self._source.choice((0, 1, 2))):
            self._at(self._source.choice(_AGAIN_S), self.send)
        if self._source.random() < 0.2:
            self._at(self._source.choice(_THINKS_S), self._sell_elsewhere)

    def send(self) -> None:
        """Send the order as it is."""
        self.sent_at_s = self.sent_at_s or self._world.schedule.now_s
        self._tries += 1
        self._world.call_api("open_checkout", "/orders", self.body, "shop", self._on_answer)

    def _on_answer(self, status: int, body: dict[str, Any]) -> None:
        seen = self._world.schedule.seen
        if status in (200, 201):
            self._given(body)
        elif status in (500, 503, 409) and self._tries < self.tries_max:
            seen["an order had to be sent again"] += 1
            if not self._is_waiting:
                self._is_waiting = True
                self._at(_RETRY_S, self._send_again)
        elif status == 422:
            seen["an order was refused"] += 1
        elif status not in (409, 500, 503):
            self._world.schedule.findings.append(f"{self.order_id} was answered {status}: {body}")

    def _send_again(self) -> None:
        self._is_waiting = False
        self.send()

    def _send_changed(self) -> None:
        changed = self.body | {"amount_minor": self.body["amount_minor"] + 10}

        def on_answer(status: int, body: dict[str, Any]) -> None:
            if status in (200, 201) and self._world.lifecycles.get(self.order_id):
                self.body["amount_minor"] = changed["amount_minor"]  # it was the first to come
                self._given(body)
            elif status == 409:
                self._world.schedule.seen["a changed order was refused"] += 1

        self._world.call_api("open_checkout", "/orders", changed, "shop", on_answer)

    def _given(self, body: dict[str, Any]) -> None:
        """The shop has a page: let its customer come, once for each page."""
        seen = self._world.schedule.seen
        attempt = self._attempt(body.get("attempt"))
        if not attempt or "checkout_id" not in attempt:
            return
        if self.shown_at_s is None:
            self.shown_at_s = self._world.schedule.now_s
        page = (attempt["gateway"], attempt["checkout_id"])
        if page in self._checkouts:
            seen["the same checkout was answered again"] += 1
            return
        if self._checkouts:
            seen["an order got another checkout"] += 1
        self._checkouts.append(page)
        self._at(self._source.choice(_THINKS_S), lambda: self._visit(page))

    def _attempt(self, number: int | None) -> dict[str, Any]:
        attempts = self._world.lifecycles.get(self.order_id, {}).get("attempts", [])
        found: dict[str, Any] = next((one for one in attempts if one["number"] == number), {})
        return found

    def _visit(self, page: tuple[str, str]) -> None:
        """The customer is at a page, and does what customers do."""
        mark, seen = self._source.random(), self._world.schedule.seen
        if mark < 0.15:
            self._finish(page, "declined")
            self._at(self._source.choice(_AGAIN_S), self.send)
            self._at(self._source.choice(_THINKS_S), lambda: self._visit(page))
        elif mark < 0.3:
            self._finish(page, "expired")
            self._at(self._source.choice(_AGAIN_S), self.send)
            if self._source.random() < 0.5:  # back to the old page, in another tab
                self._at(self._source.choice(_THINKS_S), lambda: self._pay(page))
        elif mark < 0.4:
            seen["a customer left"] += 1
        else:
            self._pay(page)
            if self._source.random() < 0.1:
                self._at(self._source.choice(_AGAIN_S), lambda: self._pay(page))

    def _pay(self, page: tuple[str, str]) -> None:
        self._finish(page, "paid")
        if self._source.random() < 0.3:
            self._at(self._source.choice(_AGAIN_S), self.send)

    def _sell_elsewhere(self) -> None:
        """The shop has another way to be paid for the same order, and knows nothing of ours."""
        if self.order_id not in self._world.lifecycles:
            return
        costs, currency = self.body["amount_minor"], self.body["currency"]
        if self._source.random() < 0.15:
            currency = self._source.choice(("EUR", "JPY"))
        for minor in self._source.choice(_PARTS):
            name = self._source.choice(sorted(self._world.counters))
            try:
                sold = self._world.counters[name].sell(self.order_id, minor(costs), currency)
            except (Refusal, ValueError):  # it doesn't take that currency
                continue
            self._world.sold_elsewhere.add(sold)

    def _finish(self, page: tuple[str, str], outcome: str) -> None:
        gateway, checkout_id = page
        self._world.left.add(checkout_id)
        took = self._world.counters[gateway].finish(checkout_id, outcome)
        if took and outcome == "paid":
            self._world.paid_at_s[checkout_id] = self._world.schedule.now_s
        self._world.schedule.seen[f"{outcome} at {gateway}" if took else "a checkout closed"] += 1

    def _at(self, delay_s: float, act: Callable[[], object]) -> None:
        self._world.schedule.at(delay_s, lambda: _done(act))


def _done(act: Callable[[], object]) -> None:
    """Do something for its effect alone."""
    act()

"""Where a fake's requests arrive: one lock around the model, faults on the way, and the controls.

A control is a function by name, called with the JSON object posted to `/_fake/<name>`.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from infra.fake_gateways.kit import pages
from infra.fake_gateways.kit.answers import Answer
from infra.fake_gateways.kit.clock import SettableClock
from infra.fake_gateways.kit.faults import ON_THE_WAY, Fault, Faults, Kind, Lost
from infra.fake_gateways.kit.webhook_delivery import WebhookDelivery

CONTROLS = "/_fake/"
Control = Callable[..., Any]


@dataclass(frozen=True)
class Incoming:
    """One HTTP request as it came."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class Model(Protocol):
    """What a fake gateway is to the router."""

    faults: Faults

    def answer(self, incoming: Incoming) -> Answer:
        """Execute one request."""

    def executing(self, headers: Mapping[str, str]) -> AbstractContextManager[None]:
        """Hold a request's idempotency key while it is on its way."""

    def is_in_use(self, headers: Mapping[str, str]) -> bool:
        """Return whether another request holds it."""

    def conflict(self, headers: Mapping[str, str]) -> Answer:
        """Answer the second of two requests with one key."""

    def run_due(self) -> int:
        """Do what the gateway does by itself and is due."""

    def controls(self) -> dict[str, Control]:
        """Return what can be done to this gateway from outside."""

    def page(self, checkout_id: str) -> pages.Page | None:
        """Return a payment page as its customer sees it."""

    def serve_pages(self, address: str) -> None:
        """Let new pages have their address here."""


class RequestRouter:
    """A model, its clock and its webhook delivery, safe to ask from many threads."""

    def __init__(self, model: Model, clock: SettableClock, delivery: WebhookDelivery) -> None:
        """Open the router."""
        self.delivery = delivery
        self._model = model
        self._clock = clock
        self._lock = threading.RLock()
        self._controls = model.controls() | {
            "health": lambda: {"ok": True},
            "faults": self._expect,
            "no_faults": model.faults.clear,
            "clock": self._set_clock,
            "habits": lambda **values: set_values(delivery.habits, values),
            "hold": delivery.hold,
            "release": delivery.release,
            "deliveries": delivery.state,
        }

    def answer(self, incoming: Incoming) -> Answer:
        """Answer a request, late or never where a fault says so (raises Lost)."""
        if incoming.path.startswith(CONTROLS):
            return self._control(incoming)
        if incoming.path.startswith(pages.PATH):
            return self._page(incoming)
        with self._lock:
            fault = self._model.faults.take(ON_THE_WAY, incoming.method, incoming.path)
        kind = fault.kind if fault else None
        if kind is Kind.LOST_REQUEST:
            raise Lost
        if self._model.is_in_use(incoming.headers):
            return self._model.conflict(incoming.headers)
        if fault and kind is Kind.SLOW:
            with self._model.executing(incoming.headers):
                time.sleep(fault.seconds)
        with self._lock:
            answer = self._model.answer(incoming)
        if fault and kind is Kind.SLOW_RESPONSE:
            time.sleep(fault.seconds)
        if kind is Kind.LOST_RESPONSE:
            raise Lost
        return answer

    def serve_pages(self, address: str) -> None:
        """Say where this router is reached, so that customers find the pages it opens."""
        self._model.serve_pages(address + pages.PATH)

    def _page(self, incoming: Incoming) -> Answer:
        """Show a customer a payment page, or do what they chose there."""
        checkout_id = incoming.path.removeprefix(pages.PATH)
        with self._lock:
            page = self._model.page(checkout_id)
            if incoming.method != "POST":
                return pages.shown(page)
            finish = self._controls["finish_checkout"]
            chosen = partial(finish, checkout_id=checkout_id)
            return pages.left(page, incoming.body, lambda outcome: chosen(outcome=outcome))

    def tick(self) -> None:
        """Let the gateway do what is due."""
        with self._lock:
            self._model.run_due()

    def _control(self, incoming: Incoming) -> Answer:
        control = self._controls.get(incoming.path.removeprefix(CONTROLS))
        if control is None:
            return Answer(404, {"error": "no such control", "controls": sorted(self._controls)})
        try:
            params = json.loads(incoming.body or b"{}")
            with self._lock:
                result = control(**params)
                return Answer(200, {"result": dict(result) if isinstance(result, dict) else result})
        except (TypeError, ValueError) as error:
            return Answer(400, {"error": str(error)})

    def _expect(self, kind: str, **fields: Any) -> None:
        self._model.faults.expect(Fault(Kind(kind), **fields))

    def _set_clock(self, skip_s: float = 0.0, is_stopped: bool | None = None) -> float:
        self._clock.skip(skip_s)
        if is_stopped is not None:
            (self._clock.stop if is_stopped else self._clock.run)()
        self._model.run_due()
        return self._clock()


def set_values(switches: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Set switches by name; return how all stand."""
    for name, value in values.items():
        if not hasattr(switches, name) or not _is_plain(getattr(switches, name)):
            raise ValueError(f"no switch is called {name}")
        setattr(switches, name, value)
    return {name: value for name, value in vars(switches).items() if _is_plain(value)}


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bool)

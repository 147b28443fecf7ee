"""The fake BTCPay Server: one store behind one door, pure, deterministic, without a network."""

import json
import random
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from infra.fake_gateways.btcpay.errors import Refusal, problem, unauthorized
from infra.fake_gateways.btcpay.routes import Call, executed
from infra.fake_gateways.btcpay.scenario import Scenario
from infra.fake_gateways.btcpay.store import Store, Switches
from infra.fake_gateways.btcpay.webhooks import Delivery, Webhooks
from infra.fake_gateways.kit.answers import Answer, Body
from infra.fake_gateways.kit.faults import IN_THE_MODEL, Faults, Kind

_PUBLIC = "/api/v1/pull-payments/"  # whoever has the link may look and claim


class FakeBtcpay(Scenario):
    """BTCPay as one store meets it: `request` is the API, all else happens outside of it.

    It has no idempotency memory: what is sent twice is done twice. Nothing happens by itself:
    whoever owns the clock calls `run_due`.
    """

    def __init__(
        self,
        now: Callable[[], float],
        source: random.Random,
        switches: Switches | None = None,
        on_delivery: Callable[[Delivery], object] | None = None,
    ) -> None:
        """Open a store; `on_delivery` gets each webhook once for each endpoint."""
        super().__init__(Store(now, source, switches))
        self.webhooks = Webhooks(self.store, on_delivery or (lambda delivery: None))
        self.store.notify = self.webhooks.notify
        self.faults = Faults()

    @property
    def switches(self) -> Switches:
        """How the store is set up."""
        return self.store.switches

    def request(
        self,
        method: str,
        path: str,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Answer one request of the API."""
        try:
            if not path.startswith(_PUBLIC):
                self._admit(headers or {})
            fault = self.faults.take(IN_THE_MODEL, method, path)
            if fault and fault.kind is Kind.RATE_LIMITED:
                raise problem(429, "too-many-requests", "Slow down")
            if fault and fault.kind is not Kind.ERROR_AFTER:
                raise _broken(503 if fault.kind is Kind.UNAVAILABLE else 500)
            call = Call(self.store, parse_qs(query), _parsed(body))
            answer: Any = executed(call, method, path)
            if fault:
                raise _broken(500)
            return Answer(200, answer)
        except Refusal as refusal:
            return refusal.answer()

    def redeliver(self, delivery_id: str) -> str:
        """Somebody requests a webhook again, or BTCPay repeats one that wasn't taken."""
        return self.webhooks.redeliver(delivery_id)

    def _admit(self, headers: Mapping[str, str]) -> None:
        sent_headers = {name.lower(): value for name, value in headers.items()}
        scheme, _, key = sent_headers.get("authorization", "").partition(" ")
        expected = self.switches.api_key
        if scheme != "token" or not key or (expected and key != expected):
            raise unauthorized()


def _parsed(body: bytes | None) -> Body:
    try:
        parsed = json.loads(body or b"{}", parse_float=str)
    except ValueError as error:
        raise problem(400, "invalid-request", "The body is not JSON") from error
    if not isinstance(parsed, dict):
        raise problem(400, "invalid-request", "The body is not an object")
    return parsed


def _broken(status: int) -> Refusal:
    return problem(status, "internal-server-error", "An internal error occurred")

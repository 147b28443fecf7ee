"""The official client's way to the fake: each request is a step of the schedule, with its faults.

The client is Stripe's own, with its repetitions; only its network and its sleep are ours.
"""

import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import stripe
from botocore.exceptions import BotoCoreError, ClientError

from infra.fake_gateways.kit import faults as gateway_faults
from infra.fake_gateways.stripe.in_process import InProcessHttpClient
from tests.simulation.engine.faults import Fault
from tests.simulation.engine.schedule import CLIENT_TIMEOUT_S, Schedule
from tests.simulation.payments.gateway import POSSIBLE
from tests.simulation.payments.world import World

RETRIES = 2  # as kassa's own client has it
_SILENCE: Any = stripe.APIConnectionError
_REFUNDS = "/v1/refunds"
_BEGINNINGS = ("", "", "pending")
_SLOW_S = (5.0, 400.0, 1_500.0)  # how long the fake works on what nobody waits for
_ANSWERED_S = (0.0, 0.0, 2.0)  # how long an answer is on its way
_IN_THE_MODEL = {
    Fault.THROTTLE: gateway_faults.Kind.RATE_LIMITED,
    Fault.ERROR_BEFORE: gateway_faults.Kind.ERROR_BEFORE,
    Fault.ERROR_AFTER: gateway_faults.Kind.ERROR_AFTER,
}

Answer = tuple[str, int, Mapping[str, str]]


class Network(InProcessHttpClient):
    """What lies between the client and the fake."""

    def __init__(self, world: World) -> None:
        super().__init__(world.gateway.fake)
        self._gateway = world.gateway
        self._schedule = world.schedule
        self._cases = world.cases

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        **unused: Any,
    ) -> Answer:
        """Carry a request to the fake and its answer back, or not."""
        path = urlsplit(url).path

        def effect() -> Answer:
            self._draw(method, path)
            return InProcessHttpClient.request(self, method, url, headers, post_data)

        twisted: dict[Fault, Callable[[], Any]] = {
            fault: lambda kind=kind: self._broken(kind, effect)  # type: ignore[misc]
            for fault, kind in _IN_THE_MODEL.items()
        }
        twisted[Fault.SLOW] = lambda: self._slow(effect, headers or {})
        name = f"gateway.{method} {'/'.join(path.split('/')[2:3])}"
        possible = POSSIBLE["get" if method.upper() == "GET" else "post"]
        try:
            if self._schedule.weather.is_out(self._schedule.now_s):
                return self._unanswered(name)
            answer: Answer = self._schedule.call(name, effect, possible, twisted)
            return self._answered_late(path, answer) if _submits(method, path) else answer
        except (ClientError, BotoCoreError) as error:
            raise _SILENCE("the gateway did not answer", should_retry=True) from error

    def _answered_late(self, path: str, answer: Answer) -> Answer:
        """Let an answer be on its way for a while: the event may be there first."""
        body, status, headers = answer
        if status == 500 and "Idempotent-Replayed" in headers:
            self._schedule.seen["a stored error was replayed"] += 1
        self._schedule.pause(self._schedule.source.choice(_ANSWERED_S))
        named = json.loads(body).get("metadata", {}).get("refund_request_id", "")
        lifecycle = self._cases.lifecycles.get(named.partition(".")[0], {})
        if lifecycle.get("state") in ("accepted", "paid"):
            self._schedule.seen["the webhook came before the answer"] += 1
        return answer

    def _unanswered(self, name: str) -> Answer:
        """The gateway is out: nothing arrives, for hours."""
        self._schedule.seen["the gateway was out"] += 1
        self._schedule.pause(1.0)
        raise _SILENCE("the gateway is out", should_retry=False)

    def _draw(self, method: str, path: str) -> None:
        """Draw how the refund begins that is asked for, if one is."""
        if _submits(method, path):
            drawn = self._schedule.source.choice(_BEGINNINGS)
            begins = self._gateway.begins
            self._fake.switches.refunds_begin = drawn if begins is None else begins

    def _broken(self, kind: gateway_faults.Kind, effect: Callable[[], Answer]) -> Answer:
        """Let the fake itself answer with an error."""
        self._fake.faults.expect(gateway_faults.Fault(kind))
        try:
            answer = effect()
        finally:
            self._fake.faults.clear()
        return answer

    def _slow(self, effect: Callable[[], Answer], headers: Mapping[str, str]) -> Answer:
        """The fake works on a request for so long that its caller is gone; its key is in use."""
        held = self._fake.executing(headers)
        held.__enter__()

        def done() -> None:
            held.__exit__(None, None, None)
            effect()

        self._schedule.at(self._schedule.source.choice(_SLOW_S), done)
        self._schedule.pause(CLIENT_TIMEOUT_S)
        raise _SILENCE("the gateway is slow", should_retry=True)

    def _sleep_time_seconds(self, num_retries: int) -> float:
        """Draw how long the client waits before it repeats a request."""
        return self._schedule.source.uniform(0.5, 1.0) * num_retries


def _submits(method: str, path: str) -> bool:
    """Say whether a request asks for a refund."""
    return (method.upper(), path) == ("POST", _REFUNDS)


def client_of(world: World) -> stripe.StripeClient:
    """Return a client as Stripe makes it, in front of a world's fake."""
    return stripe.StripeClient(
        "sk_simulated", http_client=Network(world), max_network_retries=RETRIES
    )


def sleeping(schedule: Schedule) -> SimpleNamespace:
    """Return what the client takes for its `time`: its sleeps pass on the schedule's clock."""
    return SimpleNamespace(sleep=schedule.pause, time=lambda: schedule.now_s)

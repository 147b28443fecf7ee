"""The gateways where customers pay: each fake, the way our calls reach it, and its webhooks' way.

Every gateway has its own weather: it may be out while the others aren't. A call of ours is a step
of the schedule with its faults; what the fake then tells is posted until it is answered with 2xx.
"""

import re
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.fake_gateways.stripe.api.errors import Refusal
from kassa.core.errors import GatewayUnavailable
from kassa.gateways.http import HttpAnswer, HttpRequest
from tests.simulation.engine.faults import Fault
from tests.simulation.engine.schedule import CLIENT_TIMEOUT_S
from tests.simulation.payments.gateway import POSSIBLE
from tests.simulation.payments.world import World
from tests.support.gateway_scenes.scene import Arrival, FakeGatewayScene
from tests.support.gateway_scenes.stripe import StripeScene

_AGAIN_S = (0.0, 3.0, 4_000.0, 90_000.0)  # when a duplicate comes: now, soon, after 1 h, next day
_SLOW_S = (5.0, 400.0)
_SUBMITTED = re.compile(r"order-\d+\.\d+")  # our name of an attempt, wherever a gateway keeps it
_REPEATED = Fault.REPEATED  # ours is no client that asks again by itself


class Counter:
    """One gateway but Stripe, whose client and webhooks the world has already."""

    def __init__(
        self, world: World, scene: FakeGatewayScene[Any], out: tuple[float, float]
    ) -> None:
        self.name = scene.gateway
        self.fake: Any = scene.fake
        self.can: frozenset[str] = scene.can
        self.refuses_until_s = 0.0  # until then our key is not taken
        self.loses = 0.0  # how likely nothing comes of what a customer does on a page
        self.checkouts: set[str] = set()  # our names of the attempts that there is a checkout for
        self._world, self._scene, self._out = world, scene, out

    def transport(self, request: HttpRequest) -> HttpAnswer:
        """Carry one of our calls to the fake and its answer back, or not."""
        schedule = self._world.schedule

        def effect() -> HttpAnswer:
            self._scene.pass_time()
            if schedule.now_s < self.refuses_until_s and "authorization" in _names(request):
                return HttpAnswer(401, {}, b"{}")
            answer = self._scene.transport(request)
            self._note_checkout(request, answer)
            self.deliver()
            return answer

        twisted: dict[Fault, Callable[[], Any]] = {
            Fault.THROTTLE: lambda: HttpAnswer(429, {}, b"{}"),
            Fault.ERROR_BEFORE: lambda: HttpAnswer(500, {}, b"{}"),
            Fault.ERROR_AFTER: lambda: effect()._replace(status=500, body=b"{}"),
            Fault.SLOW: lambda: self._slow(effect),
        }
        is_read = request.method == "GET"
        possible = tuple(
            fault for fault in POSSIBLE["get" if is_read else "post"] if fault is not _REPEATED
        )
        try:
            if self._is_out:
                schedule.seen["a gateway was out"] += 1
                schedule.pause(1.0)
                raise GatewayUnavailable(f"{self.name} is out")
            name = f"gateway.{self.name} {request.method}"
            answer: HttpAnswer = schedule.call(name, effect, possible, twisted)
        except (ClientError, BotoCoreError) as error:
            raise GatewayUnavailable(f"{self.name} did not answer") from error
        return answer

    def be_out(self, out: tuple[float, float]) -> None:
        """Be out then, and at no other time; take every key."""
        self._out, self.refuses_until_s = out, 0.0

    @property
    def _is_out(self) -> bool:
        return self._out[0] <= self._world.schedule.now_s < self._out[1]

    @property
    def is_away(self) -> bool:
        """Whether it doesn't answer now, or doesn't take our key."""
        return self._is_out or self._world.schedule.now_s < self.refuses_until_s

    def _note_checkout(self, request: HttpRequest, answer: HttpAnswer) -> None:
        """Note which attempt a checkout was made for, whoever receives it."""
        submitted = _SUBMITTED.search((request.body or b"").decode())
        if submitted and request.method == "POST" and 200 <= answer.status < 300:
            self.checkouts.add(submitted[0])

    def _slow(self, effect: Callable[[], HttpAnswer]) -> HttpAnswer:
        """The gateway works on a request for so long that its caller is gone."""
        self._world.schedule.at(
            self._world.schedule.source.choice(_SLOW_S), lambda: _ignored(effect)
        )
        self._world.schedule.pause(CLIENT_TIMEOUT_S)
        raise GatewayUnavailable(f"{self.name} is slow")

    def finish(self, checkout_id: str, outcome: str) -> bool:
        """Let a customer leave a checkout; say whether it still took it."""
        self._scene.pass_time()
        try:
            self._scene.finish(checkout_id, outcome)
        except ValueError:
            return False
        finally:
            self.lose() if self._world.schedule.source.random() < self.loses else self.deliver()
        return True

    def lose(self) -> None:
        """Lose what the fake has sent: no webhook of it ever comes."""
        lost = len(self._scene.arrivals())
        self._world.schedule.seen["a webhook was lost for good"] += lost

    def sell(self, order_id: str, amount_minor: int, currency: str) -> str:
        """Let a customer pay an order without any checkout of ours; return the payment's id."""
        payment_id: str = self.fake.sell(order_id, amount_minor, currency)["payment_id"]
        self.deliver()
        return payment_id

    def pass_time(self) -> None:
        """Let what is due happen at the gateway, and send it."""
        self._scene.pass_time()
        self.deliver()

    def truth(self) -> dict[str, Any]:
        """Return what the gateway says of its payments, refunds and balance."""
        self.pass_time()
        return self._scene.truth()

    def deliver(self) -> None:
        """Post what the fake has sent meanwhile, sometimes twice or much later."""
        source, weather = self._world.schedule.source, self._world.schedule.weather
        for arrival in self._scene.arrivals():
            self._send(arrival, 0, source.uniform(0.0, weather.delay_max_s))
            if source.random() < weather.duplicate:
                self._send(arrival, 0, source.choice(_AGAIN_S))

    def _send(self, arrival: Arrival, attempt: int, delay_s: float) -> None:
        def on_answer(status: int) -> None:
            if status in (400, 404, 413):
                self._world.schedule.findings.append(
                    f"a webhook of {self.name} was refused with {status}"
                )
            elif not 200 <= status < 300:
                self._send(arrival, attempt + 1, min(3600.0, 5.0 * 3**attempt))

        self._world.schedule.at(delay_s, lambda: self._world.post(self.name, arrival, on_answer))


def _names(request: HttpRequest) -> set[str]:
    """Return a request's headers by name; what needs no key has none, such as a certificate."""
    return {name.lower().replace("x-api-key", "authorization") for name in request.headers}


def _ignored(effect: Callable[[], HttpAnswer]) -> None:
    """Let something happen whose answer is lost."""
    effect()


class StripeCounter:
    """The fake Stripe as a counter: the world carries its calls and its webhooks."""

    name = "stripe"
    is_away = False  # its outages are the weather's
    can = StripeScene.can

    def __init__(self, world: World) -> None:
        self._world = world
        self.fake: Any = world.gateway.fake

    def finish(self, checkout_id: str, outcome: str) -> bool:
        """Let a customer leave a checkout; say whether it still took it."""
        self.fake.run_due()
        try:
            self.fake.finish_checkout(checkout_id, outcome)
        except (Refusal, ValueError):
            return False
        return True

    @property
    def checkouts(self) -> set[str]:
        """Our names of the attempts that there is a checkout for."""
        sessions = self.fake.account.kinds["checkout.session"].values()
        return {str((one.get("metadata") or {}).get("submission_id")) for one in sessions}

    def sell(self, order_id: str, amount_minor: int, currency: str) -> str:
        """Let a customer pay an order without any checkout of ours; return the payment's id."""
        payment_id: str = self.fake.sell(order_id, amount_minor, currency)["payment_id"]
        return payment_id

    def pass_time(self) -> None:
        """Let what is due happen; the world delivers what Stripe sends."""
        self.fake.run_due()

    def truth(self) -> dict[str, Any]:
        """Return what Stripe says of its payments, refunds and balance."""
        self.pass_time()
        truth: dict[str, Any] = self.fake.truth()
        return truth

"""What arrives and isn't ours: a gateway's test notification, another account's money."""

import random
from typing import Any

from infra.fake_gateways.stripe.account import Switches
from infra.fake_gateways.stripe.model import FakeStripe
from tests.simulation.checkouts.world import CheckoutWorld
from tests.simulation.engine.schedule import EPOCH

OTHER = "acct_of_another"
_KEY = {"Authorization": "Bearer sk_simulated"}


def make_noise(world: CheckoutWorld, source: random.Random) -> None:
    """Let somebody press "test" at Adyen, and a platform's other account be paid at Stripe."""
    world.schedule.at(source.choice((20.0, 3_000.0)), lambda: _test(world))
    world.schedule.at(source.choice((20.0, 3_000.0)), lambda: _pay_another(world))


def _test(world: CheckoutWorld) -> None:
    adyen = world.counters["adyen"]
    adyen.fake.send_test()
    adyen.pass_time()
    world.schedule.seen["a test notification came"] += 1


def _pay_another(world: CheckoutWorld) -> None:
    """Another account of the same platform is paid; its events carry our own signature."""

    def deliver(event: dict[str, Any]) -> None:
        world.gateway.send(event | {"account": OTHER}, 0, 1.0)
        world.schedule.seen["an event of another account came"] += 1

    fake = FakeStripe(
        lambda: EPOCH.timestamp() + world.schedule.now_s,
        random.Random(1),
        lambda prefix: world.gateway.new_id(f"{prefix}_foreign"),
        Switches(api_version="2025-03-31.basil", livemode=True),
        deliver,
    )
    form = {"amount": 900, "currency": "eur", "confirm": "true", "payment_method": "pm_card_visa"}
    fake.request("POST", "/v1/payment_intents", form, _KEY)

"""One run of the demo: what is played, where, and who acts."""

from collections.abc import Callable
from dataclasses import dataclass

from infra.demo import every_gateway, one_gateway
from infra.demo.actors import people
from infra.demo.actors.office import Office
from infra.demo.actors.people import People
from infra.demo.actors.shop import Shop
from infra.demo.actors.stripe_shop import StripeShop
from infra.demo.actors.world import World
from infra.demo.scenario import Scenario
from infra.local.place import Player
from infra.stack import Stack

Progress = Callable[[str], None]
SCENARIOS: dict[str, Scenario] = {  # by who plays the gateways
    Player.STRIPE: one_gateway.SCENARIO,
    Player.LOCALSTRIPE: one_gateway.AT_LOCALSTRIPE,
    Player.ALL: every_gateway.SCENARIO,
}


@dataclass(frozen=True)
class Demo:
    """A scenario, the stack it is played on, the actors, and who is shown which step begins."""

    scenario: Scenario
    stack: Stack
    people: People
    shop: Shop
    office: Office
    stripe_shop: StripeShop
    world: World
    progress: Progress


def assemble(stack: Stack, progress: Progress) -> Demo:
    """Give everybody what they need to play at the gateways beside this stack."""
    scenario = SCENARIOS[str(stack.gateway)]
    known = people.with_keys(stack)
    world = World(stack, scenario)
    shop, office = Shop(known.shop), Office(known.finance)
    return Demo(scenario, stack, known, shop, office, StripeShop(stack), world, progress)

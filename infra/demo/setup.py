"""What an operator does before the first sale: who sells, a mapping, routes, a policy."""

from infra import strict_files
from infra.demo.actors.merchant import save_merchant
from infra.demo.demo import Demo
from infra.fake_receivers.local import tell_the_receiver
from infra.local.errors import DemoError
from infra.stack import ROOT
from infra.stack_clients import connect, operator
from kassa.audit.trail import Actor
from kassa.checkout.routing.route_order import offered
from kassa.checkout.routing.routes import read_routes
from kassa.checkout.routing.store import SavedRoutes
from kassa.gateways.standard.mapping import store as mappings
from kassa.gateways.standard.mapping.parse import read_mapping
from kassa.platform import clock

EXAMPLE = ROOT / "docs" / "mappings" / "example.yaml"
MERCHANT = "main"


def prepare(demo: Demo) -> None:
    """Set the gateways to their terms, and save what rules from the first order on."""
    demo.world.set_terms()
    connect(demo.stack)
    by = operator(demo.stack)
    save_merchant(MERCHANT, by)
    tell_the_receiver(demo.stack, by)
    if "standard" in demo.stack.gateway_urls:
        save_example_mapping(by)
    if demo.scenario.routes:
        routes = read_routes(demo.scenario.routes, offered(), 1, clock.now())
        SavedRoutes(MERCHANT).save(routes, by)


def save_example_mapping(by: Actor) -> None:
    """Let the mapping of the docs rule what the gateway without an API sends."""
    mapping = read_mapping(strict_files.read(EXAMPLE)).mapping
    if mapping is None:
        raise DemoError(f"{EXAMPLE} can't be saved: 'kassa mapping check' says why")
    mappings.save("standard", "main", mapping, by)


def save_policy(demo: Demo) -> None:
    """Let finance save the policy of refunds, through the API."""
    if demo.scenario.policy is None:
        return
    status, body = demo.people.finance.post("/policies", demo.scenario.policy)
    if status != 201:
        raise DemoError(f"the policy was answered {status}: {body.get('message')}")

"""Those who use Kassa's API on the tour, each with a key that may do no more than they do."""

from dataclasses import dataclass

from infra.local.office import Client, person, system
from infra.local.tour.story import POLICY
from infra.local.trouble import Trouble
from infra.stack import Stack
from kassa.core.callers import Scope
from kassa.people.persons import Role


@dataclass(frozen=True)
class People:
    """Who has a key."""

    shop: Client
    finance: Client


def with_keys(stack: Stack) -> People:
    """Make everybody's key."""
    scopes = Scope.ORDERS_READ, Scope.ORDERS_WRITE, Scope.REFUNDS_READ, Scope.REFUNDS_WRITE
    return People(
        shop=system(stack, "shop", *scopes),
        finance=person(stack, "Finance", Role.FINANCE),
    )


def save_policy(people: People) -> None:
    """Let finance save the policy that approves what is small."""
    status, said = people.finance.post("/policies", POLICY)
    if status != 201:
        raise Trouble(f"the policy was answered {status}: {said.get('message')}")

"""Everybody on the tour, and the stack they meet at."""

from collections.abc import Callable
from dataclasses import dataclass

from infra.local.tour import people, preparing
from infra.local.tour.people import People
from infra.local.tour.shop import Shop
from infra.local.tour.world import World
from infra.stack import Stack

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Cast:
    """Who plays, where, and who hears which step begins."""

    stack: Stack
    people: People
    shop: Shop
    world: World
    tell: Tell


def assemble(stack: Stack, tell: Tell) -> Cast:
    """Prepare the stack, and give everybody what they need."""
    preparing.prepare(stack)
    known = people.with_keys(stack)
    return Cast(stack, known, Shop(known.shop), World(stack), tell)

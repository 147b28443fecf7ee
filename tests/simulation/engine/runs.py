"""How every seed runs: until all is quiet, dead letters brought back, and quiet again."""

from collections.abc import Callable, Iterable
from typing import Protocol

from tests.simulation.engine.schedule import Schedule

_STEPS_MAX = 60_000
_NOT_QUIET = ["not quiet: something goes on for ever"]


class Redriven(Protocol):
    """A queue, as far as a run knows one."""

    def redrive(self) -> None:
        """Bring back what is in the dead-letter queue."""


class World(Protocol):
    """What a run must know of a world."""

    @property
    def schedule(self) -> Schedule:
        """Return the time and the turns of the world."""

    @property
    def queues(self) -> Iterable[Redriven]:
        """Return the queues whose dead letters come back."""

    def calm_down(self) -> None:
        """End all faults."""


def until_quiet(world: World, look_again: Callable[[], None] = lambda: None) -> list[str]:
    """Run until nothing is left to do; redrive what died under faults, and look again, twice."""
    for _ in range(2):
        if not world.schedule.run(_STEPS_MAX):
            return _NOT_QUIET
        world.calm_down()
        for queue in world.queues:
            queue.redrive()
        look_again()
    return [] if world.schedule.run(_STEPS_MAX) else _NOT_QUIET

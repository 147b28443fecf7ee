"""What must hold when all is quiet: every request is counted, and once."""

from tests.simulation.example.service import COUNTER, TABLE
from tests.simulation.example.world import CounterWorld


def violations(world: CounterWorld) -> list[str]:
    """Return everything that is wrong now."""
    kept = world.store.peek(TABLE, (COUNTER["PK"]["S"], COUNTER["SK"]["S"]))
    counted, sent = int(kept["n"]["N"]) if kept else 0, len(world.requests)
    return [f"{sent} requests count as {counted}"] if counted != sent else []

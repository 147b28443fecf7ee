"""Updates the embedded stack to the next release and takes it back, while a gateway sends."""

import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from infra.drills.sam_check import free_port
from infra.drills.upgrade.checks import Seen, findings, lines
from infra.drills.upgrade.releases import Releases
from infra.drills.upgrade.seeing import planted_now, seen_at_rest, wait_for_traffic
from infra.drills.upgrade.sender import Sender
from infra.drills.upgrade.traffic import Lifecycles, Phase
from infra.local import logs
from infra.local.embedded import embedded_stack
from infra.local.errors import DemoError
from infra.local.place import Place
from infra.stack import Stack

HOME = Place().home / "upgrade"
SEED = 1


def rehearse(place: Place, seed: int = SEED) -> None:
    """Update, roll back and check; raise DemoError unless everything holds."""
    begun = time.monotonic()
    with embedded_stack(place, os.getpid(), _quiet) as stack, _logs_kept(stack, place):
        stack_begun = time.monotonic()
        seen = go_there_and_back(stack, place, random.Random(seed))
        print(f"upgrade: N -> N+1 -> N while a gateway sends (seed {seed})")
        print("\n".join(lines(seen)), flush=True)
        if not all(finding.is_met for finding in findings(seen)):
            raise DemoError(
                "an update with its rollback loses, doubles or forgets something: see above"
            )
    took = time.monotonic() - begun
    print(
        f"upgrade: passed in {took:.0f} s, {stack_begun - begun:.0f} s of it to deploy", flush=True
    )


def go_there_and_back(stack: Stack, place: Place, drawn: random.Random) -> Seen:
    """Let events come while the stack is updated and rolled back; return what came of it."""
    releases = Releases(stack, place, drawn)
    sender = Sender(stack, Lifecycles(drawn))
    with sender.running():
        wait_for_traffic(stack, sender, Phase.BEFORE)
        sender.enter(Phase.UPDATE)
        releases.go_to("next")
        sender.enter(Phase.NEXT)
        wait_for_traffic(stack, sender, Phase.NEXT)
        planted = planted_now(stack)
        sender.enter(Phase.ROLLBACK)
        releases.go_to("this")
        sender.enter(Phase.AFTER)
        wait_for_traffic(stack, sender, Phase.AFTER)
    return seen_at_rest(stack, sender, planted)


@contextmanager
def _logs_kept(stack: Stack, place: Place) -> Iterator[None]:
    """Keep what the functions logged, if it ends in DemoError."""
    try:
        yield
    except DemoError as error:
        raise DemoError(f"{error}\nlogs: {logs.keep_logs(stack, place.home)}") from None


def _quiet(what: str) -> None:
    """Say nothing of what every deployment does."""


if __name__ == "__main__":
    here = Place(free_port(), free_port(), home=HOME, is_lean=True)  # workers start many times
    try:
        rehearse(here, *map(int, sys.argv[1:]))
    except DemoError as error:
        sys.exit(f"upgrade: {error}")

"""Looks at a stack while it is updated and rolled back, and once it rests."""

from infra.drills.upgrade.checks import Held, Planted, Seen
from infra.drills.upgrade.next_release import NEW
from infra.drills.upgrade.sender import Sender
from infra.drills.upgrade.traffic import Phase
from infra.local import observed
from infra.local.errors import DemoError
from infra.stack import Stack
from kassa.ledger.items import subject_of
from kassa.platform import clock

EVENTS_MIN = 16  # that are sent and booked before a release gives way to another
PHASE_S = REST_S = 240.0


def wait_for_traffic(stack: Stack, sender: Sender, phase: Phase) -> None:
    """Wait until enough of a phase is sent and booked, while more comes."""

    def is_busy() -> bool:
        accepted = sender.accepted(phase)
        booked = {one.event_id for one in observed.read_books(stack).events}
        return len(accepted & booked) >= EVENTS_MIN

    if not observed.wait_until(is_busy, PHASE_S):
        raise DemoError(f"{phase}: {EVENTS_MIN} events weren't booked within {PHASE_S:.0f} s")


def planted_now(stack: Stack) -> Planted:
    """Return which objects hold what N+1 writes, and when they were looked at."""
    return Planted(clock.now(), held_by_next(stack))


def seen_at_rest(stack: Stack, sender: Sender, planted: Planted) -> Seen:
    """Wait until the stack rests, and return what came of it all."""
    observed.wait_until(lambda: observed.is_at_rest(stack), REST_S)
    return Seen(
        sent=tuple(sender.sent),
        books=observed.read_books(stack),
        planted=planted,
        kept=held_by_next(stack),
        invoices=tuple(one for one in observed.documents(stack, "invoices/") if one[-4:] == ".pdf"),
        unfinished=observed.messages(stack, stack.queues),
    )


def held_by_next(stack: Stack) -> frozenset[Held]:
    """Return the objects in the states of payments that hold what N+1 writes."""
    return frozenset(
        Held(subject_of(state).subject_id, object_id)
        for state in observed.scanned(stack, "STATE")
        for object_id, one in state["objects"].items()
        if NEW in one
    )

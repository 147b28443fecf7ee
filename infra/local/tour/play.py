"""The tour: customers pay everywhere, banks decide, money goes back, and all of it is booked."""

from collections.abc import Callable
from pathlib import Path

from infra.local.tour.cast import assemble
from infra.local.tour.documenting import with_documents
from infra.local.tour.outcome import TourOutcome
from infra.local.tour.returning import give_back
from infra.local.tour.selling import sell
from infra.local.tour.settling import settle
from infra.stack import Stack


def do_tour(stack: Stack, output: Path, tell: Callable[[str], None]) -> TourOutcome:
    """Play the story at every gateway, and gather what came of it."""
    tell("saving routes and a mapping")
    cast = assemble(stack, tell)
    told = sell(cast)
    told = give_back(cast, told)
    return with_documents(cast, settle(cast, told), output)

"""What `kassa up` does once the stack is up, by who plays the gateway, and how it is shown."""

from collections.abc import Callable
from functools import partial

from rich.console import Console

from cli.up import summary, tour_summary
from infra.local import expectations
from infra.local.main_job import do_main_job
from infra.local.place import Place, Player
from infra.local.tour import judge
from infra.local.tour.play import do_tour
from infra.stack import Stack

Tell = Callable[[str], None]
Done = tuple[Callable[[Console], None], list[str]]


def do_job(stack: Stack, place: Place, tell: Tell) -> Done:
    """Do the job; return what shows what came of it, and what is wrong with that."""
    if place.gateway is Player.ALL:
        toured = do_tour(stack, place.home / "output", tell)
        wrong = judge.problems(toured)
        return partial(tour_summary.show, toured, wrong), wrong
    outcome = do_main_job(stack, place.home / "output", tell)
    wrong = expectations.problems(outcome)
    return partial(summary.show, outcome, stack, wrong), wrong

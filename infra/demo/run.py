"""Runs the demo: customers pay, money goes back, all is booked, and what came of it is gathered."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from infra.demo import setup, warm_up
from infra.demo.demo import Progress, assemble
from infra.demo.documents import with_documents
from infra.demo.open_work import leave_open
from infra.demo.refunds import give_back
from infra.demo.result import Result
from infra.demo.sales import sell, wait_until_booked
from infra.demo.settlement import settle
from infra.stack import Stack


def run_demo(stack: Stack, output: Path, progress: Progress, stays_up: bool = False) -> Result:
    """Play the scenario of whoever plays the gateways; documents are fetched to `output`.

    Where the stack stays up, something is left to do on its screens, which the result lacks.
    """
    progress("setting up")
    demo = assemble(stack, progress)
    setup.prepare(demo)
    with ThreadPoolExecutor(warm_up.STARTERS) as pool:
        warm_up.start(demo, pool)
        sold = sell(demo)
        progress("booking")
        wait_until_booked(demo, sold)
    settled = settle(demo, give_back(demo, sold) if demo.scenario.policy else sold)
    result = with_documents(demo, settled, output)
    if stays_up:
        leave_open(demo, result)
    return result

"""Starts the functions that the tour will need while something else goes on."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from infra.local import clockwork, observed
from infra.local.tour.people import People, save_policy
from infra.local.trouble import Trouble
from infra.stack import Stack

RING_FOR_NOBODY = {
    "messageId": "wake",
    "eventSource": "aws:sqs",
    "body": json.dumps({"refund_request_id": "rr_none"}),
}
HARMLESS = Trouble, BotoCoreError, ClientError, httpx.HTTPError  # what fails, fails when it counts


def wake_checkouts(people: People, pool: ThreadPoolExecutor) -> None:
    """Ask for what isn't there, and wait for the answers: pages open at once afterwards."""
    starts = (lambda: people.shop.post("/orders", {}), lambda: people.shop.get("/orders/none"))
    for under_way in [pool.submit(_harmlessly, start) for start in starts]:
        under_way.result()


def wake_others(stack: Stack, people: People, pool: ThreadPoolExecutor) -> None:
    """Start what refunds need, and what runs by the clock; nobody waits for it."""
    ring = json.dumps({"Records": [RING_FOR_NOBODY]}).encode()
    starts: list[Callable[[], object]] = [
        lambda: save_policy(people),
        lambda: people.shop.post("/refunds", {"payment_id": "none", "reason": "other"}),
        lambda: observed.invoke(stack, "PayRefundFunction", ring),
        lambda: clockwork.watch_gateways(stack),
        lambda: clockwork.build_todays_report(stack),
    ]
    for start in starts:
        pool.submit(_harmlessly, start)


def _harmlessly(start: Callable[[], object]) -> None:
    with suppress(*HARMLESS):
        start()

"""Starts the functions that the tour will need while something else goes on."""

import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from cli.stack import Stack
from infra.local import clockwork, observed
from infra.local.tour.people import People, save_policy
from infra.local.trouble import Trouble

RING_FOR_NOBODY = {
    "messageId": "wake",
    "eventSource": "aws:sqs",
    "body": json.dumps({"refund_request_id": "rr_none"}),
}
HARMLESS = Trouble, BotoCoreError, ClientError, httpx.HTTPError  # what fails, fails when it counts


def wake_checkouts(people: People) -> None:
    """Ask for what isn't there, so that pages open at once afterwards."""
    people.shop.post("/orders", {})
    people.shop.get("/orders/none")


def wake_others(stack: Stack, people: People, pool: ThreadPoolExecutor) -> list[Future[None]]:
    """Start what refunds need, and what runs by the clock; return what is under way."""
    ring = json.dumps({"Records": [RING_FOR_NOBODY]}).encode()
    starts: list[Callable[[], object]] = [
        lambda: save_policy(people),
        lambda: people.shop.post("/refunds", {"payment_id": "none", "reason": "other"}),
        lambda: observed.invoke(stack, "PayRefundFunction", ring),
        lambda: clockwork.watch_gateways(stack),
    ]
    return [pool.submit(_harmlessly, start) for start in starts]


def _harmlessly(start: Callable[[], object]) -> None:
    with suppress(*HARMLESS):
        start()

"""Starts the functions that the demo will need, while something else goes on."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from infra.demo import clockwork
from infra.demo.demo import Demo
from infra.demo.setup import save_policy
from infra.local import observed
from infra.local.errors import DemoError

STARTERS = 2  # how many functions start at once: on two cores more don't start sooner
FOR_NOBODY = {
    "messageId": "warm-up",
    "eventSource": "aws:sqs",
    "body": json.dumps({"refund_request_id": "rr_none"}),
}
HARMLESS = (
    DemoError,
    BotoCoreError,
    ClientError,
    httpx.HTTPError,
)  # what fails, fails when it counts


def start(demo: Demo, pool: ThreadPoolExecutor) -> None:
    """Start what selling needs, and wait for it; then the rest, for which nobody waits."""
    if demo.scenario.routes:
        demo.progress("starting what opens pages")
        for under_way in [pool.submit(_harmlessly, one) for one in checkouts(demo)]:
            under_way.result()
    for one in [*billing(demo), *refunds(demo), *by_the_clock(demo)]:
        pool.submit(_harmlessly, one)


def checkouts(demo: Demo) -> list[Callable[[], object]]:
    """Ask for what isn't there: pages open at once afterwards."""
    shop = demo.people.shop
    return [lambda: shop.post("/orders", {}), lambda: shop.get("/orders/none")]


def billing(demo: Demo) -> list[Callable[[], object]]:
    """Ask for an invoice of nothing, enter nothing, and read what isn't there."""
    if not any(order.is_invoiced for order in demo.scenario.orders):
        return []
    office = demo.people.finance
    return [
        lambda: office.post("/invoices", {}),
        lambda: office.post("/payments/manual", {}),
        lambda: office.get("/invoices/2000-00000001"),
    ]


def refunds(demo: Demo) -> list[Callable[[], object]]:
    """Save the policy, and request what isn't there."""
    if demo.scenario.policy is None:
        return []
    shop, clerk = demo.people.shop, demo.people.clerk
    wake_up = json.dumps({"Records": [FOR_NOBODY]}).encode()
    return [
        lambda: save_policy(demo),
        lambda: shop.post("/refunds", {"payment_id": "none", "reason": "other"}),
        lambda: observed.invoke(demo.stack, "PayRefundFunction", wake_up),
        lambda: clerk.decide("rr_none", "claim"),
        lambda: shop.get("/refunds/rr_none"),
    ]


def by_the_clock(demo: Demo) -> list[Callable[[], object]]:
    """Run what runs by the clock once."""
    return [
        lambda: clockwork.watch_gateways(demo.stack),
        lambda: clockwork.build_todays_report(demo.stack),
    ]


def _harmlessly(start: Callable[[], object]) -> None:
    with suppress(*HARMLESS):
        start()

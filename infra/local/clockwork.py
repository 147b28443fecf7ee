"""What runs by the clock in a deployed stack, invoked by hand: nobody wants to wait for it here."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError

from infra.local import observed
from infra.local.errors import DemoError
from infra.stack import Stack


def watch_gateways(stack: Stack) -> None:
    """Pull what gateways never send, and ring for refunds that are due."""
    observed.invoke(stack, "WatchGatewaysFunction")


def build_todays_report(stack: Stack) -> str:
    """Build the report of the day that goes on; return the day."""
    today = datetime.now(UTC).date().isoformat()
    request = json.dumps({"period": "daily", "day": today}).encode()
    observed.invoke(stack, "BuildReportFunction", request)
    return today


def wake(run: Callable[[Stack], object], stack: Stack) -> None:
    """Run something once, so that its next start is quick; what fails, fails then."""
    with suppress(DemoError, BotoCoreError, ClientError):
        run(stack)

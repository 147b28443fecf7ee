"""What runs by the clock in a deployed stack, invoked by hand: nobody wants to wait for it here."""

import json
from datetime import UTC, datetime

from infra.local import observed
from infra.stack import Stack


def watch_gateways(stack: Stack) -> None:
    """Pull what gateways never send, and enqueue wake-up messages of refunds that are due."""
    observed.invoke(stack, "WatchGatewaysFunction")


def resume_deliveries(stack: Stack) -> None:
    """Wake what waits for its time, such as a mail for its document."""
    observed.invoke(stack, "ResumeDeliveriesFunction")


def build_todays_report(stack: Stack) -> str:
    """Build the report of the day that goes on; return the day."""
    today = datetime.now(UTC).date().isoformat()
    build_report(stack, "daily", today)
    return today


def build_report(stack: Stack, period: str, name: str) -> None:
    """Build the report of a period that goes on."""
    request = json.dumps({"period": period, "day": name}).encode()
    observed.invoke(stack, "BuildReportFunction", request)

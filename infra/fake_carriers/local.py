"""The carriers beside the embedded stack: a fake SES and End User Messaging, mails as files."""

import sys
from pathlib import Path
from typing import Any

from infra.local import children
from infra.local.children import Child
from infra.local.emulator import REGION
from infra.local.gateway import control
from infra.local.layers import ROOT
from infra.local.place import Place
from infra.stack import Stack

SENDER = "SendMessageFunction"


def outbox(home: Path) -> Path:
    """Return the folder of the mails that left a stack here."""
    return home / "output" / "mail"


def start_carriers(place: Place, folder: Path) -> Child:
    """Start the fake carriers; they aren't ready when this returns."""
    command = [sys.executable, "-m", "infra.fake_carriers", "--port", str(place.carrier_port)]
    command += ["--outbox", str(outbox(place.home)), "--endpoint", place.endpoint_url]
    environment = {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    return children.start("carriers", [*command, "--region", REGION], folder, environment)


def wait_for_carriers(child: Child, place: Place) -> None:
    """Wait until they answer."""
    children.wait_until_ready(child, f"{place.carrier_url}/_fake/ready")


def join_carriers(stack: Stack, place: Place) -> None:
    """Lead what sends messages to the fakes, and their reports to the queue of a rule.

    The emulator lets nobody put events of AWS' own on a bus, so they come without the rule.
    """
    awslambda, name = stack.client("lambda"), stack.functions[SENDER]
    known: dict[str, Any] = awslambda.get_function_configuration(FunctionName=name)
    variables = known["Environment"]["Variables"] | {
        "AWS_ENDPOINT_URL_SESV2": place.carrier_url,
        "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": place.carrier_url,
    }
    awslambda.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    control(place.carrier_url, "listen", queue_url=stack.queues["CarrierEventsQueue"])

"""The receiver of webhooks beside the embedded stack, on loopback: a program that isn't Kassa's."""

import sys
from pathlib import Path

from infra.local import children
from infra.local.children import Child
from infra.local.gateway import control
from infra.local.layers import ROOT
from infra.local.place import Place
from infra.stack import Stack
from kassa.audit.trail import Actor
from kassa.partners.webhooks.endpoints.filters import ALL
from kassa.partners.webhooks.endpoints.save_endpoint import Entered, save_endpoint


def start_receiver(place: Place, folder: Path) -> Child:
    """Start it in a scratch folder; it isn't ready when this returns."""
    command = [sys.executable, "-m", "infra.fake_receivers", "--port", str(place.receiver_port)]
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'layers/common'}", "PYTHONUNBUFFERED": "1"}
    return children.start("receiver", command, folder, environment)


def wait_for_receiver(child: Child, place: Place) -> None:
    """Wait until it answers."""
    children.wait_until_ready(child, f"{place.receiver_url}/_fake/health")


def tell_the_receiver(stack: Stack, by: Actor) -> None:
    """Let it be told of every fact, and know the secret; the adapters must be connected."""
    if stack.receiver_url is None:
        return
    entered = Entered(f"{stack.receiver_url}/hooks", (ALL,), "what runs beside this stack")
    made = save_endpoint(entered, "nobody", by)
    control(stack.receiver_url, "knows", secret=made.secret)

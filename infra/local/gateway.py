"""The gateway beside the embedded stack, on loopback and with a clean state: who plays it, and how.

Stripe's twin knows refunds, disputes, fees and payouts, and signs what it tells. localstripe is
somebody else's idea of Stripe, with payments and payouts alone; what both agree on isn't our own
mistake made twice.
"""

import json
import sys
import urllib.request
from pathlib import Path

from infra.local import children
from infra.local.children import Child
from infra.local.layers import ROOT
from infra.local.place import Player
from infra.local.trouble import Trouble

LAUNCHER = Path(__file__).with_name("localstripe_launcher.py")
LOCALSTRIPE = ROOT / ".venv-localstripe" / "bin" / "python"
API_KEY = "sk_test_kassa_embedded"
LATER_S = 2  # until a payout arrives, and a bank names its reference


def start_gateway(player: Player, folder: Path, port: int) -> Child:
    """Start the gateway in a scratch folder; it isn't ready when this returns."""
    match player:
        case Player.TWIN:
            module = ["-m", "infra.twins.stripe", "--port", str(port), "--later", str(LATER_S)]
            command, environment = [sys.executable, *module], {"PYTHONPATH": str(ROOT)}
        case Player.LOCALSTRIPE:
            if not LOCALSTRIPE.exists():
                raise Trouble("localstripe isn't installed: run 'make localstripe'")
            command = [str(LOCALSTRIPE), str(LAUNCHER), "--from-scratch", "--port", str(port)]
            environment = {}
    return children.start("gateway", command, folder, environment | {"PYTHONUNBUFFERED": "1"})


def wait_for_gateway(child: Child, port: int) -> None:
    """Wait until the gateway answers."""
    children.wait_until_ready(child, f"http://127.0.0.1:{port}/v1/balance_transactions")


def register_webhook(player: Player, port: int, url: str, secret: str) -> None:
    """Tell the gateway where to deliver its events, and the secret to sign them with."""
    paths = {Player.TWIN: "_twin/webhooks", Player.LOCALSTRIPE: "_config/webhooks/kassa"}
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/{paths[player]}",
        data=json.dumps({"url": url, "secret": secret}).encode(),
        headers={"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=10).close()

"""The gateways beside the embedded stack, on loopback and with a clean state: who plays, and how.

A fake knows a gateway's refunds, disputes, fees and payouts, and signs what it sends. localstripe
is somebody else's idea of Stripe, with payments and payouts alone; what both agree on isn't our own
mistake made twice.
"""

import json
import sys
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from infra.local import children
from infra.local.children import Child
from infra.local.errors import DemoError
from infra.local.layers import ROOT
from infra.local.place import Place, Player

LAUNCHER = Path(__file__).with_name("launchers") / "localstripe_launcher.py"
LOCALSTRIPE = ROOT / ".venv-localstripe" / "bin" / "python"
API_KEY = "sk_test_kassa_embedded"
LATER_S = 2  # until a payout arrives, and a bank names its reference
TIMEOUT_S = 10.0


def start_gateway(name: str, place: Place, folder: Path) -> Child:
    """Start a gateway in a scratch folder; it isn't ready when this returns."""
    port = str(place.gateway_ports[name])
    if place.gateway is Player.LOCALSTRIPE:
        if not LOCALSTRIPE.exists():
            raise DemoError("localstripe isn't installed: run 'make localstripe'")
        command = [str(LOCALSTRIPE), str(LAUNCHER), "--from-scratch", "--port", port]
        environment = {}
    else:
        module = ["-m", f"infra.fake_gateways.{name}", "--port", port, "--later", str(LATER_S)]
        command, environment = [sys.executable, *module], {"PYTHONPATH": str(ROOT)}
    environment["PYTHONUNBUFFERED"] = "1"
    return children.start(f"gateway-{name}", command, folder, environment)


def start_gateways(place: Place, folder: Path, leaving: ExitStack) -> dict[str, Child]:
    """Start every gateway that is played, to be stopped on the way out."""
    played = {}
    for name in place.gateway_ports:
        played[name] = start_gateway(name, place, folder)
        leaving.callback(played[name].stop)
    return played


def wait_for_gateways(played: dict[str, Child], place: Place) -> None:
    """Wait until every gateway answers."""
    for name, child in played.items():
        children.wait_until_ready(child, f"{place.gateway_urls[name]}/v1/balance_transactions")


def control(gateway_url: str, act: str, /, **fields: Any) -> Any:
    """Let something happen at a fake that no call of its API brings about; return what came."""
    return _posted(f"{gateway_url}/_fake/{act}", fields)["result"]


def register_at_localstripe(gateway_url: str, url: str, secret: str) -> None:
    """Tell localstripe where to deliver its events, and the secret to sign them with."""
    _posted(f"{gateway_url}/_config/webhooks/kassa", {"url": url, "secret": secret})


def _posted(url: str, fields: dict[str, Any]) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(fields).encode(), headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            body = answer.read()
    except urllib.error.HTTPError as error:
        raise DemoError(f"{url} answered {error.code}: {error.read().decode()[:300]}") from None
    try:
        result = json.loads(body)
    except ValueError:
        return {}
    return result if isinstance(result, dict) else {}

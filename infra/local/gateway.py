"""The gateway: localstripe from its own environment, on loopback, with a clean state."""

import json
import urllib.request
from pathlib import Path

from infra.local import children
from infra.local.children import Child
from infra.local.trouble import Trouble

LAUNCHER = Path(__file__).with_name("localstripe_launcher.py")
PYTHON = Path(__file__).resolve().parents[2] / ".venv-localstripe" / "bin" / "python"
API_KEY = "sk_test_kassa_embedded"


def start_gateway(folder: Path, port: int) -> Child:
    """Start localstripe in a scratch folder; it isn't ready when this returns."""
    if not PYTHON.exists():
        raise Trouble("the gateway isn't installed: run 'make setup'")
    command = [str(PYTHON), str(LAUNCHER), "--from-scratch", "--port", str(port)]
    return children.start("gateway", command, folder, {"PYTHONUNBUFFERED": "1"})


def wait_for_gateway(child: Child, port: int) -> None:
    """Wait until the gateway answers."""
    children.wait_until_ready(child, f"http://127.0.0.1:{port}/v1/balance_transactions")


def register_webhook(port: int, url: str, secret: str) -> None:
    """Tell the gateway where to deliver its events, and the secret to sign them with."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/_config/webhooks/kassa",
        data=json.dumps({"url": url, "secret": secret}).encode(),
        headers={"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=10).close()

"""The AWS emulator: ministack on loopback, ephemeral, with role policies enforced."""

import socket
import sys
from pathlib import Path

from infra.local import children
from infra.local.children import Child
from infra.local.errors import DemoError

LAUNCHER = Path(__file__).with_name("launchers") / "ministack_launcher.py"
REGION = "eu-west-1"
ACCESS_KEY_ID = SECRET_ACCESS_KEY = "test"  # the emulator's own root key


def refuse_taken_port(port: int, option: str, given_away: int | None = None) -> None:
    """Say in one line that a port is taken, or given to another part, and how to take another."""
    if port == given_away:
        raise DemoError(f"port {port} is meant twice: run 'kassa up {option} PORT' with another")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise DemoError(
                f"port {port} is the system's: take one above 1023, 'kassa up {option} PORT'"
            ) from None
        except OSError:
            raise DemoError(
                f"port {port} is taken: stop what uses it, or run 'kassa up {option} PORT'"
            ) from None


def start_emulator(folder: Path, port: int, packages: Path | None = None) -> Child:
    """Start ministack in a scratch folder; it isn't ready when this returns.

    Workers are forked from a process that has loaded others' packages: those of a folder, or those
    installed here where it isn't there. Without a folder each worker starts on its own.
    """
    environment = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",  # its listener would ignore BIND_HOST
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
    }
    if packages is not None:
        environment["LAYER_PACKAGES"] = str(packages)
    return children.start("emulator", [sys.executable, "-P", str(LAUNCHER)], folder, environment)


def wait_for_emulator(child: Child, port: int) -> None:
    """Wait until every part of the emulator is up."""
    children.wait_until_ready(child, f"http://127.0.0.1:{port}/_ministack/ready")

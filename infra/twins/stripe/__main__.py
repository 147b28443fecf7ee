"""Serve the twin of Stripe: `python -m infra.twins.stripe --port 8420`."""

import argparse
import signal
import sys
import threading
import time
from pathlib import Path

from infra.twins.server import Server
from infra.twins.stripe.account import NEWEST, Switches
from infra.twins.stripe.served import open_desk


def main() -> None:
    """Serve until a signal ends it."""
    asked = _asked()
    later_s = asked.later if asked.later >= 0 else None
    switches = Switches(
        api_version=asked.api_version,
        livemode=asked.livemode,
        settle_after_s=later_s,
        trace_after_s=later_s,
        pay_out_after_s=later_s,
    )
    server = Server(open_desk(switches, asked.seed or time.time_ns()), asked.port)
    stop = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: stop.set())
    threading.Thread(target=server.run, daemon=True).start()
    if asked.folder:
        asked.folder.mkdir(parents=True, exist_ok=True)
        (asked.folder / "address").write_text(server.address)
    sys.stdout.write(f"the twin of Stripe answers on {server.address}\n")
    sys.stdout.flush()
    stop.wait()
    server.stop()


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="infra.twins.stripe", description=__doc__)
    parser.add_argument("--port", type=int, default=8420, help="0 takes any free port")
    parser.add_argument("--folder", type=Path, help="write the address into this folder")
    parser.add_argument("--api-version", default=NEWEST, help="the account's own, of its events")
    parser.add_argument("--livemode", action="store_true")
    parser.add_argument("--seed", type=int, default=0, help="of ids and chances; 0 for a new one")
    parser.add_argument(
        "--later", type=float, default=2.0, help="seconds until pending things settle; -1 for never"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()

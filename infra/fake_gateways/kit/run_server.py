"""Serves one fake gateway until a signal ends it; each fake's `__main__` says which."""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from infra.fake_gateways.kit.request_router import RequestRouter
from infra.fake_gateways.kit.server import Server

Open = Callable[[argparse.Namespace], RequestRouter]


def serve(name: str, open_router: Open, parser: argparse.ArgumentParser | None = None) -> None:
    """Serve a fake; `open_router` gets the arguments, those that every fake has among them."""
    options = _options(
        parser or argparse.ArgumentParser(prog=f"infra.fake_gateways.{name.lower()}")
    )
    options.seed = options.seed or time.time_ns()
    options.later = options.later if options.later >= 0 else None
    server = Server(open_router(options), options.port)
    server.router.serve_pages(server.address)
    stop = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: stop.set())
    threading.Thread(target=server.run, daemon=True).start()
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        (options.folder / "address").write_text(server.address)
    sys.stdout.write(f"the fake of {name} answers on {server.address}\n")
    sys.stdout.flush()
    stop.wait()
    server.stop()


def _options(parser: argparse.ArgumentParser) -> argparse.Namespace:
    parser.add_argument("--port", type=int, default=8420, help="0 takes any free port")
    parser.add_argument("--folder", type=Path, help="write the address into this folder")
    parser.add_argument("--seed", type=int, default=0, help="of ids and chances; 0 for a new one")
    parser.add_argument(
        "--later", type=float, default=2.0, help="seconds until pending things settle; -1 for never"
    )
    return parser.parse_args()

"""Serves one gateway's twin until a signal ends it; each twin's `__main__` says which."""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from infra.twins.desk import Desk
from infra.twins.server import Server

Open = Callable[[argparse.Namespace], Desk]


def serve(name: str, open_desk: Open, parser: argparse.ArgumentParser | None = None) -> None:
    """Serve a twin; `open_desk` gets the arguments, those that every twin has among them."""
    asked = _asked(parser or argparse.ArgumentParser(prog=f"infra.twins.{name.lower()}"))
    asked.seed = asked.seed or time.time_ns()
    asked.later = asked.later if asked.later >= 0 else None
    server = Server(open_desk(asked), asked.port)
    server.desk.serve_pages(server.address)
    stop = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: stop.set())
    threading.Thread(target=server.run, daemon=True).start()
    if asked.folder:
        asked.folder.mkdir(parents=True, exist_ok=True)
        (asked.folder / "address").write_text(server.address)
    sys.stdout.write(f"the twin of {name} answers on {server.address}\n")
    sys.stdout.flush()
    stop.wait()
    server.stop()


def _asked(parser: argparse.ArgumentParser) -> argparse.Namespace:
    parser.add_argument("--port", type=int, default=8420, help="0 takes any free port")
    parser.add_argument("--folder", type=Path, help="write the address into this folder")
    parser.add_argument("--seed", type=int, default=0, help="of ids and chances; 0 for a new one")
    parser.add_argument(
        "--later", type=float, default=2.0, help="seconds until pending things settle; -1 for never"
    )
    return parser.parse_args()

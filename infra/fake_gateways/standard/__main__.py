"""Serve a gateway nobody knows: `python -m infra.fake_gateways.standard --port 8425`."""

import argparse

from infra.fake_gateways.kit.request_router import RequestRouter
from infra.fake_gateways.kit.run_server import serve
from infra.fake_gateways.standard.account import Switches
from infra.fake_gateways.standard.server import open_router


def main() -> None:
    """Serve an account as the arguments say."""
    parser = argparse.ArgumentParser(prog="infra.fake_gateways.standard", description=__doc__)
    parser.add_argument("--test-mode", action="store_true", help="events say they aren't live")
    serve("Standard Webhooks", _opened, parser)


def _opened(options: argparse.Namespace) -> RequestRouter:
    return open_router(Switches(livemode=not options.test_mode), options.seed)


if __name__ == "__main__":
    main()

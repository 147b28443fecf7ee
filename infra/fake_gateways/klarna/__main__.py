"""Serve the fake Klarna: `python -m infra.fake_gateways.klarna --port 8422`."""

import argparse

from infra.fake_gateways.kit.request_router import RequestRouter
from infra.fake_gateways.kit.run_server import serve
from infra.fake_gateways.klarna.account import Switches
from infra.fake_gateways.klarna.server import open_router


def main() -> None:
    """Serve an account as the arguments say."""
    parser = argparse.ArgumentParser(prog="infra.fake_gateways.klarna", description=__doc__)
    parser.add_argument("--playground", action="store_true", help="webhooks say they aren't live")
    serve("Klarna", _opened, parser)


def _opened(options: argparse.Namespace) -> RequestRouter:
    return open_router(Switches(livemode=not options.playground), options.seed)


if __name__ == "__main__":
    main()

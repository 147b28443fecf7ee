"""Serve the fake PayPal: `python -m infra.fake_gateways.paypal --port 8430`."""

import argparse

from infra.fake_gateways.kit.request_router import RequestRouter
from infra.fake_gateways.kit.run_server import serve
from infra.fake_gateways.paypal.account import Switches
from infra.fake_gateways.paypal.server import open_router


def _open(options: argparse.Namespace) -> RequestRouter:
    switches = Switches(
        settle_after_s=options.later, report_lag_s=options.report_lag, livemode=options.livemode
    )
    return open_router(switches, options.seed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="infra.fake_gateways.paypal", description=__doc__)
    parser.add_argument(
        "--report-lag", type=float, default=0.0, help="seconds until the reports know a transaction"
    )
    parser.add_argument("--livemode", action="store_true")
    return parser


def main() -> None:
    """Serve until a signal ends it."""
    serve("PayPal", _open, _parser())


if __name__ == "__main__":
    main()

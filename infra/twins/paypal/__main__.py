"""Serve the twin of PayPal: `python -m infra.twins.paypal --port 8430`."""

import argparse

from infra.twins.desk import Desk
from infra.twins.paypal.account import Switches
from infra.twins.paypal.served import open_desk
from infra.twins.serving import serve


def _open(asked: argparse.Namespace) -> Desk:
    switches = Switches(
        settle_after_s=asked.later, report_lag_s=asked.report_lag, livemode=asked.livemode
    )
    return open_desk(switches, asked.seed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="infra.twins.paypal", description=__doc__)
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

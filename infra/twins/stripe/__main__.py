"""Serve the twin of Stripe: `python -m infra.twins.stripe --port 8420`."""

import argparse

from infra.twins.desk import Desk
from infra.twins.serving import serve
from infra.twins.stripe.account import NEWEST, Switches
from infra.twins.stripe.served import open_desk


def main() -> None:
    """Serve an account as the arguments say."""
    parser = argparse.ArgumentParser(prog="infra.twins.stripe", description=__doc__)
    parser.add_argument("--api-version", default=NEWEST, help="the account's own, of its events")
    parser.add_argument("--livemode", action="store_true")
    serve("Stripe", _opened, parser)


def _opened(asked: argparse.Namespace) -> Desk:
    switches = Switches(
        api_version=asked.api_version,
        livemode=asked.livemode,
        settle_after_s=asked.later,
        trace_after_s=asked.later,
        pay_out_after_s=asked.later,
    )
    return open_desk(switches, asked.seed)


if __name__ == "__main__":
    main()

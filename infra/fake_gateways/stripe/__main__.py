"""Serve the fake Stripe: `python -m infra.fake_gateways.stripe --port 8420`."""

import argparse

from infra.fake_gateways.kit.request_router import RequestRouter
from infra.fake_gateways.kit.run_server import serve
from infra.fake_gateways.stripe.account import NEWEST, Switches
from infra.fake_gateways.stripe.server import open_router


def main() -> None:
    """Serve an account as the arguments say."""
    parser = argparse.ArgumentParser(prog="infra.fake_gateways.stripe", description=__doc__)
    parser.add_argument("--api-version", default=NEWEST, help="the account's own, of its events")
    parser.add_argument("--livemode", action="store_true")
    serve("Stripe", _opened, parser)


def _opened(options: argparse.Namespace) -> RequestRouter:
    switches = Switches(
        api_version=options.api_version,
        livemode=options.livemode,
        settle_after_s=options.later,
        trace_after_s=options.later,
        pay_out_after_s=options.later,
    )
    return open_router(switches, options.seed)


if __name__ == "__main__":
    main()

"""Serve a CRM nobody knows: `python -m infra.fake_targets --port 8440`."""

import argparse

from infra.fake_gateways.kit.request_router import RequestRouter
from infra.fake_gateways.kit.run_server import serve
from infra.fake_targets.server import open_router


def main() -> None:
    """Serve it as the arguments say."""
    serve("a CRM", _opened, argparse.ArgumentParser(prog="infra.fake_targets", description=__doc__))


def _opened(options: argparse.Namespace) -> RequestRouter:
    return open_router(options.seed)


if __name__ == "__main__":
    main()

"""Serve a receiver of webhooks: `python -m infra.fake_receivers --port 8430`."""

import argparse

from infra.fake_gateways.kit.request_router import RequestRouter
from infra.fake_gateways.kit.run_server import serve
from infra.fake_receivers.server import open_router


def main() -> None:
    """Serve it as the arguments say."""
    parser = argparse.ArgumentParser(prog="infra.fake_receivers", description=__doc__)
    serve("a receiver", _opened, parser)


def _opened(options: argparse.Namespace) -> RequestRouter:
    return open_router(options.seed)


if __name__ == "__main__":
    main()

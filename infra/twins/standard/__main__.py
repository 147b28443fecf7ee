"""Serve the twin of a gateway nobody knows: `python -m infra.twins.standard --port 8425`."""

import argparse

from infra.twins.desk import Desk
from infra.twins.serving import serve
from infra.twins.standard.account import Switches
from infra.twins.standard.served import open_desk


def main() -> None:
    """Serve an account as the arguments say."""
    parser = argparse.ArgumentParser(prog="infra.twins.standard", description=__doc__)
    parser.add_argument("--test-mode", action="store_true", help="events say they aren't live")
    serve("Standard Webhooks", _opened, parser)


def _opened(asked: argparse.Namespace) -> Desk:
    return open_desk(Switches(livemode=not asked.test_mode), asked.seed)


if __name__ == "__main__":
    main()

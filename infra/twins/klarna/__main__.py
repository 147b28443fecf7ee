"""Serve the twin of Klarna: `python -m infra.twins.klarna --port 8422`."""

import argparse

from infra.twins.desk import Desk
from infra.twins.klarna.account import Switches
from infra.twins.klarna.served import open_desk
from infra.twins.serving import serve


def main() -> None:
    """Serve an account as the arguments say."""
    parser = argparse.ArgumentParser(prog="infra.twins.klarna", description=__doc__)
    parser.add_argument("--playground", action="store_true", help="webhooks say they aren't live")
    serve("Klarna", _opened, parser)


def _opened(asked: argparse.Namespace) -> Desk:
    return open_desk(Switches(livemode=not asked.playground), asked.seed)


if __name__ == "__main__":
    main()

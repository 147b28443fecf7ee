"""Serve the fake Adyen: `python -m infra.fake_gateways.adyen --port 8423`."""

from infra.fake_gateways.adyen.account import Switches
from infra.fake_gateways.adyen.server import open_router
from infra.fake_gateways.kit.run_server import serve


def main() -> None:
    """Serve until a signal ends it."""
    serve(
        "Adyen", lambda options: open_router(Switches(settle_after_s=options.later), options.seed)
    )


if __name__ == "__main__":
    main()

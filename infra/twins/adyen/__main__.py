"""Serve the twin of Adyen: `python -m infra.twins.adyen --port 8423`."""

from infra.twins.adyen.account import Switches
from infra.twins.adyen.served import open_desk
from infra.twins.serving import serve


def main() -> None:
    """Serve until a signal ends it."""
    serve("Adyen", lambda asked: open_desk(Switches(settle_after_s=asked.later), asked.seed))


if __name__ == "__main__":
    main()

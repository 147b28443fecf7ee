"""Serve the twin of BTCPay Server: `python -m infra.twins.btcpay --port 8424`."""

from infra.twins.btcpay.served import open_desk
from infra.twins.serving import serve


def main() -> None:
    """Serve until a signal ends it."""
    serve("BTCPay", open_desk)


if __name__ == "__main__":
    main()

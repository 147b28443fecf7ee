"""Serve the fake BTCPay Server: `python -m infra.fake_gateways.btcpay --port 8424`."""

from infra.fake_gateways.btcpay.server import open_router
from infra.fake_gateways.kit.run_server import serve


def main() -> None:
    """Serve until a signal ends it."""
    serve("BTCPay", open_router)


if __name__ == "__main__":
    main()

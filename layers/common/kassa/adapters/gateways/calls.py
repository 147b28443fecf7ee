"""Which gateway is asked by which module, and how long it remembers: one table for all of them.

Modules are imported when they are needed; a vendor's client takes a while. What a gateway can't
do is said here, not found out by an exception.
"""

from datetime import timedelta
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from kassa.adapters.secrets import ApiAccess
from kassa.domain.gateway_refunds import GatewayRefund, RefundAsk
from kassa.errors import UnknownGateway


class Calls(Protocol):
    """What a gateway's module can be asked for refunds."""

    def refund(self, access: ApiAccess, ask: RefundAsk) -> GatewayRefund:
        """Ask for a refund.

        Raises GatewayRefused where the gateway said no, GatewayUnavailable where nobody knows.
        """
        ...

    def find_refund(self, access: ApiAccess, ask: RefundAsk) -> GatewayRefund | None:
        """Return the refund that carries an ask's name, if the gateway has one."""
        ...


class Gateway(NamedTuple):
    """A gateway's module, and for how long it is sure to remember an idempotency key."""

    module: str
    memory: timedelta


# Stripe may forget a key once it is 24 hours old; four hours are kept back for clocks and retries.
GATEWAYS = {"stripe": Gateway("kassa.adapters.gateways.stripe", timedelta(hours=20))}


def calls(gateway: str) -> Calls:
    """Return the module that asks a gateway."""
    return cast(Calls, import_module(_known(gateway).module))


def memory(gateway: str) -> timedelta:
    """Return how long a gateway is sure to remember an idempotency key."""
    return _known(gateway).memory


def _known(gateway: str) -> Gateway:
    if gateway not in GATEWAYS:
        raise UnknownGateway(f"{gateway} takes no refunds")
    return GATEWAYS[gateway]

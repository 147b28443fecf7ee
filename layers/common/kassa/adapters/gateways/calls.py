"""Which gateway is asked by which module, and how long it remembers: one table for all of them.

Modules are imported when they are needed; a vendor's client takes a while. What a gateway can't
do is said here, not found out by an exception.
"""

from datetime import timedelta
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from kassa.adapters.secrets import ApiAccess, api_access
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
    """A gateway's module, how long it is sure to remember a key, how old it lets a payment be."""

    module: str
    memory: timedelta
    age_max_days: int | None = None  # none: the gateway names no limit of its own


# Stripe may forget a key once it is 24 hours old; four hours are kept back for clocks and retries.
GATEWAYS = {"stripe": Gateway("kassa.adapters.gateways.stripe", timedelta(hours=20))}


def refund(ask: RefundAsk) -> GatewayRefund:
    """Ask a payment's gateway for a refund; raise GatewayRefused or GatewayUnavailable."""
    return _module(ask).refund(_access(ask), ask)


def find_refund(ask: RefundAsk) -> GatewayRefund | None:
    """Look for the refund of an ask at its gateway; raise GatewayUnavailable if it is silent."""
    return _module(ask).find_refund(_access(ask), ask)


def _module(ask: RefundAsk) -> Calls:
    return cast(Calls, import_module(_known(ask.payment.gateway).module))


def _access(ask: RefundAsk) -> ApiAccess:
    return api_access(ask.payment.gateway, ask.payment.account)


def age_max_days(gateway: str, ours: int) -> int:
    """Return how old a payment may be that is refunded by itself: our limit, or the gateway's."""
    own = _known(gateway).age_max_days
    return ours if own is None else min(ours, own)


def memory(gateway: str) -> timedelta:
    """Return how long a gateway is sure to remember an idempotency key."""
    return _known(gateway).memory


def _known(gateway: str) -> Gateway:
    if gateway not in GATEWAYS:
        raise UnknownGateway(f"{gateway} takes no refunds")
    return GATEWAYS[gateway]

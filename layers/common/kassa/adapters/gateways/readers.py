"""Which gateway reads what: the one table from a gateway's name to its reader and its look-ups."""

from collections.abc import Callable

from kassa.adapters import archive, secrets
from kassa.adapters.gateways import stripe_reader
from kassa.domain.events import Delivery, GatewayEvent, Ignored, Subject
from kassa.errors import UnknownGateway

Reader = Callable[[bytes, str, str], GatewayEvent | Ignored]

READERS: dict[str, Reader] = {stripe_reader.GATEWAY: stripe_reader.read}


def read(delivery: Delivery) -> GatewayEvent | Ignored:
    """Read a delivery's event with its gateway's reader; raise UnknownGateway if it has none."""
    reader = READERS.get(delivery.gateway)
    if reader is None:
        raise UnknownGateway(delivery.gateway)
    return reader(archive.body_of(delivery), delivery.account, delivery.mode)


def payment_of_charge(subject: Subject, charge_id: str) -> str:
    """Ask the gateway which payment a charge belongs to; the charge itself where it has none.

    Raises GatewayUnavailable when the gateway doesn't answer.
    """
    from kassa.adapters.gateways import stripe  # 0.4 s to import, and seldom needed

    access = secrets.api_access(subject.gateway, subject.account)
    return stripe.payment_of_charge(access, charge_id)

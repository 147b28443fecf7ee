"""The circuits of gateways: one that fell silent is left alone by new attempts only.

Finding out what became of an attempt never passes through here.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from kassa.core.errors import GatewayRefused, GatewayResting, GatewayUnavailable
from kassa.orders import keys as order_keys
from kassa.platform.pacing.circuit_breaker import CircuitBreaker
from kassa.platform.settings import settings

Answer = TypeVar("Answer")


def resting() -> frozenset[str]:
    """Return the gateways that are left alone now; a table that can't be read names none."""
    return _circuits().resting()


def is_silent(gateway: str) -> bool:
    """Tell whether nobody has had an answer of a gateway since it was left alone."""
    return _circuits().read(gateway).rests_until is not None


def guarded(gateway: str, call: Callable[[], Answer]) -> Answer:
    """Make a gateway call that raises GatewayUnavailable for silence.

    Raises GatewayResting, and doesn't call, where the gateway is left alone or another attempt
    is just finding out.
    """
    circuits = _circuits()
    circuit, may_call = circuits.enter(gateway)
    if not may_call:
        raise GatewayResting(f"{gateway} didn't answer lately")
    try:
        answer = call()
    except GatewayUnavailable:
        circuits.count_silence(gateway)
        raise
    except GatewayRefused:  # which is an answer
        circuits.note_answer(gateway, circuit)
        raise
    circuits.note_answer(gateway, circuit)
    return answer


def _circuits() -> CircuitBreaker:
    return CircuitBreaker("gateway", partial(order_keys.circuit, settings().merchant_id))

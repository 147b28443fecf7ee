"""Circuit breakers: a gateway that fell silent is left alone for a while, by new attempts only.

Powertools' own breaker, its state in our table. Each execution environment counts the silences it
meets and writes only when a circuit opens or closes; an open circuit lets one attempt through
after a minute, to find out. Finding out what became of an attempt never passes through here.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from aws_lambda_powertools.utilities.circuit_breaker import (
    CircuitBreakerConfig,
    CircuitBreakerOpenError,
    CircuitState,
    CircuitTransition,
    circuit_breaker,
)
from aws_lambda_powertools.utilities.circuit_breaker.persistence import (
    CircuitBreakerDynamoDBPersistence,
)

from kassa.adapters import aws, clock, order_keys
from kassa.errors import GatewayResting, GatewayUnavailable
from kassa.observability import count_by, logger
from kassa.settings import settings

RESTS_FOR = timedelta(minutes=1)
SILENCES = 3  # in a row, until a gateway is left alone
CONFIG = CircuitBreakerConfig(
    failure_threshold=SILENCES,
    recovery_timeout=int(RESTS_FOR.total_seconds()),
    success_threshold=1,
    handled_exceptions=GatewayUnavailable,  # a refusal is an answer
)

Answer = TypeVar("Answer")
_kept: dict[int, tuple[Any, CircuitBreakerDynamoDBPersistence]] = {}


def is_open(gateway: str) -> bool:
    """Tell whether a gateway is left alone now; a table that can't be read closes nothing."""
    record = _store().get_state(gateway)
    now_s = clock.now().timestamp()
    match record.state:
        case CircuitState.OPEN:
            return now_s < (record.opened_at or 0) + RESTS_FOR.total_seconds()
        case CircuitState.HALF_OPEN:
            return now_s < (record.probe_lease_expiry or 0)
        case _:
            return False


def guarded(gateway: str, call: Callable[[], Answer]) -> Answer:
    """Ask a gateway by a call that raises GatewayUnavailable for silence.

    Raises GatewayResting, and doesn't call, where the gateway is left alone or another attempt
    is just finding out.
    """
    protected = circuit_breaker(
        name=gateway, persistence_store=_store(), on_transition=_moved, config=CONFIG
    )(call)
    try:
        answer: Answer = protected()
    except CircuitBreakerOpenError as error:
        raise GatewayResting(f"{gateway} didn't answer lately") from error
    return answer


def _store() -> CircuitBreakerDynamoDBPersistence:
    """Return the store of this environment; made once, since making one marks the client."""
    client = aws.client("dynamodb")
    if _kept.get(0, (None, None))[0] is not client:
        _kept[0] = client, _made(client)
    return _kept[0][1]


def _made(client: Any) -> CircuitBreakerDynamoDBPersistence:
    return CircuitBreakerDynamoDBPersistence(
        table_name=settings().table_name,
        key_attr="PK",
        static_pk_value=order_keys.circuit(settings().merchant_id, "").PK,
        sort_key_attr="SK",
        expiry_attr="expires_at",
        boto3_client=client,
    )


def _moved(transition: CircuitTransition) -> None:
    """Count and log that a circuit opened, is tried, or closed."""
    count_by("CircuitMoved", "gateway", transition.circuit_name)
    logger.warning(
        "circuit moved",
        gateway=transition.circuit_name,
        before=str(transition.from_state),
        after=str(transition.to_state),
    )

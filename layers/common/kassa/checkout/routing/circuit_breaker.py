"""Circuit breakers: a gateway that fell silent is left alone for a while, by new attempts only.

All execution environments count silences together, in the table: a new one knows at once what the
others met. Once a rest is over one attempt alone finds out, the one whose conditional write takes
the circuit over. Finding out what became of an attempt never passes through here.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from kassa.checkout.routing.circuits import PROBE_TAKES, SILENCES, Circuit, is_resting, rests_until
from kassa.core.errors import GatewayRefused, GatewayResting, GatewayUnavailable
from kassa.orders import keys as order_keys
from kassa.platform import aws, clock, table
from kassa.platform.settings import settings
from kassa.platform.telemetry import count_by, logger, reason_of

Answer = TypeVar("Answer")


def resting() -> frozenset[str]:
    """Return the gateways that are left alone now; a table that can't be read names none."""
    now = clock.now()
    try:
        found, _ = table.query(
            KeyConditionExpression="PK = :circuits",
            ExpressionAttributeValues=table.typed(
                {":circuits": order_keys.circuit(settings().merchant_id, "").PK}
            ),
            ConsistentRead=True,
        )
    except (ClientError, BotoCoreError) as error:
        logger.warning("circuits not read", reason=reason_of(error))
        return frozenset()
    return frozenset(str(item["SK"]) for item in found if is_resting(_circuit(item), now))


def is_silent(gateway: str) -> bool:
    """Tell whether nobody has had an answer of a gateway since it was left alone."""
    return _read(gateway).rests_until is not None


def guarded(gateway: str, call: Callable[[], Answer]) -> Answer:
    """Make a gateway call that raises GatewayUnavailable for silence.

    Raises GatewayResting, and doesn't call, where the gateway is left alone or another attempt
    is just finding out.
    """
    circuit = _entered(gateway)
    try:
        answer = call()
    except GatewayUnavailable:
        _count_silence(gateway)
        raise
    except GatewayRefused:  # which is an answer
        _note_answer(gateway, circuit)
        raise
    _note_answer(gateway, circuit)
    return answer


def _entered(gateway: str) -> Circuit:
    """Return the circuit as a call now finds it; after a rest only one comes so far."""
    circuit, now = _read(gateway), clock.now()
    if circuit.rests_until is None:
        return circuit
    if is_resting(circuit, now) or not _taken_over(gateway, circuit, now + PROBE_TAKES):
        raise GatewayResting(f"{gateway} didn't answer lately")
    _account(gateway, "tried")
    return circuit.model_copy(update={"rests_until": now + PROBE_TAKES})


def _taken_over(gateway: str, circuit: Circuit, until: datetime) -> bool:
    """Keep everybody else out while one attempt finds out; tell whether this is the one."""
    return _written(
        gateway,
        UpdateExpression="SET rests_until = :until",
        ConditionExpression="rests_until = :seen",
        ExpressionAttributeValues={":until": _text(until), ":seen": _text(circuit.rests_until)},
    )


def _count_silence(gateway: str) -> None:
    """Count a silence for everybody; the third in a row, and each after it, begins a rest."""
    try:
        answer = _update(
            gateway,
            UpdateExpression="ADD silences :one",
            ExpressionAttributeValues={":one": 1},
            ReturnValues="ALL_NEW",
        )
    except (ClientError, BotoCoreError) as error:
        logger.warning("circuit not written", gateway=gateway, reason=reason_of(error))
        return
    silences = int(table.plain(answer["Attributes"])["silences"])
    until = rests_until(silences, clock.now())
    if until is None:
        return
    is_kept = _written(
        gateway,
        UpdateExpression="SET rests_until = :until",
        ExpressionAttributeValues={":until": _text(until)},
    )
    if is_kept and silences == SILENCES:
        _account(gateway, "opened")


def _note_answer(gateway: str, circuit: Circuit) -> None:
    """Forget the silences, unless others met so many meanwhile that a rest was begun."""
    if circuit.is_clean:
        return
    seen = "attribute_not_exists(rests_until)"
    values: dict[str, int | str] = {":none": 0}
    if circuit.rests_until is not None:
        seen = "rests_until = :seen"
        values |= {":seen": _text(circuit.rests_until)}
    is_kept = _written(
        gateway,
        UpdateExpression="SET silences = :none REMOVE rests_until",
        ConditionExpression=seen,
        ExpressionAttributeValues=values,
    )
    if is_kept and circuit.rests_until is not None:
        _account(gateway, "closed")


def _read(gateway: str) -> Circuit:
    """Return a gateway's circuit; without a table to read, one that keeps nobody from paying."""
    try:
        item = table.get(order_keys.circuit(settings().merchant_id, gateway)) or {}
    except (ClientError, BotoCoreError) as error:
        logger.warning("circuit not read", gateway=gateway, reason=reason_of(error))
        return Circuit()
    return _circuit(item)


def _circuit(item: table.Item) -> Circuit:
    until = item.get("rests_until")
    return Circuit(
        silences=int(item.get("silences", 0)),
        rests_until=datetime.fromisoformat(until) if until else None,
    )


def _written(gateway: str, **update: Any) -> bool:
    """Write a circuit; tell whether that was done. What a call came to is never lost by it."""
    try:
        _update(gateway, **update)
    except (ClientError, BotoCoreError) as error:
        is_lost = isinstance(error, ClientError) and table.is_refused(error)
        if not is_lost:
            logger.warning("circuit not written", gateway=gateway, reason=reason_of(error))
        return False
    return True


def _update(gateway: str, **update: Any) -> dict[str, Any]:
    values = table.typed(update.pop("ExpressionAttributeValues"))
    answer: dict[str, Any] = aws.client("dynamodb").update_item(
        TableName=settings().table_name,
        Key=table.key(order_keys.circuit(settings().merchant_id, gateway)),
        ExpressionAttributeValues=values,
        **update,
    )
    return answer


def _text(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""


def _account(gateway: str, became: str) -> None:
    """Count and log that a circuit opened, is tried, or closed."""
    count_by("CircuitMoved", "gateway", gateway)
    logger.warning("circuit moved", gateway=gateway, became=became)

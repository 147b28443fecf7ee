"""Circuit breakers: who fell silent is left alone for a while.

All execution environments count silences together, in the table: a new one knows at once what the
others met. Once a rest is over one attempt alone finds out, the one whose conditional write takes
the circuit over.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from kassa.platform import aws, clock, table
from kassa.platform.keys import Key
from kassa.platform.pacing.circuits import (
    PROBE_TAKES,
    SILENCES,
    Circuit,
    is_resting,
    rests_until,
)
from kassa.platform.settings import settings
from kassa.platform.telemetry import count_by, logger, reason_of


class Entry(NamedTuple):
    """A circuit as a call finds it, and whether that call may be made."""

    circuit: Circuit
    may_call: bool


class CircuitBreaker:
    """The circuits of one kind of callee, such as gateways; `key_of` says where each one's is."""

    def __init__(self, kind: str, key_of: Callable[[str], Key]) -> None:
        self._kind = kind  # names them in logs and metrics
        self._key_of = key_of

    def resting(self) -> frozenset[str]:
        """Return who is left alone now; a table that can't be read names nobody."""
        now = clock.now()
        try:
            found, _ = table.query(
                KeyConditionExpression="PK = :circuits",
                ExpressionAttributeValues=table.typed({":circuits": self._key_of("").PK}),
                ConsistentRead=True,
            )
        except (ClientError, BotoCoreError) as error:
            logger.warning("circuits not read", reason=reason_of(error))
            return frozenset()
        return frozenset(str(item["SK"]) for item in found if is_resting(_circuit(item), now))

    def read(self, name: str) -> Circuit:
        """Return a circuit; without a table to read, one that keeps nobody from calling."""
        try:
            item = table.get(self._key_of(name)) or {}
        except (ClientError, BotoCoreError) as error:
            logger.warning("circuit not read", reason=reason_of(error), extra={self._kind: name})
            return Circuit()
        return _circuit(item)

    def enter(self, name: str) -> Entry:
        """Return the circuit as a call now finds it; after a rest only one call comes so far."""
        circuit, now = self.read(name), clock.now()
        if circuit.rests_until is None:
            return Entry(circuit, True)
        until = now + PROBE_TAKES
        if is_resting(circuit, now) or not self._taken_over(name, circuit, until):
            return Entry(circuit, False)
        self._account(name, "tried")
        return Entry(circuit.model_copy(update={"rests_until": until}), True)

    def count_silence(self, name: str) -> Circuit:
        """Count a silence for everybody; the third in a row, and each after it, begins a rest.

        Returns the circuit as it stands then; without a table to write, one without silences.
        """
        now = clock.now()
        try:
            answer = self._update(
                name,
                UpdateExpression="ADD silences :one"
                " SET silent_since = if_not_exists(silent_since, :now)",
                ExpressionAttributeValues={":one": 1, ":now": _text(now)},
                ReturnValues="ALL_NEW",
            )
        except (ClientError, BotoCoreError) as error:
            self._warn(name, error)
            return Circuit()
        counted = _circuit(table.plain(answer["Attributes"]))
        until = rests_until(counted.silences, now)
        if until is None:
            return counted
        is_kept = self._written(
            name,
            UpdateExpression="SET rests_until = :until",
            ExpressionAttributeValues={":until": _text(until)},
        )
        if is_kept and counted.silences == SILENCES:
            self._account(name, "opened")
        return counted.model_copy(update={"rests_until": until})

    def note_answer(self, name: str, circuit: Circuit) -> None:
        """Forget the silences, unless others met so many meanwhile that a rest was begun."""
        if circuit.is_clean:
            return
        seen = "attribute_not_exists(rests_until)"
        values: dict[str, int | str] = {":none": 0}
        if circuit.rests_until is not None:
            seen = "rests_until = :seen"
            values |= {":seen": _text(circuit.rests_until)}
        is_kept = self._written(
            name,
            UpdateExpression="SET silences = :none REMOVE rests_until, silent_since",
            ConditionExpression=seen,
            ExpressionAttributeValues=values,
        )
        if is_kept and circuit.rests_until is not None:
            self._account(name, "closed")

    def _taken_over(self, name: str, circuit: Circuit, until: datetime) -> bool:
        """Keep everybody else out while one attempt finds out; tell whether this is the one."""
        return self._written(
            name,
            UpdateExpression="SET rests_until = :until",
            ConditionExpression="rests_until = :seen",
            ExpressionAttributeValues={
                ":until": _text(until),
                ":seen": _text(circuit.rests_until),
            },
        )

    def _written(self, name: str, **update: Any) -> bool:
        """Write a circuit; tell whether that was done. What a call came to is never lost by it."""
        try:
            self._update(name, **update)
        except (ClientError, BotoCoreError) as error:
            if not (isinstance(error, ClientError) and table.is_refused(error)):
                self._warn(name, error)
            return False
        return True

    def _update(self, name: str, **update: Any) -> dict[str, Any]:
        values = table.typed(update.pop("ExpressionAttributeValues"))
        answer: dict[str, Any] = aws.client("dynamodb").update_item(
            TableName=settings().table_name,
            Key=table.key(self._key_of(name)),
            ExpressionAttributeValues=values,
            **update,
        )
        return answer

    def _warn(self, name: str, error: Exception) -> None:
        logger.warning("circuit not written", reason=reason_of(error), extra={self._kind: name})

    def _account(self, name: str, became: str) -> None:
        """Count and log that a circuit opened, is tried, or closed."""
        count_by("CircuitMoved", self._kind, name)
        logger.warning("circuit moved", became=became, extra={self._kind: name})


def _circuit(item: table.Item) -> Circuit:
    return Circuit(
        silences=int(item.get("silences", 0)),
        silent_since=_instant(item.get("silent_since")),
        rests_until=_instant(item.get("rests_until")),
    )


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _text(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""

"""Planted mistakes: each must be caught, or the invariants are blind."""

from typing import Any

from kassa.platform import aws
from tests.simulation.engine.mutants import Mutant
from tests.simulation.example import service


def reading_first(real: Any) -> Any:
    """Read the counter, then write one more: what is written in between is lost."""

    def count(request_id: str) -> None:
        client = aws.client("dynamodb")
        kept = client.get_item(TableName=service.TABLE, Key=service.COUNTER).get("Item")
        number = int(kept["n"]["N"]) + 1 if kept else 1
        item = service.COUNTER | {"n": {"N": str(number)}}
        client.put_item(TableName=service.TABLE, Item=item)

    return count


def forgetting_requests(real: Any) -> Any:
    """Count without noting whose request it was: what is sent again counts again."""
    return lambda request_id: {"Put": real(request_id)["Put"] | {"Item": _another()}}


def _another() -> dict[str, Any]:
    _numbers.append(len(_numbers))
    return {"PK": {"S": f"REQUEST#{_numbers[-1]}"}, "SK": {"S": "REQUEST"}}


_numbers: list[int] = []

MUTANTS = (
    Mutant("a lost update", ((service, "count", reading_first),)),
    Mutant("sent twice, counted twice", ((service, "_noted", forgetting_requests),)),
)

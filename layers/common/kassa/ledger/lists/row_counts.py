"""Counts what became of the rows of imports, batch by batch as they are booked.

A batch that comes back after it was counted counts again, as known. That a row failed is kept by
the row, and forgotten once it is booked.
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from typing import Any, Self

from botocore.exceptions import ClientError

from kassa.gateways.events import Delivery
from kassa.ledger.lists.keys import import_run
from kassa.platform import table
from kassa.platform.telemetry import logger

FAILED_MAX = 5000  # rows kept of those that failed, so that an item stays far below its limit


class RowCounts:
    """What became of a batch's rows of imports, by their imports; kept where the batch ends."""

    def __init__(self) -> None:
        self._outcomes: dict[str, Counter[str]] = {}
        self._done: dict[str, set[str]] = {}
        self._failed: dict[str, set[str]] = {}

    def book(self, delivery: Delivery, book: Callable[[], str]) -> None:
        """Book a delivery, and remember what became of it if it is a row of an import."""
        if delivery.import_id is None:
            book()
            return
        row = _digest(delivery)
        try:
            outcome = book()
        except Exception:
            self._failed.setdefault(delivery.import_id, set()).add(row)
            raise
        self._outcomes.setdefault(delivery.import_id, Counter())[outcome] += 1
        self._done.setdefault(delivery.import_id, set()).add(row)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Add what was remembered to the list; without it the rows are booked as well."""
        try:
            for import_id, counted in self._outcomes.items():
                _add(import_id, counted, self._done[import_id])
            for import_id, rows in self._failed.items():
                _add_failed(import_id, rows)
        except ClientError as error:
            logger.warning("rows not counted", reason=str(error))


def _digest(delivery: Delivery) -> str:
    """Name a row by its bytes: sent in again, it is the same."""
    body = delivery.body_key or delivery.body_base64
    return hashlib.sha256(body.encode()).hexdigest()[:12]


def _add(import_id: str, counted: Counter[str], done: set[str]) -> None:
    names = {f"#{name}": name for name in counted} | {"#failed": "failed"}
    sums = ", ".join(f"#{name} :{name}" for name in counted)
    _update(import_id, f"ADD {sums} DELETE #failed :rows", names, {**counted, "rows": done})


def _add_failed(import_id: str, rows: set[str]) -> None:
    names, values = {"#failed": "failed"}, {"rows": rows, "most": FAILED_MAX}
    has_room = "(attribute_not_exists(#failed) OR size(#failed) < :most)"
    _update(import_id, "ADD #failed :rows", names, values, f" AND {has_room}")


def _update(
    import_id: str, expression: str, names: dict[str, str], values: dict[str, Any], and_if: str = ""
) -> None:
    table.write(
        "update_item",
        Key=table.key(import_run(import_id)),
        UpdateExpression=expression,
        ConditionExpression=f"attribute_exists(PK){and_if}",  # else nobody lists it
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=table.typed({f":{name}": one for name, one in values.items()}),
    )

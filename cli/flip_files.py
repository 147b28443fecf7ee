"""Flipped cases of a backtest as a table in a file, written as they come."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kassa.core.csv_rows import Cell, csv_writer
from kassa.refunds.backtest.replay_requests import Keep
from kassa.refunds.backtest.result import Flip

COLUMNS = (
    *("refund_request_id", "payment_id", "requested_at", "amount_minor", "currency", "reason"),
    *("before", "before_rule", "before_version", "before_why"),
    *("after", "after_rule", "after_why", "people"),
)


@contextmanager
def kept(path: Path | None) -> Iterator[Keep]:
    """Write flipped cases as they come, so that none needs to be remembered."""
    if path is None:
        yield lambda flip: None
        return
    with path.open("w", newline="", encoding="utf-8") as file:
        write = csv_writer(file)
        write(COLUMNS)
        yield lambda flip: write(_cells(flip))


def _cells(flip: Flip) -> tuple[Cell, ...]:
    before, after = flip.before, flip.after
    return (
        *(flip.refund_request_id, flip.payment_id, flip.requested_at.isoformat()),
        *(flip.amount.amount_minor, flip.amount.currency, flip.reason),
        *(before.decision, before.rule_id, before.policy_version, before.why),
        *(after.decision, after.rule_id, after.why, flip.people or ""),
    )

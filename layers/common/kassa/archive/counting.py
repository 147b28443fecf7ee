"""Count a period's facts once: every figure of every report is read off what is counted here."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from kassa.archive.tallies import Captures, Failures, Flow, Tally
from kassa.archive.warehouse import chosen, fetched, run, set_variables
from kassa.core.model import Model
from kassa.core.periods import Period, PeriodKind
from kassa.core.postings import ACCRUAL

TRACED_MAX = 10_000  # a period with no more facts than this names every event of every figure
TRACED_SAMPLE = 20  # of each step, method and figure of a larger one
_Row = TypeVar("_Row", bound=Model)
QUARTER = timedelta(minutes=15)


@contextmanager
def counted(
    files: Sequence[Path], period: Period, merchant_id: str, seen: Sequence[Path] = ()
) -> Iterator[Any]:
    """Open the same, with a table `counted` of what those facts came to by quarter of an hour."""
    with chosen(files, period, merchant_id, seen) as connection:
        for name, values in zip(("step", "day", "hour"), quarters(period), strict=True):
            set_variables(connection, **{f"{name}_of_quarter": values})
        [(count,)] = fetched(connection, "chosen")
        set_variables(connection, chosen=count)
        run(connection, "narrow")
        run(connection, "descriptions", facts="narrow", of="payment, object")
        is_day = period.kind is PeriodKind.DAILY  # no hours are kept of longer ones' postings
        hour = "getvariable('hour_of_quarter')[quarter]" if is_day else "NULL"
        run(connection, "counted", hour=hour, traced_event_ids=traced(connection))
        own = {"is_of_the_books": of_the_books(connection, ("destination",))}
        for name in ("opening", "kept_payments"):
            run(connection, name, **own)
        yield connection


def chosen_of(connection: Any) -> int:
    """Return how many facts of the period were counted."""
    (count,) = connection.execute("SELECT getvariable('chosen')").fetchone()
    return int(count)


def of_the_books(connection: Any, sides: Sequence[str] = ("destination", "source")) -> str:
    """Return SQL for facts that post nothing from before the books, on one side or either."""
    opening = " OR ".join(f"{side} = 'opening_balance'" for side in sides)
    if connection.execute(f"SELECT 1 FROM counted WHERE {opening} LIMIT 1").fetchone() is None:
        return "true"  # so that postings needn't be read for it
    posted = " OR ".join(f"p.{side} = 'opening_balance'" for side in sides)
    return f"len(list_filter(postings, lambda p: {posted})) = 0"


def quarters(period: Period) -> tuple[list[int], list[int], list[int]]:
    """Return the step, the day and the local hour of each quarter of an hour of a period.

    Steps and days count from zero. Every offset there is today is a multiple of a quarter, so each
    lies in one hour and one day by local clocks.
    """
    zone, count = ZoneInfo(period.time_zone), -(-(period.ends_at - period.starts_at) // QUARTER)
    local = [(period.starts_at + n * QUARTER).astimezone(zone) for n in range(count)]
    days = [(one.date() - period.day).days for one in local]
    steps = [n // 4 for n in range(count)] if period.kind is PeriodKind.DAILY else days
    return steps, days, [one.hour for one in local]


def traced(connection: Any) -> str:
    """Return SQL for the events behind a figure: all, or the first ones of a large period."""
    most = traced_max(connection)
    return f"min(event_id, {most})" if most else "list_sort(list(event_id))"


def traced_max(connection: Any) -> str:
    """Return how many events a figure names of a large period; nothing where it names all."""
    count = chosen_of(connection)
    return f"{TRACED_SAMPLE}" if count > TRACED_MAX else ""


def tally(
    files: Sequence[Path], period: Period, merchant_id: str, seen: Sequence[Path] = ()
) -> Tally:
    """Count the facts of a merchant's period, each once, less those in files seen before."""
    if not files:
        return Tally()
    with counted(files, period, merchant_id, seen) as connection:
        return tallied(connection)


def tallied(connection: Any) -> Tally:
    """Read a period's tally off what was counted of its facts."""
    flows = _models(Flow, fetched(connection, "flows", traced_max=traced_max(connection)))
    has_invoices = any(flow.kind in ACCRUAL for flow in flows)
    failed = {"traced_event_ids": traced(connection)}
    return Tally(
        facts=dict(fetched(connection, "counts")),
        flows=flows,
        captures=_models(Captures, fetched(connection, "captures")),
        payments=dict(fetched(connection, "payments")),
        failures=_models(Failures, fetched(connection, "failures", **failed)),
        opened=dict(fetched(connection, "opened")) if has_invoices else {},
    )


def _models(model: type[_Row], rows: list[tuple[Any, ...]]) -> tuple[_Row, ...]:
    names = tuple(model.model_fields)
    return tuple(model.model_validate(dict(zip(names, row, strict=True))) for row in rows)

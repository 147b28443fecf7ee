"""A breakdown's rows for spreadsheets: the same in the CSV and in the workbook."""

from collections.abc import Iterator
from typing import NamedTuple

from kassa.reports.breakdown.breakdown import Breakdown
from kassa.reports.breakdown.compared import RATES, Compared
from kassa.reports.breakdown.lines import Line
from kassa.reports.rates.rates import Conversion


class Row(NamedTuple):
    """One figure: of which part of the report and of what; an amount is in minor units."""

    section: str
    currency: str | None
    item: str
    amount_minor: int | None = None
    times: int | None = None  # how many there were
    share: float | None = None


def rows_of(found: Breakdown) -> Iterator[Row]:
    """Return every figure of a breakdown."""
    for currency, cut, line in lines_of(found):
        yield from _of_line(cut, currency, line)
    for one in found.compared:
        yield from _of_compared(one)
    if found.conversion is not None:
        yield from _of_conversion(found.conversion)
    for no in found.declined:
        yield Row("declines", None, f"{no.gateway} {no.code}", times=no.attempts)


def lines_of(found: Breakdown) -> Iterator[tuple[str, str, Line]]:
    """Return every line of every table, with its currency and the table's name."""
    for lines in found.currencies:
        for cut, of_cut in lines.cuts.items():
            yield from ((lines.currency, cut, line) for line in of_cut)


def _of_line(cut: str, currency: str, line: Line) -> Iterator[Row]:
    yield Row(f"{cut}.gross", currency, line.name, line.gross_minor, line.captures, line.share)
    yield Row(f"{cut}.average", currency, line.name, line.average_minor, line.captures)
    rate = line.success_rate
    yield Row(f"{cut}.success_rate", currency, line.name, None, line.captures, rate)
    failed = None if rate is None else round(1 - rate, 6)
    yield Row(f"{cut}.failure_rate", currency, line.name, None, line.failed, failed)
    for name, minor in (line.amounts or {}).items():
        if name != "gross":
            yield Row(f"{cut}.{name}", currency, line.name, minor)


def _of_conversion(made: Conversion) -> Iterator[Row]:
    """Converted amounts are of the reporting currency, and said to be converted."""
    for part in made.parts:
        for name, minor in (part.amounts or {}).items():
            yield Row(f"converted.{name}", made.currency, f"from {part.currency}", minor)
    for name, minor in (made.totals or {}).items():
        yield Row(f"converted.{name}", made.currency, "all currencies", minor)


def _of_compared(one: Compared) -> Iterator[Row]:
    place = one.currency or f"{one.gateway} {one.method}"
    normal = one.normal
    values: dict[str, float | None] = {
        "now": one.value,
        "previous": one.previous,
        "year_before": one.year_before,
        "usual_low": normal.low if normal else None,
        "usual_middle": normal.middle if normal else None,
        "usual_high": normal.high if normal else None,
    }
    for name, value in values.items():
        if value is None:
            continue
        section, item = f"compared.{name}", f"{place} {one.figure}"
        if one.figure in RATES:
            yield Row(section, one.currency, item, share=round(value, 6))
        elif one.currency is None or one.figure == "captures":
            yield Row(section, one.currency, item, times=round(value))
        else:
            yield Row(section, one.currency, item, round(value))

"""A proof: each account of both journals, as a report says it and as Athena added it up."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from kassa.core.model import Model
from kassa.core.periods import PeriodKind
from kassa.core.postings import ACCRUAL


class Row(NamedTuple):
    """Which account of which journal is meant, in which currency; sorted as a report prints it."""

    journal: str  # as report.csv calls it
    currency: str
    account: str


LEDGER, DOCUMENTS = "ledger", "accrual"
_SECTIONS = {"currencies": LEDGER, "accrual": DOCUMENTS}  # of report.json
Sums = Counter[Row]  # minor units


class ProvenAccount(Model):
    """What one account came to in one currency, in minor units, by either engine."""

    journal: str
    currency: str
    account: str
    report_minor: int
    athena_minor: int
    difference_minor: int  # Athena's less the report's


class Proof(Model):
    """What Athena says of a closed report."""

    period: PeriodKind
    name: str
    is_proven: bool
    accounts: tuple[ProvenAccount, ...]
    is_unchanged: bool  # report.json has the bytes that it was closed with
    files: int  # that the report was made of, small ones
    missing_files: tuple[str, ...]  # of those, gone from the bucket
    later_files: int  # that came after it was closed, so no part of it
    query_id: str
    scanned_bytes: int


def compared(report: dict[str, Any], rows: Iterable[tuple[Any, ...]]) -> tuple[ProvenAccount, ...]:
    """Compare report.json with Athena's rows of currency, kind of posting, account and sum."""
    ours, theirs = Sums(dict(_reported(report))), _added_up(rows)
    ordered = sorted({*ours, *theirs}, key=lambda row: (row.journal != LEDGER, row))
    return tuple(
        ProvenAccount(
            **row._asdict(),
            report_minor=ours[row],
            athena_minor=theirs[row],
            difference_minor=theirs[row] - ours[row],
        )
        for row in ordered
    )


def _reported(report: dict[str, Any]) -> Iterator[tuple[Row, int]]:
    """Yield what a report says of each account."""
    each_of = (
        (journal, one) for name, journal in _SECTIONS.items() for one in report.get(name) or ()
    )
    for journal, each in each_of:
        accounts = each["accounts"].items()
        yield from ((Row(journal, each["currency"], name), int(minor)) for name, minor in accounts)


def _added_up(rows: Iterable[tuple[Any, ...]]) -> Sums:
    """Add up an account's kinds of postings, each in its journal."""
    sums = Sums()
    for currency, kind, account, minor in rows:
        sums[Row(DOCUMENTS if kind in ACCRUAL else LEDGER, currency, account)] += int(minor)
    return sums

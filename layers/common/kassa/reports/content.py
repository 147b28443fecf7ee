"""What a report of a period is: the documents it promises, and how they are made."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from kassa.archive.files import FactFolder
from kassa.archive.manifests import Manifest
from kassa.core.periods import Period, PeriodKind
from kassa.reports.breakdown.normal import NO_HISTORY, History


class Source(NamedTuple):
    """What a report is made of, and nothing else."""

    manifest: Manifest
    facts: Any  # a connection to `counting.counted` facts of the period
    folder: FactFolder  # brings the files that the manifest names
    late: Sequence[Any] = ()  # a connection like it for each of the manifest's late periods
    history: History = NO_HISTORY  # of earlier days, read once for all reports


class Content(NamedTuple):
    """One report: the documents it promises, how they are made, and what it needs beside facts."""

    documents: tuple[str, ...]  # its name and what it is written as, such as fees.html
    make: Callable[[Source], dict[str, bytes]]
    # What was entered and holds for a period, as JSON; read once, when the manifest is gathered.
    inputs: Callable[[Period], Any] | None = None
    # The days before it that it is held against, whose rollups the manifest names.
    history: Callable[[Period], Iterable[date]] | None = None
    since: int = 3  # the layout of manifests that has it first
    kinds: frozenset[PeriodKind] = frozenset(PeriodKind)  # of periods that have it
    reads_customers: bool = False  # all that is kept of each, which the manifest then names

"""Manifests: everything a report is made of, so that it can be made again to the same bytes."""

import operator
from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from pydantic import Field

from kassa.core.model import Instant, Model
from kassa.core.periods import Period, PeriodKind, name_of


class FactFile(Model):
    """One file of the archive, with the digest its bytes must still have."""

    key: str
    sha256: str
    size: int

    @property
    def is_imported(self) -> bool:
        """Tell whether it is kept of a day of before the books: see `imported_rollups`."""
        return "/imported/" in self.key


class Compacted(Model):
    """A UTC day's small files as few large ones; both stay, and hold the same facts."""

    files: tuple[FactFile, ...]
    members: tuple[str, ...]  # keys of the small ones

    def packed(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Return keys with the large files in the small ones' place, if all of those are there."""
        keys = tuple(keys)
        rest = set(keys) - set(self.members)
        if len(rest) + len(self.members) > len(set(keys)):
            return keys
        return (*(file.key for file in self.files), *(key for key in keys if key in rest))

    def unpacked(self, keys: Iterable[str]) -> set[str]:
        """Return keys with the small files in the large ones' place."""
        large = {file.key for file in self.files}
        keys = set(keys)
        return keys - large | set(self.members) if large & keys else keys


class LateFiles(Model):
    """What came after an earlier period was closed: facts in `files` that aren't in `seen`."""

    period: Period
    files: tuple[FactFile, ...]
    seen: tuple[FactFile, ...]


class Manifest(Model):
    """What a report reads and says of itself; nothing else may reach the report's bytes."""

    # Rises when the same files would give other bytes: 2 has both journals, 3 all reports
    # there were, 4 those that came since, and each report in the merchant's language, 5 what
    # readers of those had mended.
    layout: int = 1
    merchant_id: str
    merchant_name: str
    period: Period
    is_closed: bool
    built_at: Instant
    files: tuple[FactFile, ...]
    late: tuple[LateFiles, ...] = ()
    # What was entered and the reports need beside facts, by report: contracts, marks, rates.
    inputs: dict[str, Any] = Field({}, exclude_if=operator.not_)
    is_imported: bool = Field(False, exclude_if=operator.not_)  # of before the books
    history: tuple[FactFile, ...] = Field((), exclude_if=operator.not_)  # rollups of earlier days
    payments: tuple[FactFile, ...] = Field((), exclude_if=operator.not_)  # theirs, one by one
    customers: tuple[FactFile, ...] = Field((), exclude_if=operator.not_)  # theirs, each with all

    @property
    def keys(self) -> set[str]:
        """Return every file this report has taken into account."""
        return {each.key for each in self.files} | {
            each.key for late in self.late for each in late.files
        }


class DayCounts(Model):
    """What a closed period came to in numbers; refunds and disputes mostly of earlier payments.

    A payment refunded in two parts is two refunds, and an inquiry that became a dispute is two
    disputes, so a mean made of these is rather too high.
    """

    payments: int  # with a capture
    refunds: int
    disputes: int

    @classmethod
    def of(cls, facts: dict[str, int], payments: int) -> Self:
        """Return the counts of a period's facts, each counted once, by name."""
        refunds, disputes = facts.get("RefundSucceeded", 0), facts.get("DisputeOpened", 0)
        return cls(payments=payments, refunds=refunds, disputes=disputes)


class ReportRun(Model):
    """One closed report: which manifest won, and the digests of what was made from it."""

    merchant_id: str
    period: PeriodKind = PeriodKind.DAILY
    day: str  # YYYY-MM-DD, the merchant's; the period's first
    window: str | None = None  # its name, of a window
    manifest_key: str
    is_finished: bool = False
    digests: dict[str, str] = Field(default_factory=dict)  # SHA-256 by document
    counts: DayCounts | None = None  # once finished; earlier versions of Kassa kept none
    rollup: FactFile | None = None  # of a day, once finished; earlier versions kept none either
    payments: FactFile | None = None  # likewise
    customers: FactFile | None = None  # of a day, since layout 4
    pdf_sha256: str | None = None  # of report.pdf, once it stands

    @property
    def name(self) -> str:
        """Return what the period is called."""
        return self.window or name_of(self.period, date.fromisoformat(self.day))

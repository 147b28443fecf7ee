"""The report of a period: what is requested, what it says, and what a builder answers."""

import operator
from datetime import datetime
from typing import Any, Self

from pydantic import Field, ValidationError

from kassa.archive.manifests import Manifest
from kassa.archive.tallies import Tally
from kassa.core.errors import InvalidRequest
from kassa.core.model import Model
from kassa.core.periods import Calendar, Period, PeriodKind
from kassa.reports.breakdown.breakdown import Breakdown
from kassa.reports.summary.accrual import Accrual, accrued, of_money
from kassa.reports.summary.summary import CurrencySummary, summarise

DOCUMENTS = ("report.html", "report.csv", "report.json")
MANIFEST = "manifest.json"  # beside the documents of all reports
BROKEN_DOWN = 3  # the first layout with a breakdown
PLACED = 4  # the first layout that breaks down by country, channel and product
SECOND_JOURNAL = 2  # the first layout with both journals
OTHERS = ("anomalies", "fees", "forecast")  # of the first layout with others
NEWER = ("gateways", "checkout", "automation")  # of the first that is placed
OF_MONTHS = ("recurring", "customers")  # likewise


class ReportRequest(Model):
    """A report that someone requests; `rebuild` makes a closed one again from its manifest."""

    day: str  # or which week, month or window: 2026-W47, 2026-11
    period: PeriodKind = PeriodKind.DAILY
    rebuild: bool = False
    anew: bool = False  # of a window: its next edition, if facts came late

    @classmethod
    def read(cls, event: dict[str, Any]) -> Self:
        """Read a request; raise InvalidRequest naming the field that is off."""
        try:
            return cls.model_validate(event)
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise InvalidRequest(f"{where}: {error.errors()[0]['msg']}") from error

    def begun(self, calendar: Calendar, now: datetime) -> Period:
        """Return the requested period; raise InvalidRequest while it is still to come."""
        period = Period.named(self.period, self.day, calendar.time_zone)
        if self.anew and not period.last:
            raise InvalidRequest("anew: only windows have editions; what is closed stays as it is")
        period.refuse_to_come(now)
        return period


class BuiltReport(Model):
    """Where a report's documents stand."""

    period: PeriodKind = PeriodKind.DAILY
    day: str  # as it was asked for
    is_closed: bool
    keys: dict[str, str]  # by document
    is_identical: bool | None = None  # after a rebuild: whether every byte is as before


class DueReports(Model):
    """What one run of the schedule did; the next goes on where there was more."""

    built: tuple[BuiltReport, ...]
    rolled_up: int  # days of an imported past


class Correction(Model):
    """What came after an earlier period's report was closed; no later report says it again."""

    day: str  # or the name of a week or month
    facts: int
    currencies: tuple[CurrencySummary, ...]
    accrual: tuple[Accrual, ...] | None = None  # none in the first layout


class Report(Model):
    """A period's transaction summary, as all of its documents say it."""

    merchant_id: str
    merchant_name: str
    period: Period
    is_closed: bool
    is_imported: bool = Field(False, exclude_if=operator.not_)  # of before the books
    built_at: str  # the manifest's, which alone has a time of its own
    facts: dict[str, int]  # each counted once, by name
    files: int
    currencies: tuple[CurrencySummary, ...]
    corrections: tuple[Correction, ...]
    accrual: tuple[Accrual, ...] | None = None  # none in the first layout
    breakdown: Breakdown | None = Field(None, exclude_if=lambda found: found is None)  # nor second
    layout: int = Field(BROKEN_DOWN, exclude_if=lambda layout: layout < PLACED)  # or an earlier one

    @classmethod
    def of(cls, manifest: Manifest, tally: Tally, late: list[Tally]) -> Self:
        """Return what a manifest's facts amount to; `late` tallies the manifest's late files."""
        return cls(
            layout=manifest.layout,
            merchant_id=manifest.merchant_id,
            merchant_name=manifest.merchant_name,
            period=manifest.period,
            is_closed=manifest.is_closed,
            is_imported=manifest.is_imported,
            built_at=f"{manifest.built_at:%Y-%m-%dT%H:%M:%SZ}",
            facts=tally.facts,
            files=len(manifest.files),
            corrections=tuple(
                Correction(
                    day=each.period.name,
                    facts=counted.count,
                    **_journals(manifest, each.period, counted),
                )
                for each, counted in zip(manifest.late, late, strict=True)
            ),
            **_journals(manifest, manifest.period, tally),
        )

    @property
    def others(self) -> tuple[str, ...]:
        """Return which reports its page leads to: those of its period that stand beside it."""
        if self.layout < PLACED:
            return OTHERS
        of_months = OF_MONTHS if self.period.kind is PeriodKind.MONTHLY else ()
        return (*OTHERS, *NEWER, *of_months)


def _journals(manifest: Manifest, period: Period, tally: Tally) -> dict[str, Any]:
    """Return both journals of a period; a report in the first layout has one, of all postings."""
    if manifest.layout < SECOND_JOURNAL:
        return {"currencies": summarise(tally, period)}
    currencies = summarise(of_money(tally), period)
    if manifest.is_imported:
        currencies = tuple(each.imported() for each in currencies)
    return {"currencies": currencies, "accrual": accrued(tally)}

"""Reports of a transaction summary alone, or few beside it: for tests of when and from what.

Each of the other reports asks the same facts a dozen questions more, which takes longer than all
that a schedule does. What they say is shown by their own tests.
"""

from typing import Any

import pytest

from kassa.archive.report_names import ReportName
from kassa.core.periods import PeriodKind
from kassa.reports import build_documents
from kassa.reports.anomalies import build_anomalies
from kassa.reports.contents import CONTENTS, contents_of


@pytest.fixture
def summary_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let periods have a summary, and beside it only what it is written from: no anomalies."""
    make_only(monkeypatch, ReportName.ANOMALIES)
    monkeypatch.setattr(build_anomalies, "find", lambda *_: [])


def only_months_have_all(patch: pytest.MonkeyPatch) -> None:
    """Let months have every report of theirs, and days and weeks a summary, as above."""
    find, all_of = build_anomalies.find, contents_of

    def find_in_months(facts: Any, cells: Any, *given: Any) -> list[Any]:
        is_monthly = cells.period.kind is PeriodKind.MONTHLY
        return find(facts, cells, *given) if is_monthly else []

    def all_in_months(layout: int, kind: PeriodKind) -> tuple[Any, ...]:
        own = tuple(all_of(layout, kind))
        if kind is PeriodKind.MONTHLY:
            return own
        return tuple(one for one in own if one is CONTENTS[ReportName.ANOMALIES])

    patch.setattr(build_anomalies, "find", find_in_months)
    patch.setattr(build_documents, "contents_of", all_in_months)


def make_only(patch: pytest.MonkeyPatch, *names: ReportName) -> None:
    """Let periods have a summary and, of the reports of their kind, only these."""
    made, all_of = [CONTENTS[name] for name in names], contents_of

    def some_of(*given: Any) -> tuple[Any, ...]:
        return tuple(one for one in all_of(*given) if one in made)

    patch.setattr(build_documents, "contents_of", some_of)

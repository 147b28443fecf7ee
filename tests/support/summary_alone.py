"""Reports of a transaction summary alone: for tests of when and from what a report is made.

Each of the other reports asks the same facts a dozen questions more, which takes longer than all
that a schedule does. What they say is shown by their own tests.
"""

from typing import Any

import pytest

from kassa.archive.report_names import ReportName
from kassa.reports import build_documents
from kassa.reports.anomalies import build_anomalies
from kassa.reports.contents import CONTENTS


@pytest.fixture
def summary_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let periods have a summary, and beside it only what it is written from: no anomalies."""

    def contents_of(*_: Any) -> tuple[Any]:
        return (CONTENTS[ReportName.ANOMALIES],)

    monkeypatch.setattr(build_documents, "contents_of", contents_of)
    monkeypatch.setattr(build_anomalies, "find", lambda *_: [])

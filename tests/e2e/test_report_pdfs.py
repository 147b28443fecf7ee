"""A report's PDF on the embedded stack: by its fact over bus and queue, and on request."""

import time
from datetime import UTC, datetime
from pathlib import Path

from typer.testing import CliRunner

from cli.main import app
from infra.demo.actors.people import Client, system
from infra.demo.result import Result
from infra.local import observed
from infra.stack import Stack
from infra.stack_clients import connect
from kassa.core.callers import Scope
from kassa.core.facts import Fact, FactMetadata
from kassa.core.money import Money
from kassa.deliveries.facts import ReportClosed
from kassa.platform.messaging import event_bus
from kassa.reports.localization import Texts
from tests.support.pdf_text import plain, text_of

WAITED_S, PAUSE_S = 120, 0.2


def closed(name: str, now: datetime) -> Fact[ReportClosed]:
    """Return the fact that says of a day's report that it is closed."""
    of = f"report-daily-{name}"
    return Fact[ReportClosed](
        metadata=FactMetadata(
            fact_id=f"{of}:{of}:ReportClosed", event_id=of, merchant_id="main", gateway="kassa",
            account="main", subject_kind="report", subject_id=of, version=1, booked_at=now,
        ),
        data=ReportClosed(
            object_id=of, occurred_at=now, amount=Money(amount_minor=0, currency="EUR"),
            period="daily", first_day=name, last_day=name,
            page_key=f"reports/main/daily/{name}/report.html",
        ),
    )  # fmt: skip


def listed(reader: Client, name: str) -> str:
    """Wait until a day's PDF is listed, and return the link to it."""
    until = time.monotonic() + WAITED_S
    while time.monotonic() < until:
        _, page = reader.get("/reports?period=daily")
        found = [one for one in page["reports"] if one["name"] == name]
        for document in (one for report in found for one in report["documents"]):
            if document["name"] == "report.pdf":
                return str(document["url"])
        time.sleep(PAUSE_S)
    raise AssertionError("nothing was typeset")


def test_a_report_is_typeset_by_its_fact_and_on_request(
    stack: Stack, result: Result, tmp_path: Path
) -> None:
    connect(stack)
    reader = system(stack, "reader of PDFs", Scope.REPORTS_READ)
    now = datetime.now(UTC)
    today = str(now.date())
    event_bus.publish([closed(today, now)] * 2)
    assert "report.pdf" in listed(reader, today)

    arguments = ["report", "daily", today, "--format", "pdf", "--to", str(tmp_path)]
    answer = CliRunner().invoke(app, arguments)
    assert answer.exit_code == 0, answer.output
    said, (_, report) = (
        text_of((tmp_path / "report.pdf").read_bytes()),
        reader.get(f"/reports/daily/{today}"),
    )
    assert len(report["currencies"]) > 1
    for each in report["currencies"]:
        amount = Texts("en").amount(abs(each["net"]["amount_minor"]), each["currency"])
        assert plain(amount) in said
    assert observed.dead_letters(stack) == {}

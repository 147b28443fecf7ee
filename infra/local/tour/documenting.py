"""The paper of the tour: an invoice for each payment, and today's report over all gateways."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

from infra.local import clockwork, observed
from infra.local.tour.cast import Cast
from infra.local.tour.outcome import TourOutcome

REPORTED = ("gross", "refunds", "disputes", "fees")


def with_documents(cast: Cast, outcome: TourOutcome, output: Path) -> TourOutcome:
    """Build today's report and fetch every document."""
    cast.tell("building today's report")
    today = clockwork.build_todays_report(cast.stack)
    shutil.rmtree(output, ignore_errors=True)
    report = observed.fetch(cast.stack, f"reports/main/daily/{today}/", output, "")
    return replace(
        outcome,
        invoices=observed.fetch(cast.stack, "invoices/", output, ".pdf"),
        report=report,
        reported=totals(next(path for path in report if path.name == "report.json")),
    )


def totals(report: Path) -> dict[str, dict[str, int]]:
    """Read a report's totals, by currency and by their names there."""
    return {
        one["currency"]: {name: one[name]["amount_minor"] for name in REPORTED}
        for one in json.loads(report.read_text())["currencies"]
    }

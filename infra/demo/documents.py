"""The paper of the demo: an invoice for each payment, its numbers certified, its reports."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from infra import certificates
from infra.demo import clockwork
from infra.demo.demo import Demo
from infra.demo.result import Certified, Result
from infra.local import observed

MERCHANT = "main"
MAILS = "mail"  # where the fake carriers put them
REPORTED = ("gross", "refunds", "disputes", "fees")


def with_documents(demo: Demo, result: Result, output: Path) -> Result:
    """Build today's report and the month's, and fetch every document."""
    demo.progress("building today's report")
    today = clockwork.build_todays_report(demo.stack)
    month = today[: len("2026-11")]
    clockwork.build_report(demo.stack, "monthly", month)
    demo.progress("fetching documents")
    for fetched in ("invoices", "reports"):  # mails lie beside them, and stay
        shutil.rmtree(output / fetched, ignore_errors=True)
    printed = observed.fetch(demo.stack, "invoices/", output, ".pdf")
    observed.fetch(demo.stack, "invoices/", output, ".json")
    report = observed.fetch(demo.stack, f"reports/main/daily/{today}/", output, "")
    monthly = observed.fetch(demo.stack, f"reports/main/monthly/{month}/", output, ".html")
    return replace(
        result,
        invoices=tuple(path for path in printed if not path.name.startswith("CN-")),
        credit_notes=tuple(path for path in printed if path.name.startswith("CN-")),
        einvoices=observed.fetch(demo.stack, "invoices/", output, ".xml"),
        certificates=tuple(_certified(output)),
        mails=tuple(sorted((output / MAILS).glob("*.eml"))),
        report=(*report, *monthly),
        reported=totals(next(path for path in report if path.name == "report.json")),
    )


def _certified(output: Path) -> Iterator[Certified]:
    """Write the certificate of each series that has documents, and verify it with them."""
    for folder in sorted(output.glob(f"invoices/{MERCHANT}/*")):
        path = folder / f"{folder.name}.jsonl"
        lines = certificates.certificate(MERCHANT, folder.name)
        path.write_text("".join(f"{line}\n" for line in lines))
        yield Certified(path, certificates.verified_file(path, folder))


def totals(report: Path) -> dict[str, dict[str, int]]:
    """Read a report's totals, by currency and by their names there."""
    return {
        one["currency"]: {name: one[name]["amount_minor"] for name in REPORTED}
        for one in json.loads(report.read_text())["currencies"]
    }

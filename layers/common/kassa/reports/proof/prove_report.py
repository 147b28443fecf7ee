"""Prove a closed report: have an engine that didn't make it add up the same facts' postings anew.

DuckDB made the report; Athena reads the small files by itself, and shares neither code nor rounding
with it. The facts are those the report was closed with: files that came later are left out, and one
that is gone is named. Nothing is written, but the query's result.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from kassa.archive import files as fact_files
from kassa.archive.files import Archived
from kassa.archive.manifests import Manifest
from kassa.archive.warehouse import sql_of
from kassa.core.errors import ReportNotFound
from kassa.core.periods import Period, PeriodKind
from kassa.platform import documents
from kassa.platform.settings import settings
from kassa.reports.proof.athena import Athena, QueryFailed, QueryUnanswered
from kassa.reports.proof.proof import Proof, compared
from kassa.reports.report import SECOND_JOURNAL
from kassa.reports.store import Reports

REPORT = "report.json"
TOTALS = Path(__file__).with_name("queries") / "totals.sql"


def prove_report(kind: PeriodKind, name: str, athena: Athena) -> Proof:
    """Return what Athena makes of a closed report's facts, beside what the report says.

    Raises ReportNotFound where none was closed, and what `Athena.answer` raises: then nothing is
    known of the report.
    """
    reports = Reports(settings().merchant_id, kind)
    run = reports.run(name)
    if run is None or not run.is_finished:
        raise ReportNotFound(f"no report of {name} is closed: only what is closed can be proven")
    manifest = reports.manifest(run)
    if manifest.layout < SECOND_JOURNAL:
        raise ReportNotFound(f"the report of {name} is of a release that kept one journal alone")
    archived = Archived.of([manifest.period], [manifest])
    named = archived.unpacked(file.key for file in manifest.files)
    there = {*archived.keys(manifest.period)}
    answer = athena.answer(query(manifest, there - named))
    document = documents.read(reports.keys_of(name, [REPORT])[REPORT])
    accounts = compared(json.loads(document), answer.rows)
    missing = tuple(sorted(named - there))
    if accounts and not answer.rows and not missing:
        raise QueryFailed("unknown: Athena saw no fact of the period in files that lie there")
    is_same = not any(each.difference_minor for each in accounts)
    if not is_same and _listed(manifest.period) - there:
        raise QueryUnanswered("unknown: facts were archived while Athena read them; try again")
    is_unchanged = hashlib.sha256(document).hexdigest() == run.digests[REPORT]
    return Proof(
        period=kind,
        name=name,
        is_proven=is_same and is_unchanged and not missing,
        accounts=accounts,
        is_unchanged=is_unchanged,
        files=len(named),
        missing_files=missing,
        later_files=len(there - named),
        query_id=answer.query_id,
        scanned_bytes=answer.scanned_bytes,
    )


def _listed(period: Period) -> set[str]:
    return {key for keys in fact_files.listed(period.utc_days).values() for key in keys}


def query(manifest: Manifest, later: Iterable[str]) -> str:
    """Return the query of a report's totals, as it is run: without files that came later."""
    period, bucket = manifest.period, settings().bucket_name
    days = period.utc_days
    later_files = [_text(f"s3://{bucket}/{key}") for key in sorted(later)]
    return sql_of(
        TOTALS,
        first_day=_text(str(days[0])),
        last_day=_text(str(days[-1])),
        merchant_id=_text(manifest.merchant_id),
        starts_at=_instant(period.starts_at),
        ends_at=_instant(period.ends_at),
        later_files=", ".join(later_files or [_text("")]),
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _instant(at: datetime) -> str:
    """Return an instant to the second, as the edges of all periods are."""
    return f"TIMESTAMP '{at:%Y-%m-%d %H:%M:%S}'"

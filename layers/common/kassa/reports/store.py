"""Reports kept: the run record in the table, which closes a day once, and the documents in S3."""

import hashlib
from collections.abc import Iterable
from datetime import date

from kassa.archive import runs as report_runs
from kassa.archive.manifests import DayCounts, Manifest, ReportRun
from kassa.core import stored
from kassa.core.errors import ReportNotFound
from kassa.platform import aws, table
from kassa.platform.settings import settings
from kassa.reports.documents import documents
from kassa.reports.finished import document_key
from kassa.reports.report import DOCUMENTS, Report

TYPES = {"html": "text/html; charset=utf-8", "csv": "text/csv; charset=utf-8"}


class Reports:
    """One merchant's daily reports."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def run(self, day: date) -> ReportRun | None:
        """Return a day's run record, or none if the day was never closed."""
        return self.runs([day]).get(day)

    def runs(self, days: Iterable[date]) -> dict[date, ReportRun]:
        """Return the run records of up to 100 days; days never closed are left out."""
        return report_runs.runs(self._merchant_id, days)

    def claim(self, manifest: Manifest) -> ReportRun:
        """Close a day with this manifest, or return the run that closed it before.

        Two builders may list the archive at different moments; whose record stands decides for
        both what the report is made of.
        """
        body = manifest_bytes(manifest)
        name = f"manifests/{hashlib.sha256(body).hexdigest()[:32]}.json"
        day = manifest.period.day
        key = self._put(day, name, body)
        run = ReportRun(merchant_id=self._merchant_id, day=str(day), manifest_key=key)
        record = report_runs.key(self._merchant_id, day)._asdict()
        if table.put_new(record | run.model_dump(exclude_none=True)):
            return run
        return self.run(day) or run

    def finish(self, run: ReportRun, digests: dict[str, str], counts: DayCounts) -> None:
        """Note that every document of a closed day is written, what was first, and its counts."""
        written = {"is_finished": True, "digests": digests, "counts": counts.model_dump()}
        key = report_runs.key(self._merchant_id, date.fromisoformat(run.day))
        unfinished = {"ConditionExpression": "#is_finished = :no", "values": {":no": False}}
        table.write("update_item", **table.setting(key, written, **unfinished))

    def manifest(self, run: ReportRun) -> Manifest:
        """Return the manifest a closed report was made from."""
        client = aws.client("s3")
        try:
            found = client.get_object(Bucket=settings().bucket_name, Key=run.manifest_key)
        except client.exceptions.NoSuchKey as error:
            raise ReportNotFound(f"the manifest of {run.day} is gone") from error
        return stored.read_text(Manifest, found["Body"].read())

    def keep(self, manifest: Manifest, report: Report) -> dict[str, str]:
        """Write a report's documents beside its manifest and return their digests."""
        made = {**documents(report), "manifest.json": manifest_bytes(manifest)}
        for name, body in made.items():
            self._put(manifest.period.day, name, body)
        return {name: hashlib.sha256(body).hexdigest() for name, body in made.items()}

    def keys_of(self, day: date) -> dict[str, str]:
        """Return where a day's documents stand."""
        return {name: document_key(self._merchant_id, day, name) for name in DOCUMENTS}

    def _put(self, day: date, name: str, body: bytes) -> str:
        key = document_key(self._merchant_id, day, name)
        aws.client("s3").put_object(
            Bucket=settings().bucket_name,
            Key=key,
            Body=body,
            ContentType=TYPES.get(name.rpartition(".")[2], "application/json"),
        )
        return key


def manifest_bytes(manifest: Manifest) -> bytes:
    """Return a manifest as it is stored; the same manifest gives the same bytes."""
    return stored.text(manifest, indent=1).encode()

"""Reports kept: the run record in the table, which closes a period once, the documents in S3."""

import hashlib
import tempfile
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from kassa.archive import files as fact_files
from kassa.archive import runs as report_runs
from kassa.archive.manifests import DayCounts, FactFile, Manifest, ReportRun
from kassa.archive.report_names import document_key
from kassa.archive.rollups import kept_of
from kassa.core import stored
from kassa.core.errors import ReportNotFound
from kassa.core.periods import PeriodKind
from kassa.platform import aws, keys, table
from kassa.platform.settings import settings
from kassa.reports.content import Source
from kassa.reports.report import MANIFEST

TYPES = {
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Reports:
    """One merchant's reports of one kind of period."""

    def __init__(self, merchant_id: str, kind: PeriodKind = PeriodKind.DAILY) -> None:
        self._merchant_id, self._kind = merchant_id, kind

    def run(self, name: str) -> ReportRun | None:
        """Return the run record of the period with a name, or none if it was never closed."""
        return self.named([name]).get(name)

    def named(self, names: Iterable[str]) -> dict[str, ReportRun]:
        """Return the run records of up to 100 periods by their names, but of those never closed."""
        return report_runs.named(self._merchant_id, names, self._kind)

    def runs(self, days: Iterable[date]) -> dict[date, ReportRun]:
        """Return the same of periods by their first days; of windows, several may share it."""
        return report_runs.runs(self._merchant_id, days, self._kind)

    def claim(self, manifest: Manifest) -> ReportRun:
        """Close a period with this manifest, or return the run that closed it before.

        Two builders may list the archive at different moments; whose record stands decides for
        both what the report is made of.
        """
        body = manifest_bytes(manifest)
        name = f"manifests/{hashlib.sha256(body).hexdigest()[:32]}.json"
        period = manifest.period
        run = ReportRun(
            merchant_id=self._merchant_id,
            period=self._kind,
            day=str(period.day),
            window=period.name if period.last else None,
            manifest_key=self._put(period.name, name, body),
        )
        record = keys.report_run(self._merchant_id, self._kind, period.name)._asdict()
        if table.put_new(record | run.model_dump(exclude_none=True)):
            return run
        return self.run(period.name) or run

    def finish(
        self,
        run: ReportRun,
        digests: dict[str, str],
        counts: DayCounts,
        kept: Mapping[str, FactFile],
    ) -> None:
        """Note that a closed period's documents are written, what was first, and its counts."""
        written = {"is_finished": True, "digests": digests, "counts": counts.model_dump()}
        written |= {name: file.model_dump() for name, file in kept.items()}
        key = keys.report_run(self._merchant_id, self._kind, run.name)
        unfinished = {"ConditionExpression": "#is_finished = :no", "values": {":no": False}}
        table.write("update_item", **table.setting(key, written, **unfinished))

    def manifest(self, run: ReportRun) -> Manifest:
        """Return the manifest a closed report was made from."""
        client = aws.client("s3")
        try:
            found = client.get_object(Bucket=settings().bucket_name, Key=run.manifest_key)
        except client.exceptions.NoSuchKey as error:
            raise ReportNotFound(f"the manifest of {run.name} is gone") from error
        return stored.read_text(Manifest, found["Body"].read())

    def keep(self, manifest: Manifest, made: dict[str, bytes]) -> dict[str, str]:
        """Write a period's documents beside its manifest and return the digests of all."""
        kept = {**made, MANIFEST: manifest_bytes(manifest)}
        for name, body in kept.items():
            self._put(manifest.period.name, name, body)
        return {name: hashlib.sha256(body).hexdigest() for name, body in kept.items()}

    def keep_day(self, source: Source) -> dict[str, FactFile]:
        """Write what later reports read of a closed day, or find what was written first.

        Nothing of longer periods: they are read off their days.
        """
        if self._kind is not PeriodKind.DAILY:
            return {}
        period = source.manifest.period
        late = zip((one.period for one in source.manifest.late), source.late, strict=True)
        with tempfile.TemporaryDirectory() as path:
            kept = kept_of(Path(path), [(period, source.facts), *late], period.day)
            return {
                name: fact_files.put_once(self._key(period.name, f"{name}.parquet"), file)
                for name, file in kept.items()
            }

    def keys_of(self, period: str, names: Iterable[str]) -> dict[str, str]:
        """Return where the documents of the period with a name stand."""
        return {name: self._key(period, name) for name in names}

    def _key(self, period: str, name: str) -> str:
        return document_key(self._merchant_id, self._kind, period, name)

    def _put(self, period: str, name: str, body: bytes) -> str:
        key = self._key(period, name)
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

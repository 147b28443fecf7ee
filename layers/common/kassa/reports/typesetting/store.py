"""A report's PDF beside its other documents: what it is made of, and how it is kept once."""

import hashlib
from typing import NamedTuple

from botocore.exceptions import ClientError

from kassa.archive import runs
from kassa.archive.manifests import Manifest, ReportRun
from kassa.archive.report_names import PDF, ReportName, document_key, document_of, kinds_of
from kassa.core import stored
from kassa.core.errors import ArchiveChanged, StaleWrite
from kassa.core.periods import PeriodKind
from kassa.platform import aws, documents, keys, table
from kassa.platform.settings import settings

_OVERTAKEN = ("PreconditionFailed", "ConditionalRequestConflict")
_ABSENT = ("404", "NoSuchKey")


class Place(NamedTuple):
    """Where a report stands: whose, of which kind of period, and what that is called."""

    merchant_id: str
    kind: PeriodKind
    period: str  # such as 2026-11

    def key(self, name: str) -> str:
        """Return where a document of the report stands."""
        return document_key(self.merchant_id, self.kind, self.period, name)


def run_of(place: Place) -> ReportRun | None:
    """Return the run record of a report, or none while it isn't closed."""
    return runs.named(place.merchant_id, [place.period], place.kind).get(place.period)


def manifest_of(place: Place, run: ReportRun | None) -> Manifest | None:
    """Return the manifest a report was made from, or none where no report was built."""
    body = documents.find(run.manifest_key if run else place.key("manifest.json"))
    return stored.read_text(Manifest, body) if body is not None else None


def pages_of(place: Place, run: ReportRun | None) -> dict[ReportName, bytes]:
    """Return a report's pages, the summary first.

    Of a closed report they are those whose digests its run keeps; raises ArchiveChanged where
    another page stands there just now.
    """
    names = {name: document_of(name, "html") for name in ReportName if place.kind in kinds_of(name)}
    if run is not None:
        names = {name: document for name, document in names.items() if document in run.digests}
    found = {name: documents.find(place.key(document)) for name, document in names.items()}
    if run is not None:
        off = [names[of] for of, body in found.items() if not _is_closed(names[of], body, run)]
        if off:
            raise ArchiveChanged(f"{', '.join(off)} of {run.name} isn't as it was closed")
    return {name: body for name, body in found.items() if body is not None}


def mark_of(place: Place) -> str | None:
    """Return what tells the PDF that stands from every other one, or none where there is none."""
    try:
        found = aws.client("s3").head_object(Bucket=settings().bucket_name, Key=place.key(PDF))
    except ClientError as error:
        if error.response["Error"]["Code"] not in _ABSENT:
            raise
        return None
    return str(found["ETag"])


def replace(place: Place, pdf: bytes, mark: str | None) -> None:
    """Put a PDF where the marked one stands, or none; raise StaleWrite if that changed since."""
    condition = {"IfMatch": mark} if mark else {"IfNoneMatch": "*"}
    try:
        aws.client("s3").put_object(
            Bucket=settings().bucket_name,
            Key=place.key(PDF),
            Body=pdf,
            ContentType="application/pdf",
            **condition,
        )
    except ClientError as error:
        if error.response["Error"]["Code"] not in _OVERTAKEN:
            raise
        raise StaleWrite("another PDF of the report was stored meanwhile") from error


def note_pdf(place: Place, pdf: bytes) -> None:
    """Note on a closed report that its PDF stands, with its digest; what was noted first stays."""
    of = keys.report_run(place.merchant_id, place.kind, place.period)
    sets = {"pdf_sha256": hashlib.sha256(pdf).hexdigest()}
    unnoted = "attribute_not_exists(pdf_sha256)"
    table.write("update_item", **table.setting(of, sets, ConditionExpression=unnoted))


def _is_closed(name: str, body: bytes | None, run: ReportRun) -> bool:
    return body is not None and hashlib.sha256(body).hexdigest() == run.digests[name]

"""The archive of facts in the bucket: one Parquet file a batch and UTC day of booking.

Files are only ever added. A batch that comes back lands on its own file; a fact received again in
another batch lies in two files, and whoever reads counts it once.
"""

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from kassa.archive import warehouse
from kassa.archive.manifests import FactFile
from kassa.core import stored
from kassa.core.errors import ArchiveChanged, ArchiveTooLarge
from kassa.core.facts import Fact
from kassa.platform import aws
from kassa.platform.settings import settings

PREFIX = "facts/day="
IMPORTED = "facts/imported/day="  # by the day on which it happened, since none was booked then
FETCHES = 8  # at once; a day of a million payments lies in hundreds of small files
CHUNK = 1 << 20
LEFT_FREE = 256 << 20  # bytes, for what is counted and doesn't fit in memory


def add(place: tuple[str, date], facts: Sequence[Fact[Any]]) -> str:
    """Archive facts under a prefix and a UTC day and return where; the same are added once."""
    lines = "\n".join(stored.text(fact) for fact in facts)
    prefix, day = place
    key = f"{prefix}{day}/{hashlib.sha256(lines.encode()).hexdigest()[:32]}.parquet"
    _put_new(key, warehouse.to_parquet(facts))
    return key


def put_once(key: str, body: bytes) -> FactFile:
    """Write a file that stays for good, and return what stands there: this, or what was first.

    Another version of DuckDB would write the same rows as other bytes.
    """
    if not _put_new(key, body):
        stored = aws.client("s3").get_object(Bucket=settings().bucket_name, Key=key)
        body = stored["Body"].read()
    return FactFile(key=key, sha256=hashlib.sha256(body).hexdigest(), size=len(body))


def _put_new(key: str, body: bytes) -> bool:
    try:
        aws.client("s3").put_object(
            Bucket=settings().bucket_name, Key=key, Body=body, IfNoneMatch="*"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise
        return False
    return True


def listed(days: Iterable[date]) -> dict[date, tuple[str, ...]]:
    """Return the files of each UTC day, in order."""
    return {day: tuple(_keys(f"{PREFIX}{day}/")) for day in days}


def first_day() -> date | None:
    """Return the UTC day of the oldest file, if there is any."""
    key = next(_keys(PREFIX, limit=1), None)
    return date.fromisoformat(key.removeprefix(PREFIX)[:10]) if key else None


def _keys(prefix: str, limit: int = 1000) -> Iterator[str]:
    arguments = {"Bucket": settings().bucket_name, "Prefix": prefix, "MaxKeys": limit}
    while True:
        page = aws.client("s3").list_objects_v2(**arguments)
        yield from (each["Key"] for each in page.get("Contents", []))
        if not page.get("IsTruncated"):
            return
        arguments["ContinuationToken"] = page["NextContinuationToken"]


class FactFolder:
    """Local copies of archived files, fetched once each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, FactFile] = {}

    def fetch(self, keys: Iterable[str]) -> tuple[FactFile, ...]:
        """Bring files here and return what they are, in the order asked for."""
        keys = tuple(keys)
        missing = [key for key in keys if key not in self._files]
        aws.client("s3")  # made here, since making one isn't safe in threads
        with ThreadPoolExecutor(FETCHES) as fetching:
            for file in fetching.map(self._fetch, missing):
                self._files[file.key] = file
        return tuple(self._files[key] for key in keys)

    def paths(self, files: Iterable[FactFile]) -> list[Path]:
        """Return where the files lie, fetching what isn't here and refusing what changed."""
        files = tuple(files)
        for named, found in zip(files, self.fetch(each.key for each in files), strict=True):
            if named != found:
                raise ArchiveChanged(f"{named.key} is no longer what the manifest says")
        return [self._path(each.key) for each in files]

    def forget(self, keys: Iterable[str]) -> None:
        """Remove local copies, so that months of files needn't fit at once."""
        for key in keys:
            if self._files.pop(key, None):
                self._path(key).unlink()

    def _path(self, key: str) -> Path:
        return self._folder / key.replace("/", "_")

    def _fetch(self, key: str) -> FactFile:
        stored = aws.client("s3").get_object(Bucket=settings().bucket_name, Key=key)
        if shutil.disk_usage(self._folder).free < stored["ContentLength"] + LEFT_FREE:
            raise ArchiveTooLarge(
                f"{key} doesn't fit beside {len(self._files)} files of the report: build it with"
                " more EphemeralStorage"
            )
        digest, size = hashlib.sha256(), 0
        with self._path(key).open("wb") as file:
            for chunk in stored["Body"].iter_chunks(CHUNK):
                digest.update(chunk)
                size += file.write(chunk)
        return FactFile(key=key, sha256=digest.hexdigest(), size=size)

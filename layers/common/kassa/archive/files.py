"""The archive of facts in the bucket: one Parquet file a batch and UTC day of booking.

Files are only ever added; those of a UTC day that is over are written again as few large ones,
beside them. A batch that comes back lands on its own file; a fact received again in
another batch lies in two files, and whoever reads counts it once.
"""

import hashlib
import shutil
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Self

from botocore.exceptions import ClientError

from kassa.archive import warehouse
from kassa.archive.manifests import Compacted, FactFile, Manifest
from kassa.archive.runs import PREFIX, sizes
from kassa.core import stored
from kassa.core.errors import ArchiveChanged, ArchiveTooLarge
from kassa.core.facts import Fact
from kassa.core.periods import Period
from kassa.platform import aws
from kassa.platform.settings import settings

IMPORTED = "facts/imported/day="  # by the day on which it happened, since none was booked then
COMPACTED = "facts/compacted/day="
FETCHES = 8  # at once; a day of a million payments lies in hundreds of small files
CHUNK = 1 << 20
LEFT_FREE = 256 << 20  # bytes, for what is counted and doesn't fit in memory
NUMBERS = 2  # files to one of what is counted of them, which lies beside them


def add(place: tuple[str, date], facts: Sequence[Fact[Any]]) -> str:
    """Archive facts under a prefix and a UTC day and return where; the same are added once."""
    lines = "\n".join(stored.text(fact) for fact in facts)
    prefix, day = place
    key = f"{prefix}{day}/{hashlib.sha256(lines.encode()).hexdigest()[:32]}.parquet"
    put_new(key, warehouse.to_parquet(facts))
    return key


def put_once(key: str, path: Path) -> FactFile:
    """Write a file that stays for good, and return what stands there: this, or what was first.

    Another version of DuckDB would write the same rows as other bytes. A large day's
    files don't fit in memory, so this is read from disk.
    """
    with path.open("rb") as body:
        if put_new(key, body):
            body.seek(0)
            return _file(key, body)
    found = aws.client("s3").get_object(Bucket=settings().bucket_name, Key=key)
    return _file(key, found["Body"])


def _file(key: str, body: BinaryIO) -> FactFile:
    digest, size = hashlib.sha256(), 0
    while chunk := body.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return FactFile(key=key, sha256=digest.hexdigest(), size=size)


def put_new(key: str, body: bytes | BinaryIO) -> bool:
    """Write an object unless there is one, and say whether it was written."""
    try:
        aws.client("s3").put_object(
            Bucket=settings().bucket_name, Key=key, Body=body, IfNoneMatch="*"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise
        return False
    return True


def listed(days: Iterable[date], prefix: str = PREFIX) -> dict[date, tuple[str, ...]]:
    """Return the files of each UTC day, in order: of those booked then, or of those imported."""
    return {day: tuple(key for key, _ in sizes(f"{prefix}{day}/")) for day in days}


def compacted(days: Iterable[date]) -> dict[date, Compacted]:
    """Return what stands in place of the files of those UTC days that were compacted."""
    found = {}
    for day in days:
        try:
            found[day] = stored.read_text(Compacted, _get(index_key(day)))
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
    return found


def index_key(day: date) -> str:
    """Return the key of what says how a UTC day was compacted."""
    return f"{COMPACTED}{day}/index.json"


def compacted_key(day: date, path: Path) -> str:
    """Return the key of a large file of a UTC day, named after what is in it."""
    with path.open("rb") as body:
        digest = hashlib.file_digest(body, "sha256").hexdigest()
    return f"{COMPACTED}{day}/{digest[:32]}.parquet"


def _get(key: str) -> bytes:
    body: bytes = aws.client("s3").get_object(Bucket=settings().bucket_name, Key=key)["Body"].read()
    return body


class Archived(NamedTuple):
    """What lies in the archive of some UTC days, and which of it was compacted."""

    listed: Mapping[date, tuple[str, ...]]  # small files
    large: Mapping[date, Compacted]

    @classmethod
    def of(cls, periods: Iterable[Period], manifests: Iterable[Manifest] = ()) -> Self:
        """List the archive of periods, and look up what manifests name of compacted days."""
        days = sorted({day for period in periods for day in period.utc_days})
        named = {key for manifest in manifests for key in manifest.keys}
        large = {key.removeprefix(COMPACTED)[:10] for key in named if key.startswith(COMPACTED)}
        return cls(listed(days), compacted({*days, *map(date.fromisoformat, large)}))

    def keys(self, period: Period) -> tuple[str, ...]:
        """Return the small files of a period."""
        return tuple(key for day in period.utc_days for key in self.listed[day])

    def packed(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Return keys with large files in the small ones' place, where all of those are there."""
        keys = tuple(keys)
        for day in sorted(self.large):
            keys = self.large[day].packed(keys)
        return keys

    def unpacked(self, keys: Iterable[str]) -> set[str]:
        """Return keys with small files in the large ones' place."""
        keys = set(keys)
        for each in self.large.values():
            keys = each.unpacked(keys)
        return keys


class FactFolder:
    """Local copies of archived files, fetched once each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, FactFile] = {}
        self._bytes = 0

    def fetch(self, keys: Iterable[str]) -> tuple[FactFile, ...]:
        """Bring files here and return what they are, in the order asked for."""
        keys = tuple(keys)
        missing = [key for key in keys if key not in self._files]
        aws.client("s3")  # made here, since making one isn't safe in threads
        with ThreadPoolExecutor(FETCHES) as fetching:
            for file in fetching.map(self._fetch, missing):
                self._files[file.key] = file
                self._bytes += file.size
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
            if file := self._files.pop(key, None):
                self._bytes -= file.size
                self._path(key).unlink()

    def _path(self, key: str) -> Path:
        return self._folder / key.replace("/", "_")

    def _fetch(self, key: str) -> FactFile:
        stored = aws.client("s3").get_object(Bucket=settings().bucket_name, Key=key)
        needed = stored["ContentLength"] + LEFT_FREE + self._bytes // NUMBERS
        if shutil.disk_usage(self._folder).free < needed:
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

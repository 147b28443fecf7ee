"""Live tallies in the bucket: one object a quarter, replaced only on the one that was read."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from botocore.exceptions import ClientError

from kassa.archive import quarters
from kassa.archive.quarters import QuarterTally
from kassa.core import stored
from kassa.core.errors import StaleWrite
from kassa.platform import aws
from kassa.platform.settings import settings

PREFIX = "live/"
FETCHES = 8  # at once
_OVERTAKEN = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey")


class Read(NamedTuple):
    """A quarter's tally as it stood, the facts counted in it, and the mark of that reading."""

    tally: QuarterTally
    known: set[bytes]
    mark: str | None  # none where nothing stood


def read(starts_at: datetime) -> Read:
    """Read a quarter, to be replaced."""
    s3, bucket = aws.client("s3"), settings().bucket_name
    try:
        found = s3.get_object(Bucket=bucket, Key=_key(starts_at))
    except s3.exceptions.NoSuchKey:
        return Read(QuarterTally(), set(), None)
    tally = stored.read_text(QuarterTally, found["Body"].read())
    known = s3.get_object(Bucket=bucket, Key=tally.known_key)["Body"].read()
    return Read(tally, quarters.split(known), found["ETag"])


def replace(starts_at: datetime, before: Read, after: QuarterTally, known: set[bytes]) -> None:
    """Put a quarter's tally in the place of the one read; raise StaleWrite if it was replaced.

    What it says of counted facts stands first, under a name of its own: a crash between the two
    leaves what nobody reads.
    """
    digests = b"".join(sorted(known))
    name = sha256(digests).hexdigest()[:32]
    known_key = f"{PREFIX}{settings().merchant_id}/known/{_named(starts_at)}/{name}"
    s3, bucket = aws.client("s3"), settings().bucket_name
    s3.put_object(Bucket=bucket, Key=known_key, Body=digests)
    body = stored.text(after.model_copy(update={"known_key": known_key}))
    condition = {"IfMatch": before.mark} if before.mark else {"IfNoneMatch": "*"}
    try:
        s3.put_object(Bucket=bucket, Key=_key(starts_at), Body=body.encode(), **condition)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _OVERTAKEN:
            raise
        raise StaleWrite(f"another batch was counted in {_named(starts_at)} meanwhile") from error


def tallies(days: Iterable[date]) -> dict[datetime, QuarterTally]:
    """Return the tallies of some UTC days, by where their quarters begin.

    One that was read before and wasn't replaced since isn't fetched again.
    """
    prefixes = [f"{PREFIX}{settings().merchant_id}/tallies/{day}T" for day in days]
    marks = {key: mark for prefix in prefixes for key, mark in _listed(prefix)}
    with ThreadPoolExecutor(FETCHES) as fetching:
        found = fetching.map(_tally, marks, marks.values())
        return {_starts_at(key): tally for key, tally in zip(marks, found, strict=True)}


def _listed(prefix: str) -> list[tuple[str, str]]:
    page = aws.client("s3").list_objects_v2(Bucket=settings().bucket_name, Prefix=prefix)
    return [(one["Key"], one["ETag"]) for one in page.get("Contents", [])]  # 96 at most


@lru_cache(2 * 96)
def _tally(key: str, mark: str) -> QuarterTally:
    """Fetch a tally; a newer one than was listed will do as well, since it is one of its past."""
    found = aws.client("s3").get_object(Bucket=settings().bucket_name, Key=key)
    return stored.read_text(QuarterTally, found["Body"].read())


def _key(starts_at: datetime) -> str:
    return f"{PREFIX}{settings().merchant_id}/tallies/{_named(starts_at)}.json"


def _named(starts_at: datetime) -> str:
    return f"{starts_at:%Y-%m-%dT%H-%M}"


def _starts_at(key: str) -> datetime:
    name = key.rpartition("/")[2].removesuffix(".json")
    return datetime.strptime(f"{name}+0000", "%Y-%m-%dT%H-%M%z")

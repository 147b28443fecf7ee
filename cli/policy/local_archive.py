"""A copy of the archive of facts in a folder, in the bucket's place.

`aws s3 sync s3://<bucket>/facts FOLDER` makes one; whoever tries policies on a long history needs
to bring it only once.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

PREFIX = "facts/"


class _Body(io.FileIO):
    """An object's body as botocore streams it."""

    def iter_chunks(self, size: int) -> Iterator[bytes]:
        """Yield the body in pieces."""
        with self:
            yield from iter(lambda: self.read(size), b"")


class LocalArchive:
    """The two calls that reading facts makes to its bucket."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def list_objects_v2(self, Prefix: str, **_: Any) -> dict[str, Any]:
        """List all files of a day."""
        day = self._folder / Prefix.removeprefix(PREFIX)
        contents = [
            {
                "Key": f"{PREFIX}{path.relative_to(self._folder).as_posix()}",
                "Size": path.stat().st_size,
            }
            for path in sorted(day.rglob("*.parquet"))
        ]
        return {"Contents": contents}

    def get_object(self, Key: str, **_: Any) -> dict[str, Any]:
        """Open a file; raise as the bucket does where there is none."""
        path = self._folder / Key.removeprefix(PREFIX)
        if not path.exists():
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return {"Body": _Body(path), "ContentLength": path.stat().st_size}

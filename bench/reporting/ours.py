"""The deployed function's own handler, with a folder for a bucket and a dictionary for a table."""

import io
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any, BinaryIO

from botocore.exceptions import ClientError

from bench.reporting.day import DAY
from bench.reporting.measured import peak_kib, print_gross
from bench.reporting.phases import measure_reports


class Body(io.FileIO):
    """An object's body as botocore streams it."""

    def iter_chunks(self, size: int) -> Any:
        """Yield the body in pieces."""
        return iter(lambda: self.read(size), b"")


class Bucket:
    """The four calls a report makes to its bucket."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def list_objects_v2(self, Prefix: str, **_: Any) -> dict[str, Any]:
        """List all keys below a prefix."""
        begun = sorted(self._folder.glob(f"{Prefix}*"))
        found = [path for each in begun for path in sorted(each.rglob("*")) or [each]]
        found = [path for path in found if path.is_file()]
        contents = [
            {"Key": str(each.relative_to(self._folder)), "Size": each.stat().st_size}
            for each in found
        ]
        return {"Contents": contents}

    def get_object(self, Key: str, **_: Any) -> dict[str, Any]:
        """Open an object."""
        path = self._folder / Key
        if not path.exists():
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return {"Body": Body(path), "ContentLength": path.stat().st_size}

    def put_object(self, Key: str, Body: bytes | BinaryIO, **_: Any) -> None:
        """Write an object."""
        (self._folder / Key).parent.mkdir(parents=True, exist_ok=True)
        with (self._folder / Key).open("wb") as file:
            shutil.copyfileobj(io.BytesIO(Body) if isinstance(Body, bytes) else Body, file)


class Table:
    """A table that nothing was ever kept in."""

    def get_item(self, **_: Any) -> dict[str, Any]:
        """Find nothing."""
        return {}

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:
        """Find nothing."""
        return {"Responses": {key: [] for key in RequestItems}}

    def query(self, **_: Any) -> dict[str, Any]:
        """Find nothing."""
        return {"Items": []}

    def put_item(self, **_: Any) -> None:
        """Take anything."""

    def update_item(self, **_: Any) -> dict[str, Any]:
        """Take any change."""
        return {}


class Bus:
    """A bus that takes every fact."""

    def put_events(self, Entries: list[dict[str, str]]) -> dict[str, Any]:
        """Take facts."""
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in Entries]}


class Context:
    """What the handler reads of its invocation."""

    function_name = memory_limit_in_mb = invoked_function_arn = aws_request_id = "bench"


class Hours:
    """A clock that stands where the day may be closed."""

    def now(self) -> Any:
        """Return that instant."""
        return DAY.closes_at


def main(folder: str) -> None:
    """Build the day's report as the schedule would, and say what each report of it took."""
    os.environ |= {
        "MERCHANT_TIME_ZONE": DAY.time_zone,
        "TABLE_NAME": "t",
        "BUCKET_NAME": "b",
        "BUS_NAME": "b",
    }
    from functions.build_report.app import lambda_handler
    from kassa.platform import aws, clock

    phases = measure_reports()
    aws.install({"s3": Bucket(folder), "dynamodb": Table(), "events": Bus()})
    clock.install(Hours())  # type: ignore[arg-type]
    built = lambda_handler({"day": str(DAY.day)}, Context())  # type: ignore[arg-type]
    report = json.loads(Path(folder, built["keys"]["report.json"]).read_text())
    gross = {each["currency"]: each["gross"]["amount_minor"] for each in report["currencies"]}
    peak_mib = max(phases.peak_mib, peak_kib() / 1024)
    print_gross(gross, reports=phases.taken, peak_mib=peak_mib)


if __name__ == "__main__":
    main(*sys.argv[1:])

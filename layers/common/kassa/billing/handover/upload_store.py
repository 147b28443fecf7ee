"""The archive in the bucket: uploaded in parts, resumed by whoever comes next, written once.

Beside it stands what was uploaded so far, an object for each part, put only where none stands. A
builder that finds another's has lost the race and stops. An upload that is gone (S3 keeps one that
nobody finishes for a day) or whose parts aren't what was noted is given up, and begun anew.
"""

import zlib
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from botocore.exceptions import ClientError

from kassa.billing.handover.manifest import Noted
from kassa.billing.handover.month import Month
from kassa.core import stored
from kassa.core.errors import StaleWrite
from kassa.core.model import Model
from kassa.platform import aws, documents
from kassa.platform.settings import settings

JSON, ZIP = "application/json", "application/zip"
CHECKSUM = "CRC32"  # said at each step: S3 refuses to complete what says it at some alone
_GONE = {"NoSuchUpload", "InvalidPart", "InvalidPartOrder", "ConditionalRequestConflict"}


class _Begun(Model):
    """An upload that was begun."""

    upload_id: str


class _Part(Model):
    """A part that was uploaded, as S3 wants it named."""

    etag: str
    crc32: str  # base64 of its four bytes


class _Uploaded(Model):
    """A part that was uploaded, and what is in it."""

    part: _Part
    noted: Noted


class HandoverUpload:
    """The archive of one merchant's month."""

    def __init__(self, merchant_id: str, month: Month) -> None:
        self.key = f"handovers/{merchant_id}/{month}.zip"
        self._progress = f"handovers/{merchant_id}/{month}.progress/"
        self._attempt = 1
        self._upload_id = ""
        self._parts: list[_Part] = []

    @property
    def is_built(self) -> bool:
        """Whether the archive stands; then it is never written again."""
        try:
            aws.client("s3").head_object(Bucket=settings().bucket_name, Key=self.key)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
                raise
            return False
        return True

    def noted(self) -> Sequence[Noted]:
        """Return what was uploaded so far, in its order, and go on with that upload."""
        names = _listed(self._progress)
        while f"{self._attempt}/given-up.json" in names:
            self._attempt += 1
        if f"{self._attempt}/00000.json" not in names:
            self._begin()
        self._upload_id = stored.read_text(_Begun, _read(self._noting(0))).upload_id
        parts: list[_Uploaded] = []
        while f"{self._attempt}/{len(parts) + 1:05d}.json" in names:
            body = _read(self._noting(len(parts) + 1))
            parts.append(stored.read_text(_Uploaded, body))
        self._parts = [one.part for one in parts]
        return [one.noted for one in parts]

    def write(self, part: bytes) -> None:
        """Upload the next part."""
        crc32 = b64encode(zlib.crc32(part).to_bytes(4, "big")).decode()
        number = len(self._parts) + 1
        answer = self._asked("upload_part", PartNumber=number, Body=part, ChecksumCRC32=crc32)
        self._parts.append(_Part(etag=answer["ETag"], crc32=crc32))

    def note(self, noted: Noted) -> None:
        """Note what is in the part that was uploaded last; raise StaleWrite where others did."""
        uploaded = _Uploaded(part=self._parts[-1], noted=noted)
        body = stored.text(uploaded).encode()
        key = self._noting(len(self._parts))
        if documents.store(key, body, JSON) != sha256(body).hexdigest():
            raise StaleWrite(f"another builder is at {self.key}")

    def finish(self) -> None:
        """Let the archive stand, unless one stands already.

        S3 takes `If-None-Match: *` here as with a put (User Guide, "Conditional requests"): 412
        where the key is taken. 409, where another write came between, ends the upload: it is begun
        anew.
        """
        parts = [
            {"PartNumber": number, "ETag": one.etag, "ChecksumCRC32": one.crc32}
            for number, one in enumerate(self._parts, start=1)
        ]
        try:
            self._asked(
                "complete_multipart_upload", MultipartUpload={"Parts": parts}, IfNoneMatch="*"
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise

    def _begin(self) -> None:
        """Begin an upload; whose is noted first is everybody's."""
        created = aws.client("s3").create_multipart_upload(
            Bucket=settings().bucket_name,
            Key=self.key,
            ContentType=ZIP,
            ChecksumAlgorithm=CHECKSUM,
        )
        begun = stored.text(_Begun(upload_id=created["UploadId"])).encode()
        documents.store(self._noting(0), begun, JSON)

    def _asked(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """Ask for a step of the upload; give it up where it is gone."""
        where = {"Bucket": settings().bucket_name, "Key": self.key, "UploadId": self._upload_id}
        try:
            answer: dict[str, Any] = getattr(aws.client("s3"), operation)(**where, **arguments)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in _GONE:
                raise
            documents.store(f"{self._progress}{self._attempt}/given-up.json", b"{}", JSON)
            raise StaleWrite(f"the upload of {self.key} was given up: {code}") from error
        return answer

    def _noting(self, number: int) -> str:
        return f"{self._progress}{self._attempt}/{number:05d}.json"


def _listed(prefix: str) -> set[str]:
    pages = aws.client("s3").get_paginator("list_objects_v2")
    found = pages.paginate(Bucket=settings().bucket_name, Prefix=prefix)
    listed = (one["Key"] for page in found for one in page.get("Contents", []))
    return {key.removeprefix(prefix) for key in listed}


def _read(key: str) -> bytes:
    stands = aws.client("s3").get_object(Bucket=settings().bucket_name, Key=key)
    body: bytes = stands["Body"].read()
    return body

"""Documents kept for good: each is written once, and whoever comes later gets what stands."""

import hashlib
from collections.abc import Iterator

from botocore.exceptions import ClientError

from kassa.platform import aws
from kassa.platform.settings import settings

LINK_S = 300  # how long a link to a document opens it


def link(key: str) -> str:
    """Return an address that opens a document for five minutes, for whoever has it."""
    where = {"Bucket": settings().bucket_name, "Key": key}
    return str(
        aws.client("s3").generate_presigned_url("get_object", Params=where, ExpiresIn=LINK_S)
    )


def store(key: str, content: bytes, content_type: str = "application/pdf") -> str:
    """Store a document unless one stands there already; return the SHA-256 of what stands.

    A release may typeset the same invoice to other bytes. The first document may have been
    sent by then, so it is never replaced.
    """
    s3 = aws.client("s3")
    try:
        s3.put_object(
            Bucket=settings().bucket_name,
            Key=key,
            Body=content,
            ContentType=content_type,
            IfNoneMatch="*",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise
        content = s3.get_object(Bucket=settings().bucket_name, Key=key)["Body"].read()
    return hashlib.sha256(content).hexdigest()


def read(key: str) -> bytes:
    """Return a document that stands."""
    found = aws.client("s3").get_object(Bucket=settings().bucket_name, Key=key)
    content: bytes = found["Body"].read()
    return content


def find(key: str) -> bytes | None:
    """Return a document, or none where there is none."""
    try:
        return read(key)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        return None


def records(form: str = "json") -> Iterator[bytes]:
    """Yield the record of every document that was issued, in the order of their names.

    `void.json` are the records of those that are void.
    """
    s3, bucket = aws.client("s3"), settings().bucket_name
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="invoices/")
    for key in (one["Key"] for page in pages for one in page.get("Contents", [])):
        if key.rpartition("/")[2].partition(".")[2] == form:
            content: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            yield content

"""Documents kept for good: each is written once, and whoever comes later is told what stands."""

import hashlib

from botocore.exceptions import ClientError

from kassa.adapters import aws
from kassa.settings import settings


def store(key: str, content: bytes) -> str:
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
            ContentType="application/pdf",
            IfNoneMatch="*",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise
        content = s3.get_object(Bucket=settings().bucket_name, Key=key)["Body"].read()
    return hashlib.sha256(content).hexdigest()

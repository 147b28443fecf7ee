"""Whether a secret is there, and since when it is as it is: what it says is never asked."""

from datetime import UTC, datetime

from botocore.exceptions import ClientError

from kassa.platform import aws
from kassa.platform.settings import settings


def changed_at(name: str) -> datetime | None:
    """Return when one of the stack's secrets was written last; none where there is none."""
    whole = f"{settings().secrets_prefix}/{name}"
    try:
        found = aws.client("secretsmanager").describe_secret(SecretId=whole)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return None
    at: datetime = found.get("LastChangedDate") or found["CreatedDate"]
    return at.astimezone(UTC)

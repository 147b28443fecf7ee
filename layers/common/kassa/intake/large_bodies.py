"""How a body travels on EventsQueue: inside its message, or in the bucket where it is too large.

Only the standard library may be imported from here: receive_webhook starts with it.
"""

import base64
from collections.abc import Callable
from hashlib import sha256
from typing import Any

# As base64 and with its envelope this stays under 256 KiB, the least any queue takes, and ten of
# them under the 6 MB a Lambda is handed at once.
INLINE_BYTES_MAX = 180 * 1024


def carried(
    account: tuple[str, str], body: bytes, bucket: str, client: Callable[[str], Any]
) -> dict[str, str]:
    """Return the fields that carry a body of a (gateway, account); a large one is stored before.

    `client` makes boto3's client of a service, each caller's in its own way.
    """
    if len(body) <= INLINE_BYTES_MAX:
        return {"body_base64": base64.b64encode(body).decode()}
    key = large_key(*account, body)
    client("s3").put_object(
        Bucket=bucket, Key=key, Body=body, ContentType="application/octet-stream"
    )
    return {"body_key": key}


def large_key(gateway: str, account: str, body: bytes) -> str:
    """Name a large body by its digest, so that a redelivery writes the same object again."""
    return f"large/{gateway}/{account}/{sha256(body).hexdigest()}"

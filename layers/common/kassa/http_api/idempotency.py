"""What was answered under an Idempotency-Key: for a day, the same request gets the same answer.

It spares callers a doubt and guards no money: that a refund or a page is made once is held by their
own ids and transactions, also where this record is lost. Only what was done is kept, not refusals,
which did nothing. The answer is kept encrypted under the caller's own key, of which the table has a
hash alone; so nobody reads it there, and once the day is over nobody is answered from it.
"""

import base64
import json
import zlib
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from kassa.core.callers import caller_of
from kassa.http_api.errors import Refusal
from kassa.http_api.requests import headers_of
from kassa.platform import aws, clock, keys, table
from kassa.platform.settings import settings

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

KEPT_FOR = timedelta(hours=24)
LOCKED_FOR = timedelta(seconds=30)  # no function behind the API runs longer
SIZE_MAX = 300_000  # of an answer; a larger one isn't kept, and its request is run again
KEY_MAX = 255
HEADER = "Idempotency-Key"
# However often it is asked, they change nothing, or come to the same report.
HARMLESS = {"POST /policies/try", "POST /reports/window"}
_FREE = "attribute_not_exists(PK) OR expires_at < :now OR (is_open = :yes AND locked_until < :now)"


class Request(NamedTuple):
    """A request that names itself."""

    item: keys.Key
    fingerprint: str  # of the route and the body
    secret: bytes  # what its answer is encrypted with


def named(event: dict[str, Any]) -> Request | Refusal | None:
    """Return how a POST names itself; none where it doesn't, a refusal where it can't be so."""
    key = headers_of(event).get(HEADER.lower())
    if key is None or event["requestContext"]["http"]["method"] != "POST":
        return None
    if event.get("routeKey") in HARMLESS:
        return None
    if not (0 < len(key) <= KEY_MAX and key.isascii() and key.isprintable()):
        text = f"{HEADER}: must be 1 to {KEY_MAX} printable characters of ASCII"
        return Refusal("invalid_parameter", text, HEADER)
    caller = caller_of(event["requestContext"]["authorizer"]["lambda"]).actor_id
    body = json.dumps(json.loads(event["body"]), sort_keys=True)
    text = f"POST {event['rawPath']}\n{body}"
    whole = f"{caller}\n{key}"
    return Request(
        keys.idempotent_request(settings().merchant_id, sha256(whole.encode()).hexdigest()),
        sha256(text.encode()).hexdigest(),
        sha256(f"answer\n{whole}".encode()).digest(),
    )


def begin(request: Request) -> dict[str, Any] | Refusal | None:
    """Take a request's name, and return none; or return what was answered under it before."""
    try:
        _write(request, {"is_open": True, "locked_until": _seconds(LOCKED_FOR)}, _FREE)
    except ClientError as error:
        if not table.is_refused(error):
            raise
        return _known(request)
    return None


def finish(request: Request, answer: dict[str, Any]) -> None:
    """Keep what was done; a refusal, or no answer at all, gives the name free again."""
    is_done = 200 <= int(answer.get("statusCode", 500)) < 300
    kept = _encrypted(answer, request.secret) if is_done else b""
    if is_done and len(kept) <= SIZE_MAX:
        _write(request, {"is_open": False, "answer": kept})
    else:
        _write(request, {"is_open": True, "locked_until": 0})


def _known(request: Request) -> dict[str, Any] | Refusal | None:
    item = table.get(request.item)
    if item is None:
        return begin(request)
    if item["fingerprint"] != request.fingerprint:
        text = f"{HEADER}: the key was sent with another request before"
        return Refusal("idempotency_key_reused", text, HEADER)
    if item["is_open"]:
        text = "the same request is being answered: ask again"
        return Refusal("in_progress", text, HEADER, headers={"Retry-After": "1"})
    return _decrypted(bytes(item["answer"].value), request.secret)


def _write(request: Request, state: dict[str, Any], condition: str | None = None) -> None:
    item = request.item._asdict() | state
    item |= {"fingerprint": request.fingerprint, "expires_at": _seconds(KEPT_FOR)}
    put: dict[str, Any] = {"TableName": settings().table_name, "Item": table.typed(item)}
    if condition:
        put["ConditionExpression"] = condition
        put["ExpressionAttributeValues"] = table.typed({":now": _seconds(), ":yes": True})
    aws.client("dynamodb").put_item(**put)


def _seconds(later: timedelta = timedelta(0)) -> int:
    return int((clock.now() + later).timestamp())


def _encrypted(answer: dict[str, Any], secret: bytes) -> bytes:
    kept = {name: answer[name] for name in ("statusCode", "body")}
    return _cipher(secret).encrypt(zlib.compress(json.dumps(kept).encode()))


def _decrypted(kept: bytes, secret: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(zlib.decompress(_cipher(secret).decrypt(kept)))
    headers = {"Content-Type": "application/json", "Idempotent-Replayed": "true"}
    return answer | {"headers": headers, "isBase64Encoded": False}


def _cipher(secret: bytes) -> "Fernet":
    from cryptography.fernet import Fernet  # for requests with a key alone: it takes 50 ms

    return Fernet(base64.urlsafe_b64encode(secret))

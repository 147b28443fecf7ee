"""S3's calls, answered from the objects that moto keeps."""

import io
from datetime import UTC

from botocore.response import StreamingBody
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT_ID
from moto.s3.models import FakeKey, S3Backend, s3_backends

from tests.support.direct_calls import Known, Refused, Request

_LISTED_MAX = 1000  # keys of one answer


def _bucket() -> S3Backend:
    return s3_backends[ACCOUNT_ID]["aws"]


def _put_object(request: Request) -> Request | None:
    if "IfNoneMatch" in request or "IfMatch" in request:
        there = _bucket().get_object(request["Bucket"], request["Key"])
        if there is not None if "IfNoneMatch" in request else _tag(there) != request["IfMatch"]:
            return None
    body = request.get("Body", b"")
    content = body.encode() if isinstance(body, str) else body
    content = bytes(content) if isinstance(content, bytes | bytearray) else content.read()
    key = _bucket().put_object(request["Bucket"], request["Key"], content)
    key.set_metadata({name: request[word] for word, name in _HEADERS.items() if word in request})
    return {"ETag": key.etag}


_HEADERS = {"ContentType": "Content-Type", "ContentEncoding": "Content-Encoding"}


def _get_object(request: Request) -> Request | None:
    found = _object(request)
    if found is None:
        raise Refused(404, "NoSuchKey", "The specified key does not exist.")
    if found.multipart:
        return None
    content = found.value
    body = StreamingBody(io.BytesIO(content), len(content))  # type: ignore[arg-type]
    return _head(found) | {"Body": body}


def _head_object(request: Request) -> Request | None:
    found = _object(request)
    if found is None:
        raise Refused(404, "404", "Not Found")
    return None if found.multipart else _head(found)


def _object(request: Request) -> FakeKey | None:
    return _bucket().get_object(request["Bucket"], request["Key"])


def _tag(found: FakeKey | None) -> str | None:
    return None if found is None else found.etag


def _head(found: FakeKey) -> Request:
    headers = {word: found.metadata.get(name) for word, name in _HEADERS.items()}
    return {
        "ContentLength": found.size,
        "ETag": found.etag,
        "LastModified": found.last_modified.replace(microsecond=0, tzinfo=UTC),
        "ContentType": headers["ContentType"] or "binary/octet-stream",
        "Metadata": {},
    }


def _list_objects(request: Request) -> Request | None:
    bucket, prefix = _bucket().get_bucket(request["Bucket"]), request.get("Prefix", "")
    after = max(request.get("StartAfter", ""), request.get("ContinuationToken", ""))
    names = sorted(name for name in bucket.keys if name.startswith(prefix) and name > after)
    page = names[: min(request.get("MaxKeys", _LISTED_MAX), _LISTED_MAX)]
    answer = {"KeyCount": len(page), "IsTruncated": page != names, "Name": request["Bucket"]}
    if page:
        answer["Contents"] = [_listed(bucket.keys[name]) for name in page]
    if page != names:
        answer["NextContinuationToken"] = page[-1]
    return answer


def _listed(found: FakeKey) -> Request:
    return {
        "Key": found.name,
        "LastModified": found.last_modified.replace(microsecond=0, tzinfo=UTC),
        "ETag": found.etag,
        "Size": found.size,
        "StorageClass": found.storage_class,
    }


OBJECT_CALLS: Known = {
    "PutObject": (
        {"Bucket", "Key", "Body", "IfNoneMatch", "IfMatch", *_HEADERS},
        _put_object,
    ),
    "GetObject": ({"Bucket", "Key"}, _get_object),
    "HeadObject": ({"Bucket", "Key"}, _head_object),
    "ListObjectsV2": (
        {"Bucket", "Prefix", "StartAfter", "MaxKeys", "ContinuationToken"},
        _list_objects,
    ),
}

"""Calls without the wire answer and leave what the same calls over the wire do."""

from datetime import datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ParamValidationError
from moto import mock_aws

from tests.support.object_calls import ObjectCalls

REGION = "eu-west-1"
BUCKET = {"Bucket": "kassa"}
# What only the wire says, which nothing of ours reads, and what is drawn anew.
ON_THE_WIRE = {
    *("AcceptRanges", "ChecksumAlgorithm", "ChecksumCRC32", "ChecksumType", "EncodingType"),
    *("MaxKeys", "Prefix", "ResponseMetadata", "StartAfter"),
}

CALLS = [
    ("get_object", BUCKET | {"Key": "a/1"}),
    ("put_object", BUCKET | {"Key": "a/1", "Body": b"one", "ContentType": "text/plain"}),
    ("put_object", BUCKET | {"Key": "a/1", "Body": b"two", "IfNoneMatch": "*"}),
    ("put_object", BUCKET | {"Key": "a/2", "Body": b"two", "IfNoneMatch": "*"}),
    ("put_object", BUCKET | {"Key": "a/2", "Body": b"three", "IfMatch": '"none"'}),
    ("put_object", BUCKET | {"Key": "a/3", "Body": b"three", "IfMatch": '"none"'}),
    ("put_object", BUCKET | {"Key": "b/ä /+1", "Body": b""}),
    ("get_object", BUCKET | {"Key": "a/1"}),
    ("get_object", BUCKET | {"Key": "b/ä /+1"}),
    ("get_object", BUCKET | {"Key": "a/1", "Range": "bytes=1-1"}),
    ("get_object", {"Bucket": "none", "Key": "a/1"}),
    ("head_object", BUCKET | {"Key": "a/2"}),
    ("head_object", BUCKET | {"Key": "a/none"}),
    ("list_objects_v2", BUCKET),
    ("list_objects_v2", BUCKET | {"Prefix": "a/"}),
    ("list_objects_v2", BUCKET | {"Prefix": "a/", "StartAfter": "a/1"}),
    ("list_objects_v2", BUCKET | {"Prefix": "a/", "MaxKeys": 1}),
    ("list_objects_v2", BUCKET | {"Prefix": "none/"}),
    ("delete_object", BUCKET | {"Key": "a/2"}),
    ("list_objects_v2", BUCKET | {"Prefix": "a/"}),
]


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")


def answers(is_open: bool) -> list[Any]:
    """Return what a stack answers to all calls, one after the other."""
    with mock_aws():
        calls = ObjectCalls()
        calls.is_open = is_open
        client = calls.take(boto3.client("s3", region_name=REGION))
        place = {"LocationConstraint": REGION}
        client.create_bucket(Bucket="kassa", CreateBucketConfiguration=place)
        return [answer(client, call, dict(request)) for call, request in CALLS]


def answer(client: Any, call: str, request: dict[str, Any]) -> Any:
    """Return what comes of a call, without what is drawn anew."""
    try:
        found = getattr(client, call)(**request)
    except (ClientError, ParamValidationError) as error:
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
        return type(error).__name__, code, str(error)
    return plain(found)


def plain(found: Any) -> Any:
    """Return an answer with its bytes read, and without what is drawn anew."""
    if isinstance(found, dict):
        return {name: plain(each) for name, each in found.items() if name not in ON_THE_WIRE}
    if isinstance(found, list):
        return [plain(each) for each in found]
    if isinstance(found, datetime):
        return found.tzinfo is not None, found.microsecond
    return found.read() if hasattr(found, "read") else found


def test_every_call_answers_as_it_does_over_the_wire() -> None:
    ours, theirs = answers(is_open=True), answers(is_open=False)

    differing = [
        (call, mine, wire)
        for call, mine, wire in zip(CALLS, ours, theirs, strict=True)
        if mine != wire
    ]
    assert not differing


def test_a_call_that_botocore_refuses_is_refused() -> None:
    with mock_aws():
        calls = ObjectCalls()
        calls.is_open = True
        client = calls.take(boto3.client("s3", region_name=REGION))

        with pytest.raises(ParamValidationError):
            client.get_object(Bucket="kassa", Key=1)

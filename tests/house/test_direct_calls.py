"""Calls without the wire answer and leave what the same calls over the wire do."""

import json
from datetime import datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ParamValidationError
from moto import mock_aws
from moto.sqs import sqs_backends

from tests.support.direct_calls import DirectCalls, Known
from tests.support.message_calls import MESSAGE_CALLS
from tests.support.object_calls import OBJECT_CALLS

REGION = "eu-west-1"
BUCKET = {"Bucket": "kassa"}
# What only the wire says, which nothing of ours reads, and what is drawn anew.
ON_THE_WIRE = {
    *("AcceptRanges", "ChecksumAlgorithm", "ChecksumCRC32", "ChecksumType", "EncodingType"),
    *("MaxKeys", "Prefix", "ResponseMetadata", "StartAfter"),
    *("ContinuationToken", "NextContinuationToken"),
    *("MessageId", "ReceiptHandle", "EventId", "ARN", "CreatedDate", "VersionId", "VersionStages"),
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


QUEUE = {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/queue"}
NOWHERE = {"QueueUrl": f"{QUEUE['QueueUrl']}-of-nobody"}
FACT = {"EventBusName": "kassa", "Source": "kassa", "DetailType": "PaymentCaptured"}
ENTRY = {"Id": "1", "MessageBody": "one"}

QUEUE_CALLS = [
    ("receive_message", QUEUE),
    ("send_message", QUEUE | {"MessageBody": "first"}),
    ("send_message", QUEUE | {"MessageBody": "later", "DelaySeconds": 9}),
    ("send_message", QUEUE | {"MessageBody": "never", "DelaySeconds": 901}),
    ("send_message", NOWHERE | {"MessageBody": "nowhere"}),
    ("send_message_batch", QUEUE | {"Entries": [ENTRY, ENTRY | {"Id": "2", "DelaySeconds": 0}]}),
    ("send_message_batch", QUEUE | {"Entries": [ENTRY | {"MessageGroupId": "a"}]}),
    ("send_message_batch", QUEUE | {"Entries": [ENTRY, ENTRY]}),
    ("send_message_batch", QUEUE | {"Entries": [ENTRY | {"Id": str(n)} for n in range(11)]}),
    ("send_message_batch", QUEUE | {"Entries": [ENTRY, ENTRY | {"Id": "2", "DelaySeconds": 901}]}),
    ("send_message_batch", QUEUE | {"Entries": []}),
    ("receive_message", QUEUE),
    ("receive_message", QUEUE | {"MaxNumberOfMessages": 2, "AttributeNames": ["SenderId"]}),
    ("receive_message", QUEUE | {"MaxNumberOfMessages": 10, "WaitTimeSeconds": 0}),
    ("receive_message", QUEUE | {"MaxNumberOfMessages": 10, "WaitTimeSeconds": 1}),
    ("receive_message", QUEUE | {"WaitTimeSeconds": 21}),
    ("receive_message", QUEUE | {"MaxNumberOfMessages": 11}),
    ("receive_message", NOWHERE),
    ("delete_message", QUEUE | {"ReceiptHandle": "none"}),
]
BUS_CALLS = [
    ("put_events", {"Entries": [FACT | {"Detail": "{}"}, FACT | {"Detail": "{"}]}),
    ("put_events", {"Entries": [FACT | {"Detail": ""}]}),
    ("put_events", {"Entries": [FACT | {"Detail": "{}"}] * 11}),
    ("put_events", {"Entries": [FACT | {"Detail": "{}", "EventBusName": "none"}]}),
]
SECRET_CALLS = [
    ("create_secret", {"Name": "kassa/one", "SecretString": "a"}),
    ("get_secret_value", {"SecretId": "kassa/one"}),
    ("put_secret_value", {"SecretId": "kassa/one", "SecretString": "b"}),
    ("get_secret_value", {"SecretId": "kassa/one"}),
    ("create_secret", {"Name": "kassa/one", "SecretString": "c"}),
    ("create_secret", {"Name": "kassa/empty", "SecretString": ""}),
    ("put_secret_value", {"SecretId": "kassa/one", "SecretString": ""}),
    ("put_secret_value", {"SecretId": "kassa/two", "SecretString": "b"}),
    ("get_secret_value", {"SecretId": "kassa/one"}),
    ("get_secret_value", {"SecretId": "kassa/two"}),
]
SERVICES: dict[str, tuple[Known, list[tuple[str, dict[str, Any]]]]] = {
    "s3": (OBJECT_CALLS, CALLS),
    "sqs": (MESSAGE_CALLS, QUEUE_CALLS),
    "events": (MESSAGE_CALLS, BUS_CALLS),
    "secretsmanager": (MESSAGE_CALLS, SECRET_CALLS),
}


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")


def answers(service: str, is_open: bool) -> list[Any]:
    """Return what a stack answers to all calls, one after the other, and what it then holds."""
    known, calls = SERVICES[service]
    with mock_aws():
        _make(service)
        direct = DirectCalls(known)
        direct.is_open = is_open
        client = direct.take(boto3.client(service, region_name=REGION))
        found = [answer(client, call, dict(request)) for call, request in calls]
        return [*found, _left_over()]


def _make(service: str) -> None:
    if service == "s3":
        place = {"LocationConstraint": REGION}
        boto3.client("s3", region_name=REGION).create_bucket(
            Bucket="kassa", CreateBucketConfiguration=place
        )
    boto3.client("sqs", region_name=REGION).create_queue(QueueName="queue")
    events = boto3.client("events", region_name=REGION)
    events.create_event_bus(Name="kassa")
    events.put_rule(Name="all", EventBusName="kassa", EventPattern='{"source": ["kassa"]}')
    target = {"Id": "queue", "Arn": f"arn:aws:sqs:{REGION}:123456789012:queue"}
    events.put_targets(Rule="all", EventBusName="kassa", Targets=[target])


def _left_over() -> list[tuple[str, bool]]:
    """Return what lies on the queue, and whether somebody has it."""
    queue = sqs_backends["123456789012"][REGION].get_queue("queue")
    return [(_undated(one.body), one.visible) for one in queue._messages]


def _undated(body: str) -> str:
    """Return a message without what is drawn anew of an envelope."""
    if not body.startswith("{"):
        return body
    drawn = {"id", "time", "ingestion-time"}
    return json.dumps({name: each for name, each in json.loads(body).items() if name not in drawn})


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


@pytest.mark.parametrize("service", SERVICES)
def test_every_call_answers_as_it_does_over_the_wire(service: str) -> None:
    ours, theirs = answers(service, is_open=True), answers(service, is_open=False)

    calls = [*SERVICES[service][1], "left over"]
    differing = [
        (call, mine, wire)
        for call, mine, wire in zip(calls, ours, theirs, strict=True)
        if mine != wire
    ]
    assert not differing


def test_a_long_list_is_read_page_by_page() -> None:
    with mock_aws():
        _make("s3")
        direct = DirectCalls(OBJECT_CALLS)
        direct.is_open = True
        client = direct.take(boto3.client("s3", region_name=REGION))
        for n in range(5):
            client.put_object(**BUCKET, Key=f"a/{n}", Body=b"")
        pages = client.get_paginator("list_objects_v2").paginate(
            **BUCKET, PaginationConfig={"PageSize": 2}
        )
        found = [[one["Key"] for one in page["Contents"]] for page in pages]

    assert found == [["a/0", "a/1"], ["a/2", "a/3"], ["a/4"]]


def test_what_was_received_is_deleted_by_its_receipt() -> None:
    with mock_aws():
        _make("sqs")
        direct = DirectCalls(MESSAGE_CALLS)
        direct.is_open = True
        client = direct.take(boto3.client("sqs", region_name=REGION))
        client.send_message(**QUEUE, MessageBody="one")
        [message] = client.receive_message(**QUEUE)["Messages"]
        client.delete_message(**QUEUE, ReceiptHandle=message["ReceiptHandle"])

        assert _left_over() == []


def test_a_call_that_botocore_refuses_is_refused() -> None:
    with mock_aws():
        calls = DirectCalls(OBJECT_CALLS)
        calls.is_open = True
        client = calls.take(boto3.client("s3", region_name=REGION))

        with pytest.raises(ParamValidationError):
            client.get_object(Bucket="kassa", Key=1)

"""The calls of queues, the bus and secrets, answered from what moto keeps of them."""

import json
import time
from typing import Any
from uuid import uuid4

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT_ID
from moto.events import events_backends
from moto.secretsmanager import secretsmanager_backends
from moto.sqs import models as moto_sqs
from moto.sqs import sqs_backends
from moto.sqs.models import SQSBackend

from tests.support.direct_calls import Known, Request

_REGION = "eu-west-1"
_DELAY_MAX_S = 900
# No test lasts the four days that a message is kept, for which moto would count each queue anew, by
# three dates of the calendar for each message.
moto_sqs.unix_time, moto_sqs.unix_time_millis = time.time, lambda: time.time() * 1000
moto_sqs.generate_receipt_handle = lambda: uuid4().hex  # not of 185 letters, each drawn
SQSBackend.is_message_valid_based_on_retention_period = lambda *_: True
_received = SQSBackend.receive_message
_OF_ENTRY = {"Id", "MessageBody", "DelaySeconds", "MessageGroupId"}


def _received_at_once(queues: SQSBackend, name: str, count: int, _: int, *more: Any) -> Any:
    """Receive without waiting for messages: nobody would send one meanwhile."""
    return _received(queues, name, count, 0, *more)


SQSBackend.receive_message = _received_at_once


def _queues() -> SQSBackend:
    return sqs_backends[ACCOUNT_ID][_REGION]


def _name(request: Request) -> str:
    return str(request["QueueUrl"]).rpartition("/")[2]


def _send_message(request: Request) -> Request:
    sent = _queues().send_message(
        _name(request), request["MessageBody"], delay_seconds=request.get("DelaySeconds")
    )
    return {"MessageId": sent.id, "MD5OfMessageBody": sent.body_md5}


def _send_message_batch(request: Request) -> Request | None:
    entries = request["Entries"]
    if not entries or any(one.keys() - _OF_ENTRY for one in entries):
        return None
    if any(one.get("DelaySeconds", 0) > _DELAY_MAX_S for one in entries):
        return None  # it would take the others
    filled = {"MessageAttributes": {}, "DelaySeconds": None}
    by_place = {str(place): filled | one for place, one in enumerate(entries)}
    sent, _ = _queues().send_message_batch(_name(request), by_place)
    taken = [
        {"Id": entry["Id"], "MessageId": one.id, "MD5OfMessageBody": one.body_md5}
        for entry, one in zip(entries, sent, strict=True)
    ]
    return {"Successful": taken, "Failed": []}


def _receive_message(request: Request) -> Request | None:
    queue, count = _queues().get_queue(_name(request)), request.get("MaxNumberOfMessages", 1)
    if not 1 <= count <= 10 or not 0 <= request.get("WaitTimeSeconds", 0) <= 20:
        return None
    found = _queues().receive_message(queue.name, count, 0, int(queue.visibility_timeout or 0))
    received = [
        {
            "MessageId": one.id,
            "ReceiptHandle": one.receipt_handle,
            "MD5OfBody": one.body_md5,
            "Body": one.body,
        }
        for one in found
    ]
    return {"Messages": received} if received else {}


def _delete_message(request: Request) -> Request:
    _queues().delete_message(_name(request), request["ReceiptHandle"])
    return {}


def _put_events(request: Request) -> Request | None:
    if any("Time" in one or "Resources" in one for one in request["Entries"]):
        return None
    entries = events_backends[ACCOUNT_ID][_REGION].put_events(request["Entries"])
    return {
        "FailedEntryCount": sum("ErrorCode" in one for one in entries),
        "Entries": entries,
    }


def _get_secret_value(request: Request) -> Request:
    kept = secretsmanager_backends[ACCOUNT_ID][_REGION]
    found = kept.get_secret_value(request["SecretId"], None, None)
    return {"Name": found["Name"], "SecretString": found["SecretString"]}


def _create_secret(request: Request) -> Request | None:
    if not request.get("SecretString"):
        return None
    kept, more = secretsmanager_backends[ACCOUNT_ID][_REGION], (None,) * 5
    made: Request = json.loads(
        kept.create_secret(request["Name"], request["SecretString"], *more, [], False)
    )
    return made


def _put_secret_value(request: Request) -> Request | None:
    if not request.get("SecretString"):
        return None
    kept, text = secretsmanager_backends[ACCOUNT_ID][_REGION], request["SecretString"]
    put: Request = json.loads(
        kept.put_secret_value(request["SecretId"], text, None, None, ["AWSCURRENT"])
    )
    return put


MESSAGE_CALLS: Known = {
    "SendMessage": ({"QueueUrl", "MessageBody", "DelaySeconds"}, _send_message),
    "SendMessageBatch": ({"QueueUrl", "Entries"}, _send_message_batch),
    "ReceiveMessage": ({"QueueUrl", "MaxNumberOfMessages", "WaitTimeSeconds"}, _receive_message),
    "DeleteMessage": ({"QueueUrl", "ReceiptHandle"}, _delete_message),
    "PutEvents": ({"Entries"}, _put_events),
    "CreateSecret": ({"Name", "SecretString"}, _create_secret),
    "PutSecretValue": ({"SecretId", "SecretString"}, _put_secret_value),
    "GetSecretValue": ({"SecretId"}, _get_secret_value),
}

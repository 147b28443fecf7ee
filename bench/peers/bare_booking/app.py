"""A booking written by hand on boto3, for one gateway and one shape of event: the bench's peer.

It does what ours does for a captured charge: archives the batch, reads event and payment, writes
event, payment and alias in one transaction under the same conditions, and tells one fact.
"""

import base64
import gzip
import json
import os
from datetime import UTC, datetime
from typing import Any

import boto3

dynamodb, s3, events = (boto3.client(name) for name in ("dynamodb", "s3", "events"))
TABLE, BUCKET, BUS = (os.environ[name] for name in ("TABLE_NAME", "BUCKET_NAME", "BUS_NAME"))


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Book a batch; report the records that failed."""
    raw = "\n".join(record["body"] for record in event["Records"]).encode()
    key = f"raw/{event['Records'][0]['messageId']}.jsonl.gz"
    s3.put_object(Bucket=BUCKET, Key=key, Body=gzip.compress(raw, mtime=0))
    failed = []
    for number, record in enumerate(event["Records"]):
        try:
            book(json.loads(record["body"]), f"{key}#{number}")
        except Exception as error:
            print(json.dumps({"level": "ERROR", "error": repr(error)}))
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def book(message: dict[str, Any], raw: str) -> None:
    """Book one captured charge and publish it."""
    body = json.loads(base64.b64decode(message["body_base64"]))
    charge, now = body["data"]["object"], datetime.now(UTC).isoformat()
    pk = f"PAYMENT#stripe#main#{charge['payment_intent']}"
    keys = [{"PK": {"S": pk}, "SK": {"S": sk}} for sk in ("STATE", f"EVENT#{body['id']}")]
    keys_of_batch = {TABLE: {"Keys": keys, "ConsistentRead": True}}
    found = dynamodb.batch_get_item(RequestItems=keys_of_batch)["Responses"].get(TABLE, [])
    if len(found) == 2:
        return
    amount, currency = charge["amount_captured"], charge["currency"].upper()
    posting = ["capture", "customers", "gateway_clearing", amount, currency]
    dynamodb.transact_write_items(
        TransactItems=[
            {"Put": put(keys[1] | event_of(body, message, posting, raw, now))},
            {"Update": update(keys[0], charge, amount, currency, now)},
            {"Put": alias(charge)},
        ]
    )
    fact = {
        "metadata": {"fact_id": f"{pk}:{charge['id']}", "event_id": body["id"], "booked_at": now},
        "data": {"amount_minor": amount, "currency": currency, "postings": [posting]},
    }
    entry = {"EventBusName": BUS, "Source": "kassa", "DetailType": "PaymentCaptured"}
    answer = events.put_events(Entries=[entry | {"Detail": json.dumps(fact)}])
    if answer["FailedEntryCount"]:
        raise RuntimeError("not told")
    print(json.dumps({"level": "INFO", "message": "event booked", "event_id": body["id"]}))


def put(item: dict[str, Any]) -> dict[str, Any]:
    """Put an item that isn't there yet."""
    return {"TableName": TABLE, "Item": item, "ConditionExpression": "attribute_not_exists(PK)"}


def event_of(
    body: dict[str, Any], message: dict[str, Any], posting: list[Any], raw: str, now: str
) -> dict[str, Any]:
    """Return an event's attributes."""
    charge = body["data"]["object"]
    reading = {"charge_id": charge["id"], "created": charge["created"], "posting": posting}
    return {
        "GSI1PK": {"S": f"BOOKED#{now[:10]}"},
        "GSI1SK": {"S": f"{now}#{body['id']}"},
        "merchant_id": {"S": message["merchant_id"]},
        "gateway_type": {"S": body["type"]},
        "booked_at": {"S": now},
        "reading": {"S": json.dumps(reading)},
        "facts": {"S": json.dumps([posting])},
        "raw": {"S": raw},
    }


def update(
    key: dict[str, Any], charge: dict[str, Any], amount: int, currency: str, now: str
) -> dict[str, Any]:
    """Return the payment's update for its first event."""
    known = {
        "k": {"S": "charge"},
        "s": {"S": "captured"},
        "a": {"N": str(amount)},
        "c": {"S": currency},
        "t": {"N": str(charge["created"])},
    }
    return {
        "TableName": TABLE,
        "Key": key,
        "ConditionExpression": "attribute_not_exists(PK)",
        "UpdateExpression": "SET #o = :o, #v = :v, #h = if_not_exists(#h, :zero) + :h,"
        " customer_id = :c, GSI1PK = :gp, GSI1SK = :gs",
        "ExpressionAttributeNames": {"#o": "objects", "#v": "version", "#h": "headroom"},
        "ExpressionAttributeValues": {
            ":o": {"M": {charge["id"]: {"M": known}}},
            ":v": {"N": "1"},
            ":h": {"N": str(amount)},
            ":zero": {"N": "0"},
            ":c": {"S": charge["customer"]},
            ":gp": {"S": f"CUSTOMER#{charge['customer']}"},
            ":gs": {"S": f"{now}#{charge['payment_intent']}"},
        },
    }


def alias(charge: dict[str, Any]) -> dict[str, Any]:
    """Return the item that leads from the charge to its payment."""
    item = {
        "PK": {"S": f"ALIAS#{charge['id']}"},
        "SK": {"S": "ALIAS"},
        "payment_id": {"S": charge["payment_intent"]},
    }
    return {"TableName": TABLE, "Item": item}

"""The peer of receive_webhook: the least one writes by hand with boto3 to verify and send.

It has no secret to look up, one secret, one signature, no size limit, no log and no metric.
"""

import base64
import hashlib
import hmac
import json
import os
import time

import boto3

SECRET = os.environ["SIGNING_SECRET"].encode()
QUEUE_URL = os.environ["EVENTS_QUEUE_URL"]
sqs = boto3.client("sqs")


def lambda_handler(event: dict, context: object) -> dict:
    """Verify a Stripe webhook and send its body to the queue."""
    body = event["body"]
    body = base64.b64decode(body) if event["isBase64Encoded"] else body.encode()
    parts = dict(part.split("=", 1) for part in event["headers"]["stripe-signature"].split(","))
    expected = hmac.new(SECRET, parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, parts["v1"]):
        return {"statusCode": 400}
    if abs(time.time() - int(parts["t"])) > 300:
        return {"statusCode": 400}
    sqs.send_message(QueueUrl=QUEUE_URL, MessageBody=json.dumps({"body": body.decode()}))
    return {"statusCode": 200}

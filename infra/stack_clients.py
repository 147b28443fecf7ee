"""Lets the layer's adapters reach a stack, with the credentials that the environment has."""

import os

from infra.stack import Stack
from kassa.audit.trail import Actor
from kassa.platform import aws
from kassa.platform.settings import settings

SERVICES = ("dynamodb", "s3", "sqs", "secretsmanager", "events", "lambda")


def connect(stack: Stack) -> Stack:
    """Let the adapters talk to a stack, and return it."""
    os.environ.update(
        TABLE_NAME=stack.table,
        BUCKET_NAME=stack.bucket,
        BUS_NAME=stack.bus,
        EVENTS_QUEUE_URL=stack.queues.get("EventsQueue", ""),
        REFUNDS_QUEUE_URL=stack.queues.get("RefundsQueue", ""),
        SECRETS_PREFIX=stack.name,
        STACK_NAME=stack.name,
        TRAINING="yes" if stack.is_training else "no",
        TRIAL_HOSTS=(stack.receiver_url or "").removeprefix("http://"),
    )
    settings.cache_clear()
    aws.install({service: stack.client(service) for service in SERVICES})
    return stack


def operator(stack: Stack) -> Actor:
    """Return who acts, as AWS knows them; nobody acts whom it doesn't know."""
    identity = stack.client("sts").get_caller_identity()
    return Actor(aws_arn=str(identity["Arn"]))

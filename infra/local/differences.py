"""Where the emulator isn't AWS: made good after the deployment, so that no template bends."""

import json
from typing import Any

from infra.stack import Stack

CAPS = {  # what isn't named here runs once at a time
    "ReceiveWebhookFunction": 6,
    "BookEventFunction": 2,
    "OpenCheckoutFunction": 2,
    "GenerateInvoiceFunction": 2,
    "ApproveRefundFunction": 3,
    "DecideRefundFunction": 2,
    "PayRefundFunction": 2,
    "ServeApiFunction": 3,
    "AuthorizeApiFunction": 3,
    "ServeConsoleFunction": 4,  # a page asks for its style and script at once
}

BATCH_SENDERS = {
    "EnterPaymentFunctionRole": ("EventsQueue",),
    "ApproveRefundFunctionRole": ("RefundsQueue",),
    "DecideRefundFunctionRole": ("RefundsQueue",),
    "ServeConsoleFunctionRole": ("RefundsQueue",),
    "PayRefundFunctionRole": ("RefundsQueue",),
    "TrackOrderFunctionRole": ("RefundsQueue",),
    "WatchGatewaysFunctionRole": ("EventsQueue", "RefundsQueue", "InvoicesQueue"),
    "SendWebhookFunctionRole": ("WebhooksQueue",),
    "ServeWebhooksFunctionRole": ("WebhooksQueue",),
    "ServePortalFunctionRole": ("MessagesQueue",),
    "ResumeDeliveriesFunctionRole": ("MessagesQueue", "WebhooksQueue", "PartnersQueue"),
    "ResendRole": ("EventsQueue", "RefundsQueue"),
}

MEASURERS = ("FollowPaymentLinkFunctionRole", "SendMessageFunctionRole")


def make_good(stack: Stack) -> None:
    """Set what the emulator drops of the template, and take away what it can't keep."""
    awslambda = stack.client("lambda")
    cap_functions(stack, awslambda)
    lead_links_here(stack, awslambda)
    cap_queues(awslambda)
    allow_batches(stack)
    allow_measurements(stack)
    # Loopback has no TLS, which the bucket's policy demands.
    stack.client("s3").delete_bucket_policy(Bucket=stack.bucket)


def cap_functions(stack: Stack, awslambda: Any) -> None:
    """Cap concurrency: each concurrent invocation is a process here, and layers are unpacked."""
    for logical_id, name in stack.functions.items():
        awslambda.put_function_concurrency(
            FunctionName=name, ReservedConcurrentExecutions=CAPS.get(logical_id, 1)
        )


def lead_links_here(stack: Stack, awslambda: Any) -> None:
    """Let links begin with where the API answers here: its own address needs a name server."""
    for name in stack.functions.values():
        known = awslambda.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        here = known | {"PUBLIC_ADDRESS": stack.base_url}
        awslambda.update_function_configuration(FunctionName=name, Environment={"Variables": here})


def cap_queues(awslambda: Any) -> None:
    """Give the queues' caps as numbers: from a parameter they come as text, which stops polling."""
    for mapping in awslambda.list_event_source_mappings()["EventSourceMappings"]:
        most = int(mapping["ScalingConfig"]["MaximumConcurrency"])
        awslambda.update_event_source_mapping(
            UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": most}
        )


def allow_batches(stack: Stack) -> None:
    """Let those who may send also send by tens: AWS takes that for the same action."""
    iam = stack.client("iam")
    names = {name for queues in BATCH_SENDERS.values() for name in queues}
    arns = {name: queue_arn(stack, name) for name in names}
    senders = ((role, BATCH_SENDERS[role]) for role in BATCH_SENDERS if role in stack.roles)
    for logical_id, queues in senders:
        allowed = {
            "Effect": "Allow",
            "Action": "sqs:SendMessageBatch",
            "Resource": [arns[name] for name in queues],
        }
        put_policy(iam, stack.roles[logical_id], "SendBatches", allowed)


def allow_measurements(stack: Stack) -> None:
    """Let those put events whom the template lets put measured ones alone.

    The emulator doesn't know `events:source`, which their statement asks for, and refuses all.
    """
    events, iam = stack.client("events"), stack.client("iam")
    bus = events.describe_event_bus(Name=stack.bus)["Arn"]
    for logical_id in (one for one in MEASURERS if one in stack.roles):
        allowed = {"Effect": "Allow", "Action": "events:PutEvents", "Resource": bus}
        put_policy(iam, stack.roles[logical_id], "PutMeasurements", allowed)


def put_policy(iam: Any, role: str, name: str, statement: dict[str, Any]) -> None:
    """Give a role one statement more."""
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document)


def queue_arn(stack: Stack, name: str) -> str:
    """Return a queue's ARN."""
    found = stack.client("sqs").get_queue_attributes(
        QueueUrl=stack.queues[name], AttributeNames=["QueueArn"]
    )
    return str(found["Attributes"]["QueueArn"])

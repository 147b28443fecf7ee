"""Lets the layer's adapters reach the stack a command talks to, as the operator."""

import os
from collections.abc import Iterable
from typing import Any

import boto3
from botocore.exceptions import ClientError

from cli.stack import Stack, current, give_up
from kassa.platform import aws
from kassa.platform.settings import settings

SERVICES = ("dynamodb", "s3", "sqs", "secretsmanager")
SESSIONS = {"ResendRoleArn": "kassa-resend", "SmokeRoleArn": "kassa-smoke"}
ASKS = {
    "ResendRoleArn": "it asks for MFA, or for the role that ResendPrincipal names (docs/audit.md)",
    "SmokeRoleArn": "it asks for the right sts:AssumeRole",
}
_TAKEN = ("MERCHANT_", "GATEWAY_ACCOUNTS")


def open_doors(stack: Stack | None = None) -> Stack:
    """Return the stack to talk to (the chosen one, if none is given), once the adapters do too."""
    stack = stack or current()
    os.environ.update(
        TABLE_NAME=stack.table,
        BUCKET_NAME=stack.bucket,
        BUS_NAME=stack.bus,
        EVENTS_QUEUE_URL=stack.queues.get("EventsQueue", ""),
        REFUNDS_QUEUE_URL=stack.queues.get("RefundsQueue", ""),
        SECRETS_PREFIX=stack.name,
        STACK_NAME=stack.name,
    )
    settings.cache_clear()
    aws.install({service: stack.client(service) for service in SERVICES})
    return stack


def open_merchants_doors() -> Stack:
    """Open the doors, and take over who the merchant is, its time zone and its accounts."""
    stack = open_doors()
    told = stack.client("lambda").get_function_configuration(
        FunctionName=stack.functions["TryPolicyFunction"]
    )
    known = told.get("Environment", {}).get("Variables", {})
    os.environ.update({name: known[name] for name in known if name.startswith(_TAKEN)})
    settings.cache_clear()
    return stack


def resend_clients(stack: Stack) -> dict[str, Any]:
    """Return clients of the role that may send what failed to EventsQueue and RefundsQueue."""
    return role_clients(stack, "ResendRoleArn", ("s3", "sqs"))


def role_clients(stack: Stack, output: str, services: Iterable[str]) -> dict[str, Any]:
    """Return clients of a role that the stack names among its outputs."""
    named = {"RoleArn": _role(stack, output), "RoleSessionName": SESSIONS[output]}
    try:
        role = stack.client("sts").assume_role(**named)
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDenied":
            raise
        give_up(f"the stack's {output.removesuffix('Arn')} isn't for you: {ASKS[output]}")
    session = boto3.Session(
        aws_access_key_id=role["Credentials"]["AccessKeyId"],
        aws_secret_access_key=role["Credentials"]["SecretAccessKey"],
        aws_session_token=role["Credentials"]["SessionToken"],
        region_name=stack.region,
    )
    return {
        service: session.client(service, endpoint_url=stack.endpoint_url) for service in services
    }


def _role(stack: Stack, output: str) -> str:
    found = stack.client("cloudformation").describe_stacks(StackName=stack.name)["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in found[0].get("Outputs", [])}
    if output not in outputs:
        give_up(f"The stack {stack.name} has no output {output}: deploy this release first")
    return str(outputs[output])

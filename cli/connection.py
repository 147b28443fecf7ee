"""Connects a command to its stack: with the operator's credentials, or with those of a role."""

import os
from collections.abc import Iterable
from typing import Any

import boto3
from botocore.exceptions import ClientError

from cli.stack import current, give_up
from infra import stack_clients
from infra.stack import Stack
from kassa.platform.settings import settings

SESSIONS = {"ResendRoleArn": "kassa-resend", "SmokeRoleArn": "kassa-smoke"}
REQUIRES = {
    "ResendRoleArn": "it asks for MFA, or for the role that ResendPrincipal names (docs/audit.md)",
    "SmokeRoleArn": "it asks for the right sts:AssumeRole",
}
_TAKEN = (
    *("MERCHANT_", "GATEWAY_ACCOUNTS", "WEBHOOKS_QUEUE_URL"),
    *("WEEK_STARTS_ON", "MONTH_STARTS_ON"),
)


def connect(stack: Stack | None = None) -> Stack:
    """Let the layer's adapters talk to a stack (the chosen one, if none is given); return it."""
    return stack_clients.connect(stack or current())


def connect_as_merchant() -> Stack:
    """Connect, and take over who the merchant is, its time zone and its accounts."""
    stack = connect()
    configuration = stack.client("lambda").get_function_configuration(
        FunctionName=stack.functions["TryPolicyFunction"]
    )
    known = configuration.get("Environment", {}).get("Variables", {})
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
        give_up(f"the stack's {output.removesuffix('Arn')} isn't for you: {REQUIRES[output]}")
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

"""An operator at the command line, in front of the test's own stack."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import NoRegionError
from typer.testing import CliRunner

from cli.doctor import gateway_checks
from cli.main import app
from cli.stack import choose
from functions.book_event.app import lambda_handler as book
from functions.build_report.app import lambda_handler as build_report
from functions.receive_eventbridge.app import lambda_handler as receive_eventbridge
from functions.typeset_report.app import lambda_handler as typeset_report
from functions.watch_gateways.app import lambda_handler as watch_gateways
from infra import stack as stacks
from infra import stack_clients
from kassa.gateways.registry import GATEWAYS
from kassa.platform import aws
from tests.support.aws_stack import REGION, Context, Stack
from tests.support.queue_batches import CAPTURED, batch
from tests.support.template import template

ROLE = "arn:aws:iam::123456789012:role/kassa-ResendRole-1"
QUEUES = ("EventsDeadLetterQueue", "FactsQueue", "FactsRuleDeadLetterQueue", "FactsDeadLetterQueue")


HANDLERS: dict[str, Any] = {
    "build": build_report,
    "receive": receive_eventbridge,
    "typeset": typeset_report,
    "watch": watch_gateways,
}


class Unconnected:
    """What a command finds of AWS before it connects to its stack: no region, no credentials."""

    def __getattr__(self, operation: str) -> Any:
        raise NoRegionError


@contextmanager
def not_connected() -> Iterator[None]:
    """Let a command find nothing of AWS that it doesn't connect to itself, as in a shell."""
    aws.install(dict.fromkeys(stack_clients.SERVICES, Unconnected()))
    try:
        yield
    finally:
        aws.install({})


@contextmanager
def in_the_cloud() -> Iterator[None]:
    """Let a handler have its own clients while a command waits for it."""
    of_the_command = {name: aws.client(name) for name in stack_clients.SERVICES}
    aws.install({})
    try:
        yield
    finally:
        aws.install(of_the_command)


class Functions:
    """Invokes the real handlers, as Lambda would."""

    def __init__(self) -> None:
        self.invoked: list[dict[str, Any]] = []
        self.environment = {"MERCHANT_TIME_ZONE": "UTC"}

    def invoke(self, **arguments: Any) -> dict[str, Any]:
        """Run the function that is named and answer as Lambda answers, errors included."""
        self.invoked.append(arguments)
        handler = HANDLERS[arguments["FunctionName"]]
        try:
            with in_the_cloud():
                result = handler(json.loads(arguments["Payload"]), Context())
        except Exception as error:
            failed = {"errorMessage": str(error), "errorType": type(error).__name__}
            return {"FunctionError": "Unhandled", "Payload": _stream(failed)}
        return {"Payload": _stream(result)}

    def get_function_configuration(self, **_: Any) -> dict[str, Any]:
        """Return a function's environment: this merchant's time zone is UTC."""
        return {"Environment": {"Variables": dict(self.environment)}}

    def get_account_settings(self) -> dict[str, Any]:
        """Return what most accounts let run at once."""
        return {"AccountLimit": {"ConcurrentExecutions": 1_000}}

    def get_paginator(self, operation: str) -> Any:
        """Return the queues' mappings, of which this stack has none."""
        return SimpleNamespace(paginate=lambda: [{"EventSourceMappings": []}])


class Deployed:
    """What CloudFormation says of the stack."""

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        """Return the stack's outputs."""
        assert StackName == "kassa"
        outputs = [{"OutputKey": "ResendRoleArn", "OutputValue": ROLE}]
        return {"Stacks": [{"Outputs": outputs}]}

    def get_template(self, StackName: str, TemplateStage: str) -> dict[str, Any]:
        """Return the template, as the stack was made of it."""
        assert (StackName, TemplateStage) == ("kassa", "Processed")
        return {"TemplateBody": template()}


def _stream(payload: Any) -> BytesIO:
    return BytesIO(json.dumps(payload).encode())


class Console:
    """Runs `kassa` as an operator would, and the handlers behind the queues by hand."""

    def __init__(self, made: Stack, operated: stacks.Stack, functions: Functions) -> None:
        self.made, self.operated, self.functions = made, operated, functions

    def run(self, *args: str, input: str | None = None) -> Any:
        """Run a command, with what is typed into it, and return what it said."""
        with not_connected():
            return CliRunner().invoke(app, list(args), input=input)

    def json(self, *args: str) -> Any:
        """Run a command with --json; it must succeed and say nothing but JSON."""
        result = self.run(*args, "--json")
        assert result.exit_code == 0, result.output
        assert result.stderr == ""
        return json.loads(result.stdout)

    def json_of(self, exit_code: int, *args: str) -> Any:
        """Run a command with --json that says with its exit code what it found."""
        result = self.run(*args, "--json")
        assert result.exit_code == exit_code, result.output
        return json.loads(result.stdout)

    def refused(self, *args: str) -> str:
        """Run a command that must fail in one line, and return the line."""
        result = self.run(*args)
        assert result.exit_code == 1, result.output
        [line] = result.stderr.strip().splitlines()
        return line

    def book(self, *bodies: Any) -> None:
        """Book events as if they came from EventsQueue."""
        assert book(batch(*bodies), Context()) == {"batchItemFailures": []}

    def send(self, queue: str, body: str) -> None:
        """Put a message on a queue."""
        boto3.client("sqs").send_message(QueueUrl=self.operated.queues[queue], MessageBody=body)

    def take_events(self) -> list[str]:
        """Take every delivery off EventsQueue."""
        return self.take("EventsQueue")

    def take(self, queue: str) -> list[str]:
        """Take every message off a queue."""
        taken: list[str] = []
        while True:
            answer = boto3.client("sqs").receive_message(
                QueueUrl=self.operated.queues[queue], MaxNumberOfMessages=10
            )
            if not answer.get("Messages"):
                return taken
            taken += [message["Body"] for message in answer["Messages"]]


@pytest.fixture
def console(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    """Put an operator in front of the stack."""
    monkeypatch.setenv("KASSA_STATE", str(tmp_path / "stack.json"))
    monkeypatch.setenv("COLUMNS", "160")
    sqs, functions = boto3.client("sqs"), Functions()
    queues = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in QUEUES}
    operated = stacks.Stack(
        name="kassa",
        region=REGION,
        base_url="http://127.0.0.1:9",
        api_id="api",
        table=stack.table,
        bucket=stack.bucket,
        bus=stack.bus,
        queues={
            "EventsQueue": stack.events_queue,
            "RefundsQueue": stack.refunds_queue,
            **queues,
        },
        functions={
            "BuildReportFunction": "build",
            "WatchGatewaysFunction": "watch",
            "TryPolicyFunction": "try",
            "ServeConsoleFunction": "console",
            "TypesetReportFunction": "typeset",
        },
        pids={"up": os.getpid()},
    )
    stacks.write(operated)
    choose(None)
    made = stacks.Stack.client

    def client(self: stacks.Stack, service: str) -> Any:
        ours = {"lambda": functions, "cloudformation": Deployed()}
        return ours.get(service) or made(self, service)

    monkeypatch.setattr(stacks.Stack, "client", client)
    monkeypatch.setattr(gateway_checks, "why_unreachable", lambda gateway, account: None)
    yield Console(stack, operated, functions)
    choose(None)


_OWN: dict[str, dict[str, str]] = {
    "stripe": {"signing_secret": "whsec_hidden1", "api_key": "rk_live_hidden2"},
    "paypal": {"signing_secret": "4JH86294D6297924G", "api_id": "client", "api_key": "hidden2"},
    "klarna": {"signing_secret": "krn:1:hidden1", "api_id": "PK1", "api_key": "hidden2"},
    "adyen": {"signing_secret": "AB" * 32, "shop": "KauppaOy", "api_key": "hidden2"},
    "btcpay": {
        **{"signing_secret": "hidden1", "api_base": "https://btcpay.example"},
        **{"shop": "store", "api_key": "hidden2"},
    },
    "standard": {"signing_secret": "whsec_aGlkZGVuaGlkZGVuaGlkZGVuaGlkZGVuMTI="},
}
_USUAL = {"signing_secret": "hidden1", "api_key": "hidden2"}
GIVEN = {name: _OWN.get(name, _USUAL) for name in GATEWAYS}  # what its owner knows of an account


def given(folder: Path, fields: Any) -> str:
    path = folder / "fields.json"
    path.write_text(fields if isinstance(fields, str) else json.dumps(fields))
    return str(path)


POISON = batch(CAPTURED)["Records"][0]["body"]
EVENTS_DLQ = "EventsDeadLetterQueue"

"""The checks behind `kassa doctor`: each looks at one thing and returns what it saw."""

import socket
import sys
from collections.abc import Callable
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from functools import partial

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from cli.connection import connect
from cli.doctor.concurrency import concurrency
from cli.doctor.findings import Finding
from cli.doctor.gateway_checks import look_at_accounts
from cli.failures.dlq import count
from infra.built_layers import deployed_on
from infra.stack import Stack
from kassa.people.api_key_store import ApiKeys
from kassa.people.api_keys import is_alive
from kassa.people.persons import PERSONS_ALONE
from kassa.people.store import Persons
from kassa.platform import clock

PYTHON_MIN = (3, 11)
SKEW_MAX = timedelta(seconds=60)  # signatures older or newer than 300 s are refused
LATE_MAX = 1_000  # messages waiting in a queue before a person should look


def look_at_machine(ports: list[int]) -> list[Finding]:
    """Check what `make run` needs of this machine."""
    return [_python(), *(_port(port) for port in ports)]


def look_at_stack(stack: Stack, calls_gateways: bool = True) -> list[Finding]:
    """Check a stack from outside in; whatever can't be asked is itself a finding."""
    answers = _intake(stack)
    checks: list[tuple[str, Callable[[Stack], list[Finding]]]] = [
        ("queues", _queues),
        ("dead letters", _dead_letters),
        ("gateway accounts", partial(_accounts, calls_gateways=calls_gateways)),
        ("concurrency", _concurrency),
        ("runtime", _runtime),
        ("persons", _persons),
    ]
    return answers + [finding for name, check in checks for finding in _checked(name, check, stack)]


def _checked(name: str, check: Callable[[Stack], list[Finding]], stack: Stack) -> list[Finding]:
    try:
        return check(stack)
    except (BotoCoreError, ClientError) as error:
        return [Finding(name, False, f"can't be asked: {error}", "check the AWS credentials")]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    advice = "install Python 3.11 or newer and run 'make setup'"
    return Finding("python", sys.version_info[:2] >= PYTHON_MIN, version, advice)


def _port(port: int) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            advice = f"end what listens on {port}, or let Kassa listen elsewhere: 'kassa up --help'"
            return Finding(f"port {port}", False, "taken", advice)
    return Finding(f"port {port}", True, "free")


def _intake(stack: Stack) -> list[Finding]:
    """Post an unsigned webhook: a stack that refuses it is alive, and its clock comes along."""
    url = stack.webhook_url("stripe")
    try:
        answer = httpx.post(url, content=b"{}", timeout=30)
    except httpx.HTTPError as error:
        return [Finding("intake", False, f"{url}: {error}", "start it: 'make run'")]
    has_no_secret = answer.status_code == 404 and not answer.content  # the API's own 404 has a body
    refused = answer.status_code in (400, 401) or has_no_secret
    advice = (
        "see ReceiveWebhook's log (5xx with StaleLayers: 'sam build && sam deploy'); "
        "400 is right for an unsigned webhook, 404 without a secret"
    )
    return [
        Finding("intake", refused, f"{url} answers {answer.status_code}", advice),
        _skew(answer),
    ]


def _skew(answer: httpx.Response) -> Finding:
    date_header = answer.headers.get("date")
    if date_header is None:
        return Finding("clock", True, "the stack tells no time")
    skew = parsedate_to_datetime(date_header).astimezone(UTC) - clock.now()
    seconds = abs(round(skew.total_seconds()))
    advice = "set this machine's clock (NTP): signatures are refused 300 s off"
    return Finding("clock", abs(skew) < SKEW_MAX, f"{seconds} s apart from the stack's", advice)


def _queues(stack: Stack) -> list[Finding]:
    sqs = stack.client("sqs")
    findings = []
    for name in sorted(queue for queue in stack.queues if not queue.endswith("DeadLetterQueue")):
        answer = sqs.get_queue_attributes(
            QueueUrl=stack.queues[name], AttributeNames=["ApproximateNumberOfMessages"]
        )
        waiting = int(answer["Attributes"]["ApproximateNumberOfMessages"])
        advice = "is its function throttled or failing? see its log"
        findings.append(Finding(name, waiting < LATE_MAX, f"{waiting} waiting", advice))
    return findings


def _runtime(stack: Stack) -> list[Finding]:
    """See that functions run on what this checkout builds layers for."""
    configuration = stack.client("lambda").get_function_configuration(
        FunctionName=stack.functions["WatchGatewaysFunction"]
    )
    runs = deployed_on()
    runtime = configuration.get("Runtime", runs.runtime)
    found = f"{runtime} {configuration.get('Architectures', [runs.architecture])[0]}"
    advice = f"this checkout builds layers for {' '.join(runs)}: 'sam build && sam deploy'"
    return [Finding("runtime", found == " ".join(runs), found, advice)]


def _concurrency(stack: Stack) -> list[Finding]:
    """See that the account lets run what the stack may run: new accounts let run ten."""
    found = concurrency(stack)
    return [Finding("concurrency", found.fits, found.seen, found.advice)]


def _dead_letters(stack: Stack) -> list[Finding]:
    held = {name: waiting for name, waiting in count(stack).items() if waiting}
    if not held:
        return [Finding("dead letters", True, "none")]
    return [
        Finding(
            name,
            False,
            f"{waiting} dead-lettered",
            f"'kassa dlq show {name}'; fix the cause, then 'kassa dlq redrive {name}'",
        )
        for name, waiting in held.items()
    ]


def _accounts(stack: Stack, calls_gateways: bool) -> list[Finding]:
    connect(stack)
    return look_at_accounts(stack, calls_gateways)


def _persons(stack: Stack) -> list[Finding]:
    """See whether anybody works without a second one, and that no key says more than it opens."""
    connect(stack)
    active = [person for person in Persons().listed() if person.is_active]
    soles = [person.person_id for person in active if person.is_sole]
    seen = f"{soles[0]} is SOLE: approves alone, nothing waits for a second" if soles else ""
    findings = [Finding("persons", True, seen or f"{len(active)} active, none sole")]
    for key in ApiKeys().listed():
        closed = key.scopes & PERSONS_ALONE
        if key.person_id is None and closed and is_alive(key, clock.now()):
            seen = f"has no person, so it doesn't open {', '.join(sorted(closed))}"
            advice = "'kassa persons create', a new key of theirs, then revoke this one"
            findings.append(Finding(f"key {key.key_id}", False, seen, advice))
    return findings

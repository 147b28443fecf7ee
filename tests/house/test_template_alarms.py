"""What the template promises of alarms: each function, queue and metric that matters is watched."""

import ast
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.house.closures import closures, file_of
from tests.support.documents import RUNBOOK, slugs
from tests.support.template import ALARMS, ROOT, Resource, matches, names_in, resources, template

COMPOSITES = resources("CloudWatch::CompositeAlarm")
FUNCTIONS = resources("Serverless::Function")
QUEUES = resources("SQS::Queue")
DEAD_LETTER_QUEUES = [name for name in QUEUES if name.endswith("DeadLetterQueue")]
WORK_QUEUES = [name for name in QUEUES if name not in DEAD_LETTER_QUEUES]
MEANINGS = {"MoneyAtRiskAlarm", "CustomersCannotPayAlarm", "PeopleMustActAlarm", "DoorRefusesAlarm"}
BY_STRANGERS = {  # what anybody rings who knows an address of ours
    *(
        "SignatureRefusedAlarm",
        "WebhookRefusedAlarm",
        "ApiRefusalsAlarm",
        "NotificationForgedAlarm",
    ),
}
KASSA = ROOT / "layers" / "common" / "kassa"
AWS_METRICS = {
    "AWS/SQS": {
        "ApproximateNumberOfMessagesVisible",
        "ApproximateAgeOfOldestMessage",
        "NumberOfMessagesSent",
    },
    "AWS/Lambda": {"Errors", "Throttles", "Duration"},
    "AWS/ApiGateway": {"4xx", "5xx", "Count"},
    "AWS/SES": {"Reputation.BounceRate", "Reputation.ComplaintRate"},
    "AWS/DynamoDB": {"ConsumedWriteCapacityUnits", "ConsumedReadCapacityUnits"},
}


def watching(resource: str) -> dict[str, Resource]:
    """Return the alarms on a resource's metrics, by metric."""
    found = [one for one in ALARMS.values() if resource in names_in(one["Dimensions"])]
    by_metric = {one["MetricName"]: one for one in found}
    assert len(by_metric) == len(found)
    return by_metric


def children(composite: str) -> list[str]:
    """Return the alarms that a composite alarm names."""
    return re.findall(r'ALARM\("\${(\w+)}"\)', COMPOSITES[composite]["AlarmRule"]["Fn::Sub"])


def emitted() -> set[str]:
    """Return every metric that our code counts under service and stack alone."""
    found: set[str] = set()
    for path in KASSA.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "count":
                found |= {str(one.value) for one in node.args if isinstance(one, ast.Constant)}
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "add_metric":
                (name,) = [word.value for word in node.keywords if word.arg == "name"]
                found |= {one.value for one in ast.walk(name) if isinstance(one, ast.Constant)}
    lean = (KASSA / "platform" / "lean" / "telemetry.py").read_text()
    found |= set(re.findall(r'"([A-Z]\w+)"', lean)) - {"WARNING", "INFO", "ERROR"}
    return found | {"EventBooked", "EventRepeated"}


def shown() -> Iterator[list[Any]]:
    """Yield the metrics of the dashboard as CloudWatch reads them."""
    for dashboard in resources("CloudWatch::Dashboard").values():
        for widget in json.loads(dashboard["DashboardBody"]["Fn::Sub"])["widgets"]:
            yield from widget["properties"]["metrics"]


def alarm_lines(stack: str) -> list[dict[str, Any]]:
    """Return what the functions of a stack print: a metric each way that there is."""
    program = """
from datetime import UTC, datetime
from kassa.platform.lean import telemetry as lean_observability
from kassa.platform.telemetry import count_by, metrics
counted = ["SignatureRefused", "WebhookRefused"]
lean_observability._log("WARNING", "webhook refused", counted, datetime.now(UTC), {})
count_by("EventIgnored", "gateway_type", "other")
for _ in range(2):
    metrics.add_metric(name="RefundExcess", unit="Count", value=1)
    metrics.flush_metrics()
"""
    completed = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"STACK_NAME": stack, "PYTHONPATH": str(KASSA.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in completed.stdout.splitlines()]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_that_fails_or_is_not_let_run_raises_an_alarm(function: str) -> None:
    alarms = watching(function)

    assert set(alarms) == {"Errors", "Throttles"}
    for alarm in alarms.values():
        assert (alarm["Statistic"], alarm["Threshold"], alarm["Period"]) == ("Sum", 1, 300)


@pytest.mark.parametrize("queue", WORK_QUEUES)
def test_every_queue_that_is_not_emptied_raises_an_alarm(queue: str) -> None:
    (alarm,) = watching(queue).values()

    assert alarm["MetricName"] == "ApproximateAgeOfOldestMessage"
    assert alarm["Threshold"] <= 3600


@pytest.mark.parametrize("queue", DEAD_LETTER_QUEUES)
def test_one_message_in_a_dead_letter_queue_raises_an_alarm(queue: str) -> None:
    (alarm,) = watching(queue).values()

    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Maximum", 1)


def test_the_door_raises_alarms() -> None:
    door = {one["MetricName"] for one in ALARMS.values() if one["Namespace"] == "AWS/ApiGateway"}
    ours = {"QueueUnavailable", "SecretsUnavailable", "SignatureRefused", "WebhookRefused"}
    ours |= {"ApiRequestFailed"}

    assert door == {"4xx", "5xx"}
    assert ours <= {one["MetricName"] for one in ALARMS.values()}


def test_what_a_person_must_know_of_raises_alarms() -> None:
    metrics = {one["MetricName"] for one in ALARMS.values() if one["Namespace"] == "Kassa"}
    payments = {"WaitingTooLong", "PaymentNearlyFull", "PaymentReversed"}
    refunds = {"RefundExcess", "RefundStuck", "EscalationOverdue"}
    refunds |= {"RefundDiscrepancy", "RefundUnresolved"}
    checkouts = {"CheckoutUnknownTooLong", "OrderDiscrepancy", "OrderReopened"}
    gateways = {"NotificationForged", "GatewaySilent", "EventMissed", "WatchFailed"}

    assert payments | gateways | refunds | checkouts <= metrics


def test_a_clock_that_stopped_raises_an_alarm_but_not_before_its_first_run() -> None:
    silent, before = ALARMS["GatewaysWatchedAlarm"], ALARMS["GatewaysWatchedBeforeAlarm"]

    assert silent["Period"] * silent["EvaluationPeriods"] == 15 * 60
    assert silent["TreatMissingData"] == "breaching"
    assert before["TreatMissingData"] == "notBreaching"
    assert before["DatapointsToAlarm"] == 1
    assert set(children("ClockStoppedAlarm")) == {
        "GatewaysWatchedAlarm",
        "GatewaysWatchedBeforeAlarm",
    }
    assert " AND " in COMPOSITES["ClockStoppedAlarm"]["AlarmRule"]["Fn::Sub"]


@pytest.mark.parametrize("name", [*ALARMS, *COMPOSITES])
def test_every_alarm_notifies_someone(name: str) -> None:
    alarm = ALARMS.get(name) or COMPOSITES[name]
    if name in children("ClockStoppedAlarm"):  # which tells of both
        assert alarm["ActionsEnabled"] is False
    else:
        assert list(names_in(alarm["AlarmActions"])) == ["AlarmsTopic"]


@pytest.mark.parametrize("name", [*ALARMS, *COMPOSITES])
def test_every_alarm_says_which_paragraph_of_the_runbook_to_read(name: str) -> None:
    alarm = ALARMS.get(name) or COMPOSITES[name]
    (anchor,) = re.findall(r" \(docs/runbook\.md#([\w-]+)\)$", alarm["AlarmDescription"])

    assert anchor in slugs(RUNBOOK)


def test_every_alarm_means_one_thing_for_the_merchant() -> None:
    named = Counter(child for composite in COMPOSITES for child in children(composite))

    assert set(COMPOSITES) == MEANINGS | {"ClockStoppedAlarm"}
    assert named == Counter([*ALARMS, "ClockStoppedAlarm"])
    for name, composite in COMPOSITES.items():  # CloudWatch takes no longer rule, nor more alarms
        filled_in = 60 * len(children(name))
        assert len(composite["AlarmRule"]["Fn::Sub"]) + filled_in < 10_240
        assert len(children(name)) <= 100


def test_what_strangers_can_raise_mutes_no_alarm_about_customers_money_or_people() -> None:
    """A composite that is in ALARM already doesn't go off again; ten forged webhooks would do."""
    refusals = {"4xx"} | {name for name in emitted() if name.endswith(("Refused", "Forged"))}
    rings = {name for name, one in ALARMS.items() if one["MetricName"] in refusals}

    assert set(children("DoorRefusesAlarm")) == rings == set(BY_STRANGERS)


def test_a_wrong_secret_still_alarms_that_customers_may_not_be_served() -> None:
    """Once webhooks are refused, nothing is heard of a gateway, and what is pulled was missed."""
    assert "GatewaySilentAlarm" in children("CustomersCannotPayAlarm")
    assert "EventMissedAlarm" in children("MoneyAtRiskAlarm")


def test_every_metric_that_is_watched_or_shown_is_counted_somewhere() -> None:
    shown_metrics = {(one["Namespace"], one["MetricName"]) for one in ALARMS.values()}
    shown_metrics |= {(metric[0], metric[1]) for metric in shown()}
    known = AWS_METRICS | {"Kassa": emitted()}

    assert len(shown_metrics) > 30
    assert [name for namespace, name in shown_metrics if name not in known[namespace]] == []


def closure(function: Path) -> set[Path]:
    """Return a handler's file and those of the modules of ours that it loads."""
    name = function.parent.name
    loaded = [one for by, one in closures().items() if by.partition("/")[0] == name]
    return {function, *(file_of(module) for one in loaded for module in one["modules"])}


@cache
def counts(file: Path) -> bool:
    """Tell whether a module counts something."""
    return "metrics.add_metric(" in file.read_text()


@pytest.mark.parametrize("function", sorted((ROOT / "functions").glob("*/app.py")), ids=str)
def test_what_a_function_counts_is_written(function: Path) -> None:
    """Else its metric is lost, and the alarm on it never goes off."""
    counting = [one.name for one in closure(function) if counts(one)]

    assert len(closure(function)) > 5
    assert not counting or re.search(
        r"@metrics\.log_metrics|metrics\.flush_metrics", function.read_text()
    )


def test_every_dimension_that_is_watched_or_shown_is_one_that_is_counted_by() -> None:
    for one in ALARMS.values():
        if one["Namespace"] == "Kassa":
            assert [pair["Name"] for pair in one["Dimensions"]] == ["service", "stack"]
    for metric in shown():
        if metric[0] == "Kassa":
            assert metric[2:] == ["service", "kassa", "stack", "${AWS::StackName}"]
        else:
            named = set(names_in({"Fn::Sub": metric[3]})) - {"RestoredSuffix"}
            assert len(named) == 1
            assert named <= set(template()["Resources"])


def test_two_stacks_in_one_account_do_not_receive_from_each_other() -> None:
    ours, theirs = alarm_lines("kassa"), alarm_lines("kassa-test")

    assert len(ours) == len(theirs) == 4
    matching = {name: [line for line in ours if matches(one, "kassa", line)] for name, one in
               ALARMS.items() if one["Namespace"] == "Kassa"}  # fmt: skip
    assert {name: len(lines) for name, lines in matching.items() if lines} == {
        "SignatureRefusedAlarm": 1,
        "WebhookRefusedAlarm": 1,
        "RefundExcessAlarm": 2,
    }
    for alarm in ALARMS.values():
        if alarm["Namespace"] == "Kassa":
            assert not [line for line in theirs if matches(alarm, "kassa", line)]
        else:  # AWS's own metrics go by the names of this stack's resources
            assert set(names_in(alarm["Dimensions"])) <= set(template()["Resources"])

"""Two stacks in one account: what one prints rings its own alarms, and none of the other's.

The template's alarms and rules are made for both names in one emulated account. The lines that
handlers print become data points, as CloudWatch makes them, and each alarm looks for its own by its
namespace, metric, dimensions, statistic and period. The emulator gives an alarm also what has more
dimensions than it asks for: so hearing one's own is held exactly, hearing others' widely.
"""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from functions.book_event.app import lambda_handler as book
from functions.receive_webhook.app import lambda_handler as receive
from functions.serve_api.app import lambda_handler as serve
from functions.watch_gateways.app import lambda_handler as watch
from kassa.gateways.webhooks.secrets import webhook_secrets
from kassa.intake.refused_requests import refused_requests
from kassa.platform import telemetry as observability
from kassa.platform.lean import aws as lean_aws
from kassa.platform.lean.settings import lean_settings
from tests.support import stripe_events as s
from tests.support.api_requests import sent
from tests.support.aws_stack import Context, Stack
from tests.support.queue_batches import batch
from tests.support.rendered_template import Rendered
from tests.support.template import Resource, template

OURS, THEIRS = "kassa-a", "kassa-b"
OF_ACCOUNT = "AWS/SES"  # SES counts bounces and complaints of an account, not of a stack
BY_HANDLERS = {"SignatureRefused", "WebhookRefused", "GatewaysWatched", "ApiRequestFailed"}
Printed = list[dict[str, Any]]
Print = Callable[[str], Printed]


@pytest.fixture
def printed(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Print]:
    """Return how to let the handlers of a stack of some name print what they count."""
    services = ("sqs", "s3", "secretsmanager")
    kept = (lean_settings, webhook_secrets, refused_requests)
    counter: Any = observability.metrics.provider
    lean_aws.install({name: boto3.client(name) for name in services})
    monkeypatch.setattr("kassa.orders.lists.of_day", lambda *_: 1 // 0)

    def of(name: str) -> Printed:
        """Refuse a webhook, book, watch and fail; then count all else that rings, one by one."""
        monkeypatch.setenv("STACK_NAME", name)
        monkeypatch.setattr(observability, "STACK", name)
        for held in (counter.dimension_set, counter.default_dimensions):
            monkeypatch.setitem(held, "stack", name)
        for cached in kept:
            cached.cache_clear()
        capsys.readouterr()
        _handle(account=name)
        by_handlers = _counted(capsys.readouterr().out)
        for metric in sorted(kassa_metrics() - BY_HANDLERS):
            observability.count(metric)
        return [*by_handlers, *_counted(capsys.readouterr().out)]

    yield of
    lean_aws.install({})
    for cached in kept:
        cached.cache_clear()


def _handle(account: str) -> None:
    known = {"merchant_id": "main", "mode": "test", "signing_secrets": ["whsec_1"]}
    boto3.client("secretsmanager").create_secret(
        Name=f"kassa/webhooks/stripe/{account}", SecretString=json.dumps(known)
    )
    forged = {
        "pathParameters": {"gateway": "stripe", "account": account},
        "headers": {"Stripe-Signature": "t=1,v1=0"},
        "body": "{}",
        "isBase64Encoded": False,
    }
    captured = s.event("charge.captured", s.charge(), "evt_1")

    assert receive(forged, None)["statusCode"] == 400
    assert book(batch(captured), Context()) == {"batchItemFailures": []}
    watch({}, Context())  # type: ignore[arg-type]
    assert serve(sent("GET /orders"), Context())["statusCode"] == 500  # type: ignore[arg-type]


def _counted(lines: str) -> Printed:
    found = [json.loads(line) for line in lines.splitlines() if line.startswith("{")]
    return [line for line in found if "_aws" in line]


def kassa_metrics() -> set[str]:
    """Return every metric of ours that an alarm asks for."""
    alarms = Rendered(OURS).of_type("CloudWatch::Alarm").values()
    return {one["MetricName"] for one in alarms if one["Namespace"] == "Kassa"}


def put(lines: Printed) -> None:
    """Make data points of lines in the embedded metric format, one for each set of dimensions."""
    cloudwatch = boto3.client("cloudwatch")
    for line in lines:
        at = datetime.fromtimestamp(line["_aws"]["Timestamp"] / 1000, UTC)
        for directive in line["_aws"]["CloudWatchMetrics"]:
            data = [
                {
                    "MetricName": metric["Name"],
                    "Unit": metric["Unit"],
                    "Timestamp": at,
                    "Dimensions": [{"Name": name, "Value": line[name]} for name in names],
                    "Values": value if isinstance(value := line[metric["Name"]], list) else [value],
                }
                for names in directive["Dimensions"]
                for metric in directive["Metrics"]
            ]
            cloudwatch.put_metric_data(Namespace=directive["Namespace"], MetricData=data)


def put_by_aws(rendered: Rendered) -> None:
    """Make a data point of every AWS metric that alarms ask for, of each resource that has it."""
    dimensions = {
        "AWS/SQS": ("QueueName", "SQS::Queue"),
        "AWS/ApiGateway": ("ApiId", "ApiGatewayV2::Api"),
    }
    dimensions |= {"AWS/Lambda": ("FunctionName", "Serverless::Function")}
    given = {
        (one["Namespace"], one["MetricName"])
        for one in rendered.of_type("CloudWatch::Alarm").values()
        if one["Namespace"] not in ("Kassa", OF_ACCOUNT)
    }
    for namespace, metric in given:
        name, kind = dimensions[namespace]
        for logical_id in rendered.of_type(kind):
            of = [{"Name": name, "Value": rendered.name_of(logical_id)}]
            data = {
                "MetricName": metric,
                "Dimensions": of,
                "Value": 1.0,
                "Timestamp": datetime.now(UTC),
            }
            boto3.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=[data])


def make_alarms(rendered: Rendered) -> None:
    """Make the alarms of a stack."""
    cloudwatch = boto3.client("cloudwatch")
    for name, one in rendered.of_type("CloudWatch::Alarm").items():
        cloudwatch.put_metric_alarm(**{"AlarmName": rendered.name_of(name)} | one)


def alarms_of(name: str) -> list[Resource]:
    """Return the alarms that the account holds for a stack, but for what is the account's own."""
    pages = boto3.client("cloudwatch").get_paginator("describe_alarms")
    found = (alarm for page in pages.paginate() for alarm in page["MetricAlarms"])
    own = (alarm for alarm in found if alarm["Namespace"] != OF_ACCOUNT)
    return [alarm for alarm in own if alarm["AlarmName"].startswith(f"{name}-")]


def matches(alarm: Resource) -> bool:
    """Tell whether an alarm's query finds anything, even with more dimensions than it asks for."""
    until = datetime.now(UTC) + timedelta(days=1)
    metric = {name: alarm[name] for name in ("Namespace", "MetricName", "Dimensions", "Period")}
    found = boto3.client("cloudwatch").get_metric_statistics(
        **metric,
        Statistics=[alarm["Statistic"]],
        StartTime=until - timedelta(days=400),
        EndTime=until,
    )
    return bool(found["Datapoints"])


def unmatched(alarms: list[Resource]) -> list[str]:
    """Return alarms without a metric of just their dimensions: CloudWatch takes no other."""
    pages = boto3.client("cloudwatch").get_paginator("list_metrics").paginate()
    there = {metric(one) for page in pages for one in page["Metrics"]}
    return [one["AlarmName"] for one in alarms if metric(one) not in there or not matches(one)]


def metric(given: Resource) -> tuple[str, str, frozenset[tuple[str, str]]]:
    """Return what of an alarm or a metric says which metric it is."""
    dimensions = frozenset((one["Name"], one["Value"]) for one in given["Dimensions"])
    return given["Namespace"], given["MetricName"], dimensions


def test_each_stack_receives_all_that_it_prints_and_nothing_of_the_other(printed: Print) -> None:
    for name in (OURS, THEIRS):
        make_alarms(Rendered(name))
    assert len(alarms_of(OURS)) == len(alarms_of(THEIRS)) > 70

    lines = printed(OURS)
    put(lines)
    put_by_aws(Rendered(OURS))

    assert {name for line in lines for name in line} >= BY_HANDLERS
    assert unmatched(alarms_of(OURS)) == []
    assert [one["AlarmName"] for one in alarms_of(THEIRS) if matches(one)] == []

    put(printed(THEIRS))
    put_by_aws(Rendered(THEIRS))
    assert unmatched(alarms_of(THEIRS)) == []


@pytest.mark.parametrize("without", ["stack", "service", None])
def test_an_alarm_without_its_stack_is_found(printed: Print, without: str | None) -> None:
    """Plant an alarm that leaves dimensions out: it must hear the other, or not hear its own."""
    resources = deepcopy(template()["Resources"])
    planted = resources["RefundExcessAlarm"]["Properties"]
    dimensions = planted["Dimensions"] if without else []
    planted["Dimensions"] = [one for one in dimensions if one["Name"] != without]
    rendered = Rendered(THEIRS, resources)
    make_alarms(rendered)

    put(printed(OURS))
    matched = {one["AlarmName"] for one in alarms_of(THEIRS) if matches(one)}
    put(printed(THEIRS))
    deaf = set(unmatched([one for one in alarms_of(THEIRS) if one["Namespace"] == "Kassa"]))

    name = rendered.name_of("RefundExcessAlarm")
    assert matched == ({name} if without != "service" else set())
    assert deaf == {name}


def test_nothing_of_two_stacks_has_the_same_name() -> None:
    ours, theirs = Rendered(OURS), Rendered(THEIRS)

    assert set(ours.names()) == set(theirs.names())
    assert set(ours.names().values()) & set(theirs.names().values()) == set()
    for group in ours.of_type("Logs::LogGroup").values():
        assert OURS in group["LogGroupName"]
    assert ours.of_type("Logs::MetricFilter") == {}  # lines are counted as they are printed


def test_a_fixed_name_in_the_template_is_found() -> None:
    resources = deepcopy(template()["Resources"])
    resources["AlarmsTopic"].setdefault("Properties", {})["TopicName"] = "kassa-alarms"
    ours, theirs = (set(Rendered(name, resources).names().values()) for name in (OURS, THEIRS))

    assert ours & theirs == {"kassa-alarms"}


@pytest.mark.parametrize(
    "kind",
    ["CloudWatch::Alarm", "CloudWatch::CompositeAlarm", "CloudWatch::Dashboard", "Events::Rule"],
)
def test_what_enqueues_and_what_is_enqueued_is_all_of_one_stack(kind: str) -> None:
    ours, theirs = Rendered(OURS), Rendered(THEIRS)
    others = set(theirs.names().values())

    for name, one in ours.of_type(kind).items():
        text = json.dumps(one)
        assert THEIRS not in text, name
        assert not [other for other in others if other in text], name
        assert OURS in text, name


def test_a_fact_on_one_bus_reaches_the_queues_of_its_stack_alone(stack: Stack) -> None:
    events = boto3.client("events")
    for name in (OURS, THEIRS):
        rendered = Rendered(name)
        for bus in rendered.of_type("Events::EventBus").values():
            events.create_event_bus(Name=bus["Name"])
        for logical_id, rule in rendered.of_type("Events::Rule").items():
            metric = {"Name": rendered.name_of(logical_id), "EventBusName": rule["EventBusName"]}
            events.put_rule(**metric, EventPattern=json.dumps(rule["EventPattern"]))
            targets = [{"Id": one["Id"], "Arn": one["Arn"]} for one in rule["Targets"]]
            events.put_targets(
                Rule=metric["Name"], EventBusName=rule["EventBusName"], Targets=targets
            )

    for name in (OURS, THEIRS):
        bus = Rendered(name).of_type("Events::EventBus")["KassaBus"]["Name"]
        rules = events.list_rules(EventBusName=bus)["Rules"]
        reached = [
            target["Arn"].rpartition(":")[2]
            for rule in rules
            for target in events.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus)[
                "Targets"
            ]
        ]
        assert len(reached) >= 4
        assert [queue for queue in reached if not queue.startswith(f"{name}-")] == []
        of_account = events.list_rules(EventBusName="default")["Rules"]
        assert len(of_account) == 2  # by which carriers report, of each stack's own mails
        assert all(
            (OURS in one["EventPattern"]) != (THEIRS in one["EventPattern"]) for one in of_account
        )

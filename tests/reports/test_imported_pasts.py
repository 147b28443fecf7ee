"""Reports of before the books are made of what was imported, and say so; others don't count it."""

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest

from functions.archive_facts.app import lambda_handler as archive_facts
from functions.build_report.app import lambda_handler as build_report
from kassa.archive.imported_rollups import roll_up_imported
from kassa.core import stored
from kassa.core.errors import ReportNotFound
from kassa.platform import aws
from kassa.platform.messaging import event_bus
from kassa.platform.settings import settings
from kassa.reports.report import Report
from tests.support.api_requests import get
from tests.support.aws_stack import ACCOUNT_ID, NOW, REGION, Context, Stack
from tests.support.facts import captured
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenarios import SCENARIOS, expected
from tests.support.gateway_stage import Stage
from tests.support.past_stage import AGO, PASTS, ask, facts, happen, past, walk
from tests.support.template import resources

ALL, REFUNDS = SCENARIOS["all of it"], SCENARIOS["two partial refunds"]
MONTH = f"{NOW - AGO:%Y-%m}"


@pytest.fixture
def archive(stack: Stack) -> str:
    """Put the archive's queue behind a bus as the template's rules lead there."""
    sqs, events = boto3.client("sqs"), boto3.client("events")
    url = sqs.create_queue(QueueName="facts")["QueueUrl"]
    pattern = json.dumps(resources("Events::Rule")["FactsRule"]["EventPattern"])
    events.put_rule(Name="facts", EventBusName=stack.bus, EventPattern=pattern)
    target = {"Id": "facts", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:facts"}
    events.put_targets(Rule="facts", EventBusName=stack.bus, Targets=[target])
    return str(url)


def archived(url: str) -> int:
    """Archive what the rule let through, and return how many facts that were."""
    sqs, count = boto3.client("sqs"), 0
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        records = [
            {"messageId": one["MessageId"], "body": one["Body"], "attributes": {}}
            for one in messages
        ]
        assert archive_facts({"Records": records}, Context()) == {"batchItemFailures": []}
        count += len(messages)
        for one in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
    return count


def built(stack: Stack, **asked: str) -> tuple[dict[str, Any], Report, str]:
    answer = build_report(asked, Context())
    s3 = aws.client("s3")
    json_body, page = (
        s3.get_object(Bucket=stack.bucket, Key=answer["keys"][name])["Body"].read()
        for name in ("report.json", "report.html")
    )
    return answer, stored.read(Report, json.loads(json_body)), page.decode()


def document(stack: Stack, answer: dict[str, Any], name: str) -> str:
    found = aws.client("s3").get_object(Bucket=stack.bucket, Key=answer["keys"][name])
    return str(found["Body"].read().decode())


def imported(stage: Stage, url: str) -> None:
    ask(stage)
    walk(stage)
    stage.book()
    assert archived(url) >= len(facts(stage)) > 0  # a repeated event tells again


@pytest.mark.parametrize("gateway", PASTS)
def test_a_month_of_before_the_books_has_the_figures_of_its_time_and_says_so(
    gateway: str,
    stack: Stack,
    fake_clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    archive: str,
) -> None:
    with past(gateway, stack, fake_clock, monkeypatch) as stage:
        scenario = ALL if ALL.needs <= stage.scene.can else REFUNDS
        whose = next(iter(stage.scene.secrets().values()))["merchant_id"]
        monkeypatch.setenv("MERCHANT_ID", whose)
        settings.cache_clear()
        happen(stage, scenario)
        imported(stage, archive)
        answer, report, page = built(stack, day=MONTH, period="monthly")

        ledger = expected(scenario, stage.scene.can)
        [euros] = report.currencies
        assert euros.gross.amount_minor == sum(scenario.captured)
        assert euros.refunds.amount_minor == scenario.refunded
        assert euros.disputes.amount_minor == scenario.charged_back
        assert euros.fees.amount_minor == ledger.get(("gateway_fees", "EUR"), 0)
        assert report.is_imported
        assert not answer["is_closed"]
        assert "Imported: from before these books" in page
        assert ",imported," in document(stack, answer, "report.csv")
        for name in ("report.csv", "fees.csv", "anomalies.csv"):
            assert "preliminary" not in document(stack, answer, name)


def test_an_imported_report_is_listed_as_such_and_nothing_before_the_books_is_missing(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch, archive: str
) -> None:
    with past("stripe", stack, fake_clock, monkeypatch) as stage:
        happen(stage, ALL)
        imported(stage, archive)
        event_bus.publish([captured("pi_today", NOW, (12_00, "EUR"))])
        archived(archive)
        for kind, name in (("daily", str((NOW - AGO).date())), ("monthly", MONTH)):
            built(stack, day=name, period=kind)
            _, page = get("/reports", period=kind)
            assert [(one["name"], one["state"]) for one in page["reports"]] == [(name, "imported")]

        asked = {"figure": "gross", "day": MONTH, "period": "monthly"}
        assert build_report(asked, Context())["is_imported"]


def test_the_day_of_the_import_counts_nothing_of_it(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch, archive: str
) -> None:
    with past("stripe", stack, fake_clock, monkeypatch) as stage:
        happen(stage, ALL)
        imported(stage, archive)
        news = captured("pi_today", NOW, (12_00, "EUR"))
        event_bus.publish([news])
        assert archived(archive) == 1
        fake_clock.at = NOW + timedelta(days=1)
        rolled_up = roll_up_imported(NOW.date(), most=2)
        answer, report, _ = built(stack, day=str(NOW.date()))
        history = json.loads(document(stack, answer, "manifest.json"))["history"]

        assert answer["is_closed"]
        assert [one["key"].split("/")[2:5] for one in history] == [
            ["imported", "rollup", str(day)] for day in sorted(rolled_up)
        ]
        assert [one.gross.amount_minor for one in report.currencies] == [12_00]
        assert report.facts == {"PaymentCaptured": 1}


def test_a_period_of_which_nothing_was_imported_has_no_report(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch, archive: str
) -> None:
    with past("stripe", stack, fake_clock, monkeypatch) as stage:
        happen(stage, ALL)
        imported(stage, archive)
        with pytest.raises(ReportNotFound, match="the books begin on"):
            built(stack, day="2025-03", period="monthly")


def test_of_all_rules_only_the_archives_hears_of_a_past() -> None:
    listening = {
        name
        for name, rule in resources("Events::Rule").items()
        if event_bus.IMPORTED in rule["EventPattern"].get("source", [])
    }
    assert listening == {"FactsRule"}

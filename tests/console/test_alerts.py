"""Alerts: what stood out and why, beside what is usual, and whether somebody expects it."""

import json
from datetime import timedelta

import pytest

from kassa.archive.report_names import document_key
from kassa.audit import store as audit_trail
from kassa.core.periods import PeriodKind
from kassa.people.persons import Role
from kassa.platform import aws
from kassa.reports.anomalies import alerted_store
from kassa.reports.anomalies.alerted_store import AlertedDay
from kassa.reports.anomalies.finding import Finding, Kind, anomaly_id
from kassa.reports.anomalies.store import Marks
from tests.support.aws_stack import NOW, Stack
from tests.support.console_pages import Browser, person
from tests.support.console_pages import opened as opened

pytestmark = pytest.mark.usefixtures("opened", "stack")
HTML_MAX = 60 * 1024
DAY = NOW.date()
HOSTILE = "<script>alert(1)</script>"
MARKED = {"is_expected": "yes", "reason": "Black Friday"}


def found(kind: Kind = Kind.REFUND_BURST, headline: str = "Refunds burst") -> Finding:
    """Let something stand out today, and alert it."""
    finding = Finding(
        anomaly_id=anomaly_id(kind, DAY, headline), kind=kind, headline=headline,
        reasons=("9 refunds in an hour; 2 are usual", "5 at least were asked for"),
        gateway="stripe", account="main", currency="EUR", amount_minor=900_00,
        began_at=NOW - timedelta(hours=2), ended_at=NOW, found_on=DAY, like="stripe/main",
        level=9, surprise=4, count=9, subject_ids=("pi_1",), event_ids=("evt_1",),
    )  # fmt: skip
    alerted_store.save("main", DAY, AlertedDay().with_alerts([finding], NOW))
    return finding


def summary_of(stack: Stack, weeks_ago: int, refunds_minor: int) -> None:
    """Let a day's summary stand there, as its report would."""
    day = DAY - timedelta(weeks=weeks_ago)
    key = document_key("main", PeriodKind.DAILY, str(day), "report.json")
    one = {"currency": "EUR", "refunds": {"amount_minor": refunds_minor}}
    content = json.dumps({"period": {"day": str(day)}, "currencies": [one]})
    aws.client("s3").put_object(Bucket=stack.bucket, Key=key, Body=content.encode())


@pytest.fixture
def finance() -> Browser:
    return Browser().sign_in(person(Role.FINANCE))


def test_without_any_it_says_what_it_takes(finance: Browser) -> None:
    shown = finance.get("/console/alerts")

    assert "Nothing stood out on these days." in shown.text
    assert "14 known days" in shown.text


def test_what_stood_out_is_listed_with_its_reasons_and_what_is_at_stake(finance: Browser) -> None:
    finding = found(headline=HOSTILE)
    shown = finance.get("/console/alerts")

    for text in (HOSTILE, "900.00 EUR", "9 refunds in an hour; 2 are usual"):
        assert text in shown.text
    assert "<script>alert" not in shown.body
    assert f"/console/alerts/{finding.anomaly_id}" in shown.body
    assert finding.anomaly_id not in finance.get("/console/alerts?until=2026-11-20").body


def test_one_leads_to_the_payments_and_events_behind_it(finance: Browser) -> None:
    shown = finance.get(f"/console/alerts/{found().anomaly_id}")

    assert "Refunds burst" in shown.text
    assert "/console/search?q=pi_1" in shown.body
    assert "/console/search?q=evt_1" in shown.body
    assert "<svg" not in shown.body  # no day like it is known


def test_its_figure_stands_beside_what_is_usual(stack: Stack, finance: Browser) -> None:
    for weeks_ago, minor in enumerate((900_00, 80_00, 100_00, 90_00, 110_00, 100_00)):
        summary_of(stack, weeks_ago, minor)
    shown = finance.get(f"/console/alerts/{found().anomaly_id}")

    assert 'class="band"' in shown.body
    assert "Refunds of this day beside the same weekday's: usually 55.52 EUR to" in shown.text
    assert "900.00 EUR" in shown.text
    assert len(shown.body.encode()) < HTML_MAX


def test_somebody_says_that_it_is_expected_and_takes_it_back(finance: Browser) -> None:
    path = f"/console/alerts/{found().anomaly_id}"
    assert finance.send(f"{path}/mark", **MARKED).leads_to == path
    assert "Expected: Black Friday" in finance.get(path).text
    assert "Expected: Black Friday" in finance.get("/console/alerts").text

    finance.send(f"{path}/mark", is_expected="no", reason="It wasn't")
    assert "Nobody said that it is expected." in finance.get(path).text
    acts = [json.loads(one.content) for one in audit_trail.items(DAY)]
    marks = [one for one in acts if one["operation"].startswith("anomaly.")]
    assert [one["reason"] for one in marks] == ["Black Friday", "It wasn't"]
    assert all(one["by"]["person_id"].startswith("person_") for one in marks)


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"reason": ""}, 400),
        ({"reason": "x" * 301}, 400),
        ({"is_expected": "perhaps"}, 400),
        ({"is_expected": ""}, 400),
    ],
)
def test_a_mark_that_can_t_be_is_refused(
    finance: Browser, form: dict[str, str], status: int
) -> None:
    path = f"/console/alerts/{found().anomaly_id}/mark"

    assert finance.send(path, **MARKED | form).status == status
    assert Marks("main").read().marks == ()


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.FINANCE])
def test_who_may_not_mark_sees_it_without_the_form(role: Role) -> None:
    browser, path = Browser().sign_in(person(role)), f"/console/alerts/{found().anomaly_id}"

    assert "/mark" not in browser.get(path).body
    assert browser.send(f"{path}/mark", **MARKED).status == 403


@pytest.mark.parametrize("named", ["2026-11-21-00000000", "2026-13-21-00000000", "..", "<b>"])
def test_one_that_was_guessed_is_not_there(finance: Browser, named: str) -> None:
    assert finance.get(f"/console/alerts/{named}").status == 404
    assert finance.send(f"/console/alerts/{named}/mark", **MARKED).status == 404


@pytest.mark.parametrize("until", ["yesterday", "2026-13-01"])
def test_a_day_that_can_t_be_is_refused(finance: Browser, until: str) -> None:
    assert finance.get(f"/console/alerts?until={until}").status == 400

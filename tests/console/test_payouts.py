"""Payouts: sums by day, which lead to their postings, and one with what it moved."""

import json
from datetime import timedelta

import pytest

from functions.book_event.app import lambda_handler as book
from kassa.archive.report_names import document_key
from kassa.core.periods import PeriodKind
from kassa.people.persons import Role
from kassa.platform import aws
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.console_pages import Browser, person
from tests.support.console_pages import opened as opened
from tests.support.queue_batches import batch, failed
from tests.support.stripe_events import event, payout

pytestmark = pytest.mark.usefixtures("opened", "stack")
DAY = str(NOW.date())


@pytest.fixture
def reader() -> Browser:
    return Browser().sign_in(person(Role.READER))


def test_without_any_it_says_when_they_come(reader: Browser) -> None:
    shown = reader.get("/console/payouts")

    assert "No report of these days has a payout." in shown.text
    assert "kassa report due" in shown.text


def test_a_days_payouts_lead_to_their_postings(stack: Stack, reader: Browser) -> None:
    key = document_key("main", PeriodKind.DAILY, DAY, "report.json")
    sums = {"amount_minor": 517_07, "postings": 2}
    content = {"period": {"day": DAY}, "currencies": [{"currency": "EUR", "payouts": sums}]}
    aws.client("s3").put_object(Bucket=stack.bucket, Key=key, Body=json.dumps(content).encode())
    shown = reader.get("/console/payouts")

    assert "517.07 EUR" in shown.text
    assert f"/console/reports/daily/{DAY}/payouts?currency=EUR" in shown.body
    assert "517.07" not in reader.get("/console/payouts?until=2026-11-20").text


def test_one_shows_its_events_with_what_they_moved_and_is_found_by_its_id(reader: Browser) -> None:
    assert failed(book(batch(event("payout.paid", payout(), "evt_6")), Context())) == []
    path = "/console/payouts/stripe/main/po_1"
    shown = reader.get(path)

    for text in ("Stripe · po_1", "payout.paid", "50.00 EUR", "gateway, balance → bank"):
        assert text in shown.text
    assert reader.get("/console/search?q=po_1").leads_to == path


@pytest.mark.parametrize("named", ["po_0", "..", "<b>", "x" * 300])
def test_one_that_was_guessed_is_not_there(reader: Browser, named: str) -> None:
    assert reader.get(f"/console/payouts/stripe/main/{named}").status == 404


def test_a_day_that_can_t_be_is_refused(reader: Browser) -> None:
    assert reader.get("/console/payouts?until=soon").status == 400


def summary(stack: Stack, days_ago: int, gross_minor: int, clearing_minor: int) -> None:
    day = str(NOW.date() - timedelta(days=days_ago))
    gross = {"amount_minor": gross_minor, "postings": 1}
    sums = {"currency": "EUR", "gross": gross, "accounts": {"gateway_clearing": clearing_minor}}
    content = json.dumps({"period": {"day": day}, "currencies": [sums]}).encode()
    key = document_key("main", PeriodKind.DAILY, day, "report.json")
    aws.client("s3").put_object(Bucket=stack.bucket, Key=key, Body=content)


def test_what_stays_in_clearing_is_of_the_newest_captures(stack: Stack, reader: Browser) -> None:
    path = "/console/payouts?show=clearing"
    assert "No report of these days was built yet." in reader.get(path).text

    summary(stack, 40, 100_00, 100_00)
    summary(stack, 5, 100_00, -20_00)
    summary(stack, 1, 30_00, 10_00)
    shown = reader.get(path).text
    assert "EUR 90.00 EUR Of yesterday 30.00 EUR 2–7 days 60.00 EUR 8–30 days 0.00 EUR" in shown
    assert "What stays in clearing" in reader.get("/console/payouts").text
    for language in ("fi", "ja", "ru", "th", "zh-Hant"):
        assert Browser(language).sign_in(person(Role.READER)).get(path).status == 200

"""The list of imports: what was asked for, how far it came, and what became of each row."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest

from kassa.core.errors import UnreadableEvent
from kassa.gateways.events import Delivery
from kassa.gateways.stripe import client as stripe_client
from kassa.ledger import book_event
from kassa.ledger.lists import import_runs
from kassa.ledger.lists.import_runs import ImportRun, RunState
from kassa.ledger.store import Books
from kassa.platform.index_pages import PageRequest
from tests.support.api_requests import get
from tests.support.aws_stack import NOW, Stack
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenarios import SCENARIOS
from tests.support.past_stage import ONE_PAGE, SINCE, ask, happen, past, walk

ALL, PAY = SCENARIOS["all of it"], SCENARIOS["pay"]
Patch = pytest.MonkeyPatch


def runs() -> list[ImportRun]:
    return list(import_runs.listed(PageRequest()).imports)


def test_each_row_is_booked_once_and_known_to_whoever_imports_it_again(
    stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    with past("stripe", stack, fake_clock, monkeypatch) as stage:
        happen(stage, ALL)
        ask(stage)
        walk(stage)
        stage.book()
        [first] = runs()
        fake_clock.at += timedelta(hours=1)
        ask(stage, again=True)
        walk(stage)
        stage.book()
        again, before = runs()

        assert (first.state, first.percent, first.begins_at) == (RunState.FINISHED, 100, SINCE)
        assert first.rows == first.booked + first.known + first.ignored > 0
        assert before == first
        assert (again.rows, again.booked, again.known) == (first.rows, 0, first.rows)
        status, page = get("/imports", limit="1")
        assert (status, page["has_more"]) == (200, True)
        assert [one["import_id"] for one in page["imports"]] == [again.import_id]


def test_a_row_that_failed_is_counted_until_it_is_booked(
    stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    with past("stripe", stack, fake_clock, monkeypatch) as stage:
        happen(stage, ALL)
        ask(stage)
        walk(stage)
        with monkeypatch.context() as release:  # one that doesn't know disputes yet
            release.setattr(book_event, "read_event", refusing_disputes(book_event.read_event))
            stage.book()
            for body in stage.failures:
                send(stack, body)
            stage.book()
        [wrong] = runs()
        for body in set(stage.failures):
            send(stack, body)
        stage.book()
        [mended] = runs()

        assert wrong.failed == len(set(stage.failures)) > 0
        assert wrong.rows == wrong.booked + wrong.known + wrong.ignored + wrong.failed
        assert mended.failed == 0
        assert mended.rows == mended.booked + mended.known + mended.ignored


def refusing_disputes(read: Callable[..., Any]) -> Callable[..., Any]:
    """Return a reader that doesn't understand disputes."""

    def _read(delivery: Delivery, books: Books) -> Any:
        if b'"dispute"' in base64.b64decode(delivery.body_base64):
            raise UnreadableEvent("a dispute")
        return read(delivery, books)

    return _read


def send(stack: Stack, body: str) -> None:
    boto3.client("sqs").send_message(QueueUrl=stack.events_queue, MessageBody=body)


def test_an_import_that_is_begun_anew_is_another_and_says_so_of_the_first(
    stack: Stack, fake_clock: FakeClock, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(stripe_client, "PAGE", 2)
    with past("stripe", stack, fake_clock, monkeypatch) as stage:
        happen(stage, PAY)
        ask(stage)
        walk(stage, ONE_PAGE)
        [running] = runs()
        fake_clock.at = NOW + timedelta(seconds=1)
        ask(stage, since=SINCE - timedelta(days=1))
        new, old = runs()

        assert (running.state, running.rows) == (RunState.RUNNING, 2)
        assert (old.import_id, old.state, old.rows) == (running.import_id, RunState.SUPERSEDED, 2)
        assert (new.state, new.rows, new.begins_at) == (
            RunState.RUNNING,
            0,
            SINCE - timedelta(days=1),
        )

"""Deliveries on the real table: begun once, ended once, whoever else writes meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from kassa.core.errors import DeliveryNotFound, StaleWrite
from kassa.deliveries.delivery import IN_FLIGHT, Channel, Outcome, Status
from kassa.deliveries.items import item_of
from kassa.deliveries.store import Deliveries
from kassa.platform import aws, table
from tests.support.aws_stack import FakeClock, Stack
from tests.support.deliveries import a_delivery


@pytest.fixture
def deliveries(stack: Stack) -> Deliveries:
    return Deliveries("main")


def test_one_of_two_messages_begins_and_the_other_comes_back(deliveries: Deliveries) -> None:
    first = deliveries.begin(a_delivery(), is_repeatable=False)

    assert first is not None
    with pytest.raises(StaleWrite):
        deliveries.begin(a_delivery(), is_repeatable=False)
    deliveries.end(first, Outcome(Status.SENT, carrier_id="m-1"))
    assert deliveries.begin(a_delivery(), is_repeatable=False) is None
    kept = deliveries.find(first.delivery_id)
    assert kept is not None
    assert (kept.status, kept.carrier_id, kept.attempts) == (Status.SENT, "m-1", 1)


def test_a_crashed_attempt_at_what_would_tell_twice_is_unknown_for_good(
    deliveries: Deliveries, fake_clock: FakeClock
) -> None:
    first = deliveries.begin(a_delivery(channel=Channel.MAIL), is_repeatable=False)
    assert first is not None
    fake_clock.at += IN_FLIGHT

    assert deliveries.begin(a_delivery(channel=Channel.MAIL), is_repeatable=False) is None
    kept = deliveries.find(first.delivery_id)
    assert kept is not None
    assert kept.status is Status.UNKNOWN


def test_a_crashed_attempt_at_what_knows_a_repeat_is_repeated(
    deliveries: Deliveries, fake_clock: FakeClock
) -> None:
    first = deliveries.begin(a_delivery(), is_repeatable=True)
    fake_clock.at += IN_FLIGHT
    second = deliveries.begin(a_delivery(), is_repeatable=True)

    assert first is not None
    assert second is not None
    assert second.attempts == 2
    late = deliveries.end(first, Outcome(Status.FAILED))  # the first one was only slow
    assert late.status is Status.SENDING
    assert deliveries.end(second, Outcome(Status.SENT)).status is Status.SENT


class LostAnswers:
    """A table client whose next answer is lost, after the write or before it."""

    def __init__(self, client: Any, is_written: bool) -> None:
        self._client, self._is_written = client, is_written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def put_item(self, **request: Any) -> Any:
        if self._is_written:
            self._client.put_item(**request)
        self.put_item = self._client.put_item
        raise ReadTimeoutError(endpoint_url="https://dynamodb.invalid")


@pytest.mark.parametrize("is_written", [True, False])
def test_who_wrote_an_attempt_goes_on_though_the_answer_was_lost(
    deliveries: Deliveries, monkeypatch: pytest.MonkeyPatch, is_written: bool
) -> None:
    client = LostAnswers(aws.client("dynamodb"), is_written)
    monkeypatch.setattr(aws, "client", lambda name: client)

    if is_written:
        assert deliveries.begin(a_delivery(channel=Channel.MAIL), is_repeatable=False)
        return
    with pytest.raises(ReadTimeoutError):
        deliveries.begin(a_delivery(channel=Channel.MAIL), is_repeatable=False)
    assert deliveries.begin(a_delivery(channel=Channel.MAIL), is_repeatable=False)


def test_a_report_that_overtakes_the_outcome_stays(deliveries: Deliveries) -> None:
    first = deliveries.begin(a_delivery(channel=Channel.MAIL), is_repeatable=False)
    assert first is not None

    assert deliveries.report(first.delivery_id, Status.BOUNCED, "no such mailbox")
    after = deliveries.end(first, Outcome(Status.SENT, carrier_id="m-1"))

    assert (after.status, after.reason) == (Status.BOUNCED, "no such mailbox")
    assert not deliveries.report(first.delivery_id, Status.DELIVERED)


def test_a_report_of_what_is_not_ours_says_so(deliveries: Deliveries) -> None:
    with pytest.raises(DeliveryNotFound):
        deliveries.report("dl_nobody", Status.DELIVERED)


def test_what_is_skipped_or_waits_from_the_start_is_kept_once(
    deliveries: Deliveries, fake_clock: FakeClock
) -> None:
    until = fake_clock.at + timedelta(hours=9)
    deliveries.skip(a_delivery("pi_1"), "unsubscribed")
    deliveries.wait(a_delivery("pi_2"), Outcome(Status.WAITING, "quiet_hours", None, until))

    assert deliveries.begin(a_delivery("pi_1"), is_repeatable=True) is None
    assert deliveries.begin(a_delivery("pi_2"), is_repeatable=True) is None
    fake_clock.at = until
    assert deliveries.begin(a_delivery("pi_2"), is_repeatable=True) is not None


def test_what_a_newer_release_wrote_beside_stays(deliveries: Deliveries) -> None:
    first = deliveries.begin(a_delivery(), is_repeatable=True)
    assert first is not None
    newer = item_of(first) | {"opened_at": "2026-11-21T09:00:01Z"}
    table.write("put_item", Item=table.typed(newer))

    kept = deliveries.find(first.delivery_id)
    assert kept is not None
    after = deliveries.end(kept, Outcome(Status.SENT))

    assert item_of(after)["opened_at"] == "2026-11-21T09:00:01Z"

"""When a webhook is tried again; the drawn delay is passed in."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.deliveries.delivery import Delivery, Status
from kassa.partners.webhooks import retries
from kassa.partners.webhooks.retries import STEPS_S, Answer, outcome, put_off
from tests.support.aws_stack import NOW
from tests.support.deliveries import a_delivery


def longest(upper_s: float) -> float:
    return upper_s


def tried(attempts: int) -> Delivery:
    return a_delivery().model_copy(update={"attempts": attempts})


@pytest.mark.parametrize(("attempts", "seconds"), list(enumerate(STEPS_S, start=1)))
def test_each_wait_is_drawn_below_its_step(attempts: int, seconds: int) -> None:
    after = outcome(tried(attempts), Answer(500), NOW, longest)
    assert after.next_attempt_at == NOW + timedelta(seconds=seconds)
    none = outcome(tried(attempts), Answer(500), NOW, lambda _: 0.0)
    assert none.next_attempt_at == NOW


def test_the_last_step_is_ten_hours_again_and_again() -> None:
    after = outcome(tried(30), Answer(None), NOW, longest)
    assert after.next_attempt_at == NOW + timedelta(hours=10)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_is_a_yes(status: int) -> None:
    assert outcome(tried(1), Answer(status), NOW, longest).status is Status.SENT


@pytest.mark.parametrize("status", [100, 199, 300, 301, 304, 400, 404, 418, 429, 500, 599, None])
def test_nothing_else_is(status: int | None) -> None:
    assert outcome(tried(1), Answer(status), NOW, longest).status is Status.WAITING


@given(
    st.integers(0, 100),
    st.sampled_from([None, 200, 302, 410, 429, 500, 503]),
    st.text(max_size=30),
    st.floats(0, 1),
    st.timedeltas(timedelta(0), timedelta(days=6)),
)
def test_a_delivery_ends_or_waits_for_a_time_that_comes_within_its_five_days(
    attempts: int, status: int | None, retry_after: str, share: float, age: timedelta
) -> None:
    delivery = a_delivery(at=NOW - age).model_copy(update={"attempts": attempts})
    answer = Answer(status, {"retry-after": retry_after})
    after = outcome(delivery, answer, NOW, lambda upper_s: upper_s * share)

    assert (after.next_attempt_at is not None) is (after.status is Status.WAITING)
    if after.next_attempt_at is not None:
        assert NOW <= after.next_attempt_at <= delivery.created_at + retries.GIVES_UP_AFTER


def test_who_waits_for_an_endpoint_comes_spread_after_its_rest() -> None:
    until = NOW + timedelta(minutes=1)
    early = put_off(a_delivery(), until, lambda _: 0.0)
    late = put_off(tried(7), until, longest)

    assert early.next_attempt_at == until
    assert late.next_attempt_at == until + timedelta(hours=10)


def test_an_endpoint_is_given_up_at_five_days_to_the_second() -> None:
    since = datetime(2026, 11, 21, tzinfo=UTC)
    assert not retries.is_failing_for_good(None, since)
    almost = since + timedelta(days=5) - timedelta(seconds=1)
    assert not retries.is_failing_for_good(since, almost)
    assert retries.is_failing_for_good(since, since + timedelta(days=5))

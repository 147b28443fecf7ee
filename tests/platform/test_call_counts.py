"""Calls to gateways are counted by what came of them and by how long an answer took."""

from collections.abc import Iterator

import pytest

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.platform.pacing import call_counts
from kassa.platform.pacing.answer_times import LIMITS_MS, CallCounts
from kassa.platform.pacing.call_counts import counted, counted_pages

STRIPE = ("stripe", "main")


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    call_counts.taken()
    yield
    call_counts.taken()


@pytest.mark.parametrize(("elapsed_ms", "at"), [(0.0, 0), (50.0, 0), (50.1, 1), (10_001.0, 12)])
def test_an_answer_counts_at_the_limit_it_took_no_longer_than(elapsed_ms: float, at: int) -> None:
    counts = CallCounts().answer(elapsed_ms, is_refusal=False)

    assert counts.within.index(1) == at
    assert len(counts.within) == len(LIMITS_MS) + 1


def test_a_refusal_is_an_answer_and_silence_is_none() -> None:
    with counted(*STRIPE):
        pass
    with pytest.raises(GatewayRefused), counted(*STRIPE):
        raise GatewayRefused("no")
    with pytest.raises(GatewayUnavailable), counted(*STRIPE):
        raise GatewayUnavailable("silent")

    counts = call_counts.taken()[STRIPE]
    assert (counts.answered, counts.refused, counts.unanswered) == (2, 1, 1)
    assert sum(counts.within) == 2
    assert call_counts.taken() == {}, "what was taken counts once"


def test_a_page_is_a_call_and_the_end_of_a_walk_is_none() -> None:
    def walk() -> Iterator[int]:
        yield from (1, 2)
        raise GatewayUnavailable("silent")

    with pytest.raises(GatewayUnavailable):
        list(counted_pages(*STRIPE, walk()))
    assert list(counted_pages("paypal", "main", [1])) == [1]

    found = call_counts.taken()
    assert (found[STRIPE].answered, found[STRIPE].unanswered) == (2, 1)
    assert (found["paypal", "main"].answered, found["paypal", "main"].unanswered) == (1, 0)

"""How long a gateway is waited for, by whoever is waited for."""

from collections.abc import Iterator

import pytest

from kassa.core.errors import GatewayUnavailable
from kassa.gateways import http
from kassa.gateways.http import HttpAnswer, HttpRequest

GET = HttpRequest("GET", "https://gateway.test/orders")


@pytest.fixture
def sent() -> Iterator[list[HttpRequest]]:
    """Let a gateway be down, and note what it is asked."""
    requests: list[HttpRequest] = []

    def answer(request: HttpRequest) -> HttpAnswer:
        requests.append(request)
        return HttpAnswer(503, {}, b"")

    http.install(answer)
    yield requests
    http.install(None)


def test_reading_is_tried_three_times_and_within_a_time_once(sent: list[HttpRequest]) -> None:
    with pytest.raises(GatewayUnavailable):
        http.send(GET)
    assert [one.timeout_s for one in sent] == [http.TIMEOUT_S] * 3

    sent.clear()
    with http.within(5.0), pytest.raises(GatewayUnavailable):
        http.send(GET)
    (once,) = sent
    assert 4.0 < once.timeout_s <= 5.0


def test_a_time_that_is_over_sends_nothing_and_ends_with_it(sent: list[HttpRequest]) -> None:
    with http.within(0.0), pytest.raises(GatewayUnavailable, match="no time left"):
        http.send(GET)
    assert sent == []
    with http.within(60.0), pytest.raises(GatewayUnavailable):
        http.send(GET)
    assert sent[0].timeout_s == http.TIMEOUT_S

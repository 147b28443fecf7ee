"""Who has a key in the demo: they ask again where too many ask, and only there."""

from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from infra.demo.actors import people
from infra.demo.actors.people import Client


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What Kassa answers, call by call; what isn't asked for is left."""
    statuses: list[int] = []

    def answered(*_: object, **__: object) -> httpx.Response:
        return httpx.Response(statuses.pop(0), json={})

    monkeypatch.setattr(people.http(), "request", answered)
    monkeypatch.setattr(people, "PAUSE_S", 0)
    return statuses


def a_client() -> Client:
    return Client(
        cast("Any", SimpleNamespace(base_url="http://kassa")), ("a key", cast("Any", None))
    )


def test_what_is_asked_of_a_function_that_is_still_starting_is_asked_again(
    answers: list[int],
) -> None:
    answers += [429, 429, 201]

    assert a_client().post("/invoices", {}) == (201, {})


def test_no_other_refusal_is_asked_again(answers: list[int]) -> None:
    answers += [503, 201]

    assert a_client().post("/invoices", {}) == (503, {})
    assert answers == [201]


def test_patience_ends(answers: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "PATIENCE_S", -1)
    answers += [429, 201]

    assert a_client().post("/invoices", {}) == (429, {})

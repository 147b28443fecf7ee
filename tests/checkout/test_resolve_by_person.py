"""A person says what became of an attempt, sees what the gateway says, and can't contradict it."""

from typing import Any

import pytest

from kassa.checkout.resolve_by_person import resolve_by_person
from kassa.core.callers import Caller
from kassa.core.errors import CheckoutUnavailable, StaleWrite
from kassa.gateways.submissions import CheckoutState
from kassa.orders.attempts import ResolvedAs
from kassa.orders.resolutions import AttemptResolutionBody
from tests.support.order_requests import WHY, attempt_unknown, resolve
from tests.support.order_scene import LOST, SILENT, OrderScene, scene

__all__ = ["scene"]


def test_without_an_outcome_it_shows_what_the_gateway_says_and_writes_nothing(
    scene: OrderScene,
) -> None:
    attempt_unknown(scene, LOST)
    before = scene.lifecycle()
    status, answer = resolve()

    assert (status, answer["gateway_status"], answer["attempt"]["state"]) == (
        200,
        "open",
        "unknown",
    )
    assert scene.lifecycle() == before


@pytest.mark.parametrize("outcome", ["failed", "expired"])
def test_a_silent_gateway_leaves_it_to_a_person_and_the_next_route_is_tried(
    scene: OrderScene, outcome: str
) -> None:
    attempt_unknown(scene)
    scene.north.is_out = True
    status, answer = resolve(outcome)

    assert (status, answer["gateway_status"], answer["status"]) == (200, "unknown", outcome)
    assert answer["why"] == "north is silent"
    assert scene.attempt().resolution is not None
    assert scene.attempt().resolution.model_dump(mode="json") == {
        "outcome": outcome,
        "by": "anna",
        "at": "2026-11-21T09:00:00Z",
        "reason": WHY,
    }
    assert (scene.post().gateway, scene.states()[0]) == ("south", ("north", outcome))


def test_an_attempt_resolved_as_paid_leads_to_no_other(scene: OrderScene) -> None:
    attempt_unknown(scene)
    scene.north.is_out = True
    assert resolve("paid")[0] == 200

    assert (scene.post().status, scene.south.submitted) == ("paid", [])


@pytest.mark.parametrize(
    ("state", "refused", "taken"),
    [
        (CheckoutState.OPEN, ["paid", "failed", "expired"], []),
        (CheckoutState.PAID, ["failed", "expired"], ["paid"]),
        (CheckoutState.EXPIRED, ["paid"], ["failed", "expired"]),
        (CheckoutState.FAILED, ["paid"], ["failed", "expired"]),
        (None, ["paid"], ["failed", "expired"]),
    ],
)
def test_what_contradicts_the_gateway_is_refused_and_nothing_written(
    scene: OrderScene, state: CheckoutState | None, refused: list[str], taken: list[str]
) -> None:
    attempt_unknown(scene, SILENT if state is None else LOST)
    if state is not None:
        scene.north.states["order-1.1"] = state
    before = scene.lifecycle()
    for outcome in refused:
        status, answer = resolve(outcome)
        assert status == 409
        assert f"isn't {outcome}: north says it is {state or 'absent'}" in answer["message"]
    assert scene.lifecycle() == before
    if taken:
        assert resolve(taken[0])[0] == 200
        assert scene.attempt().state == taken[0]


def test_an_attempt_that_is_just_being_submitted_is_left_to_who_submits(scene: OrderScene) -> None:
    answers = []
    scene.north.meanwhile = lambda: answers.append(resolve("failed"))
    scene.post()

    assert [status for status, _ in answers] == [409]
    assert scene.states() == [("north", "open")]


def test_an_open_checkout_that_customers_may_be_in_is_not_ended_while_nobody_can_tell(
    scene: OrderScene,
) -> None:
    scene.post()
    scene.north.is_out = True
    status, answer = resolve("expired")
    assert (status, "was shown and can be paid until" in answer["message"]) == (409, True)

    scene.pass_by(hours=25)
    assert resolve("expired")[0] == 200
    assert scene.post().gateway == "south"


def test_what_is_known_already_is_not_resolved_otherwise(scene: OrderScene) -> None:
    scene.post()
    scene.track(*scene.capture("north", "pay_1"))
    status, answer = resolve("failed")

    assert (status, answer["message"]) == (409, "attempt 1 at north/main is paid already")


def test_the_same_resolution_by_the_same_person_is_answered_alike(scene: OrderScene) -> None:
    attempt_unknown(scene)
    scene.north.is_out = True
    _, first = resolve("failed")
    scene.pass_by(minutes=1)

    assert resolve("failed") == (200, first)
    assert resolve("failed", by="bert")[0] == 409


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"outcome": "failed", "reason": " "}, 400),
        ({"outcome": "failed", "reason": "x" * 201}, 400),
        ({"outcome": "failed", "reason": "jane@shop.example"}, 400),
        ({"outcome": "gone", "reason": WHY}, 400),
        ({"result": "failed"}, 400),
    ],
)
def test_a_malformed_body_is_answered_with_400(
    scene: OrderScene, body: dict[str, Any], status: int
) -> None:
    attempt_unknown(scene)

    assert resolve(**body)[0] == status
    assert scene.attempt().resolution is None


def test_an_attempt_or_an_order_nobody_knows_is_answered_with_404(scene: OrderScene) -> None:
    assert resolve("failed")[0] == 404
    attempt_unknown(scene)
    assert resolve("failed", number=2)[0] == 404
    assert resolve("failed", number=31)[0] == 400


def test_a_payment_that_comes_all_the_same_pays_the_order(scene: OrderScene) -> None:
    attempt_unknown(scene, LOST)
    scene.north.is_out = True
    resolve("failed")
    scene.track(*scene.capture("north", "pay_1"))

    assert (scene.post().status, scene.states()) == ("paid", [("north", "paid")])


def test_of_a_person_and_a_fact_at_once_the_later_sees_the_earlier(
    scene: OrderScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt_unknown(scene, LOST)
    scene.north.is_out = True
    real, captured = type(scene.orders).update, scene.capture("north", "pay_1")

    def overtaken(orders: Any, *given: Any) -> Any:
        monkeypatch.setattr(type(scene.orders), "update", real)
        scene.track(*captured)
        return real(orders, *given)

    monkeypatch.setattr(type(scene.orders), "update", overtaken)
    status, answer = resolve("failed")

    assert (status, answer["message"]) == (409, "attempt 1 at north/main is paid already")
    assert scene.post().status == "paid"


def test_where_others_keep_writing_it_is_to_be_sent_again(
    scene: OrderScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt_unknown(scene)
    scene.north.is_out = True

    def overtaken(*given: Any) -> None:
        raise StaleWrite("another was first")

    monkeypatch.setattr(scene.orders, "update", overtaken)
    body = AttemptResolutionBody(outcome=ResolvedAs.FAILED, reason=WHY)
    with pytest.raises(CheckoutUnavailable):
        resolve_by_person(
            ("order-1", 1), body, Caller(key_id="anna"), scene.orders, scene.time_left()
        )

"""Orders under silence, crashes and races: one order, one page, and no second attempt unknown."""

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from kassa.checkout.resolve_attempt import resolve_attempt
from kassa.checkout.routing import circuit_breaker as breakers
from kassa.core.errors import CheckoutRefused, CheckoutUnavailable, Conflict, OrderChanged
from kassa.gateways.events import ObjectKind
from kassa.gateways.submissions import CheckoutState
from kassa.orders.attempts import CLOCKS
from kassa.platform.telemetry import metrics
from tests.simulation.engine.schedule import Crash
from tests.support.builders import NOW
from tests.support.order_scene import LOST, SILENT, OrderScene, object_report, refusal, scene

__all__ = ["scene"]


def alarms() -> int:
    """Return how often an attempt was found to be unknown for good."""
    counted = metrics.metric_set.get("CheckoutUnknownTooLong", {}).get("Value", [])
    metrics.clear_metrics()
    return len(counted)


STORE_CALLS = ("query", "update_item", "get_item", "transact_write_items")


def before_call(scene: OrderScene, number: int, act: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do something just before the table's n-th call from now, once."""
    calls = 0

    def wrapped(name: str) -> Any:
        real = getattr(scene.store, name)

        def call(**request: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == number:
                act()
            return real(**request)

        return call

    for name in STORE_CALLS:
        monkeypatch.setattr(scene.store, name, wrapped(name))


def test_the_same_order_always_gets_the_same_checkout(scene: OrderScene) -> None:
    first = scene.post()
    again = scene.post()
    scene.pass_by(hours=20)

    assert first == again == scene.post()
    assert (first.status, first.gateway, first.attempt) == ("open", "north", 1)
    assert scene.submitted() == ["checkout:order-1.1"]


def test_an_order_sent_again_with_other_fields_shows_every_difference(scene: OrderScene) -> None:
    scene.post()
    with pytest.raises(OrderChanged) as refused:
        scene.post(amount_minor=90_00, lines=None, method="card")

    assert [one["field"] for one in refused.value.differences] == [
        "amount_minor",
        "lines",
        "method",
    ]
    assert refused.value.differences[0] == {"field": "amount_minor", "was": 100_00, "is": 90_00}
    assert scene.submitted() == ["checkout:order-1.1"]


@pytest.mark.parametrize("number", range(1, 8))
def test_of_two_requests_at_once_one_submits(
    scene: OrderScene, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    others: list[Any] = []

    def other() -> None:
        try:
            others.append(scene.post().url)
        except CheckoutUnavailable as error:
            others.append(error)

    before_call(scene, number, other, monkeypatch)
    checkout = scene.post()

    assert scene.submitted() == ["checkout:order-1.1"]
    assert len(scene.lifecycle().attempts) == 1
    assert [one for one in others if isinstance(one, str)] in ([], [checkout.url])


def test_a_request_that_finds_another_submitting_waits_and_may_retry(scene: OrderScene) -> None:
    waited: list[CheckoutUnavailable] = []

    def other() -> None:
        with pytest.raises(CheckoutUnavailable) as error:
            scene.post()
        waited.append(error.value)

    scene.north.meanwhile = other
    checkout = scene.post()

    assert waited[0].retry_after_s == 5
    assert (checkout.url, scene.submitted()) == (scene.post().url, ["checkout:order-1.1"])


@pytest.mark.parametrize("act", [LOST, SILENT])
def test_silence_is_never_answered_by_trying_another_gateway(scene: OrderScene, act: str) -> None:
    scene.north.acts = [act]
    with pytest.raises(CheckoutUnavailable):
        scene.post()

    assert scene.states() == [("north", "unknown")]
    assert scene.south.submitted == []


@pytest.mark.parametrize("act", [LOST, SILENT])
def test_an_order_sent_again_after_silence_gets_the_one_checkout(
    scene: OrderScene, act: str
) -> None:
    scene.north.acts = [act]
    with pytest.raises(CheckoutUnavailable):
        scene.post()
    checkout = scene.post()

    assert (checkout.status, checkout.gateway, checkout.attempt) == ("open", "north", 1)
    assert len(scene.north.pages) == 1
    assert set(scene.submitted()) == {"checkout:order-1.1"}


def test_while_a_gateway_stays_silent_the_order_waits_for_it(scene: OrderScene) -> None:
    scene.north.is_out = True
    for _ in range(5):
        with pytest.raises(CheckoutUnavailable):
            scene.post()
        scene.pass_by(minutes=2)

    assert scene.states() == [("north", "unknown")]
    assert scene.south.submitted == []


@pytest.mark.parametrize("has_checkout", [False, True])
def test_a_crash_after_it_was_noted_is_found_by_the_next_request(
    scene: OrderScene, has_checkout: bool
) -> None:
    def crash() -> None:
        if has_checkout:
            case = scene.orders.named("order-1")
            scene.north.open_checkout(None, case.order.submission(case.lifecycle.attempts[0]))  # type: ignore[arg-type]
        raise Crash

    scene.north.meanwhile = crash
    with pytest.raises(Crash):
        scene.post()

    assert scene.states() == [("north", "submitted")]
    with pytest.raises(CheckoutUnavailable):  # it may still be alive
        scene.post()
    scene.pass_by(minutes=1)
    assert scene.post().status == "open"
    assert (len(scene.north.pages), len(scene.lifecycle().attempts)) == (1, 1)


def test_a_crash_after_it_was_noted_is_found_by_the_clock(scene: OrderScene) -> None:
    def crash() -> None:
        raise Crash

    scene.north.meanwhile = crash
    with pytest.raises(Crash):
        scene.post()
    assert scene.due() == []
    scene.pass_by(minutes=5)
    assert scene.due() == ["order-1"]
    scene.watch()

    assert scene.states() == [("north", "open")]
    assert scene.due() == []


@pytest.mark.parametrize("number", range(1, 8))
def test_a_crash_before_any_write_leaves_nothing_that_hinders_the_next_request(
    scene: OrderScene, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash() -> None:
        raise Crash

    with monkeypatch.context() as patch:
        before_call(scene, number, crash, patch)
        with contextlib.suppress(Crash):
            scene.post()
    scene.pass_by(minutes=1)

    assert scene.post().status == "open"
    assert (len(scene.north.pages), len(scene.lifecycle().attempts)) == (1, 1)


def test_a_retryable_refusal_leads_to_the_next_gateway_in_the_same_request(
    scene: OrderScene,
) -> None:
    scene.north.acts = [refusal(is_retryable=True)]
    checkout = scene.post()

    assert (checkout.gateway, checkout.attempt) == ("south", 2)
    assert scene.states() == [("north", "refused"), ("south", "open")]
    assert scene.submitted() == ["checkout:order-1.1", "checkout:order-1.2"]


def test_a_final_refusal_is_answered_and_kept_and_nobody_else_is_tried(scene: OrderScene) -> None:
    scene.north.acts = [refusal(is_retryable=False, reason="amount_too_small")]
    for _ in range(2):
        with pytest.raises(
            CheckoutRefused, match="north/main refused this order: amount_too_small"
        ):
            scene.post()

    assert scene.states() == [("north", "refused")]
    assert len(scene.submitted()) == 1

    scene.pass_by(minutes=15)
    assert scene.post().attempt == 2


def test_silence_after_a_retryable_refusal_ends_the_request_there(scene: OrderScene) -> None:
    scene.route("north", "south", "blind")
    scene.north.acts, scene.south.acts = [refusal(is_retryable=True)], [SILENT]
    with pytest.raises(CheckoutUnavailable):
        scene.post()

    assert scene.states() == [("north", "refused"), ("south", "unknown")]
    assert scene.gateways["blind"].submitted == []


def test_when_all_refuse_for_now_the_order_can_be_sent_again(scene: OrderScene) -> None:
    scene.north.acts = scene.south.acts = [refusal(is_retryable=True)]
    scene.south.acts = [refusal(is_retryable=True)]
    with pytest.raises(CheckoutUnavailable) as error:
        scene.post()

    assert error.value.retry_after_s == 60
    assert scene.post().attempt == 3


def test_no_other_gateway_is_begun_with_when_time_is_short(scene: OrderScene) -> None:
    def dawdle() -> None:
        scene.pass_by(seconds=14)

    scene.north.acts, scene.north.meanwhile = [refusal(is_retryable=True)], dawdle
    with pytest.raises(CheckoutUnavailable):
        scene.post()

    assert scene.south.submitted == []


def test_an_order_nobody_can_serve_says_why_of_each_route(scene: OrderScene) -> None:
    scene.route({"gateway": "north", "currencies": ["USD"]}, "south")
    with pytest.raises(CheckoutRefused) as refused:
        scene.post(method="crypto")

    assert [(one["gateway"], one["why"]) for one in refused.value.left_out] == [
        ("north", "north doesn't offer crypto"),
        ("south", "south doesn't offer crypto"),
    ]
    assert scene.orders.find("order-1") is None


def test_a_gateway_without_access_is_passed_over_and_nothing_is_noted_of_it(
    scene: OrderScene,
) -> None:
    scene.route({"gateway": "north", "account": "other"}, "south")
    assert scene.post().gateway == "south"
    assert scene.states() == [("south", "open")]


def test_an_expired_checkout_is_followed_by_a_new_one(scene: OrderScene) -> None:
    first = scene.post()
    scene.north.states["order-1.1"] = CheckoutState.EXPIRED
    assert scene.post() == first  # it was open a moment ago

    scene.pass_by(minutes=1)
    second = scene.post()

    assert second.url != first.url
    assert scene.states() == [("north", "expired"), ("south", "open")]


def test_whoever_ended_an_attempt_of_an_order_is_tried_last(scene: OrderScene) -> None:
    scene.route("north", "south", "blind")
    tried = []
    for number in range(1, 7):
        checkout = scene.post()
        tried.append(checkout.gateway)
        gateway = scene.gateways[str(checkout.gateway)]
        gateway.states[f"order-1.{number}"] = CheckoutState.FAILED
        over = object_report(
            str(scene.attempt().checkout_id), ObjectKind.CHECKOUT, "expired", scene.clock.at
        )
        scene.track(*scene.report(gateway.name, f"pay_{number}", over))

    assert tried == ["north", "south", "blind"] * 2


def test_an_order_refused_for_now_begins_with_whom_it_has_not_been_sent_to(
    scene: OrderScene,
) -> None:
    scene.route("north", "south", "blind")
    scene.north.acts = [refusal(is_retryable=True)]
    scene.south.meanwhile = lambda: scene.pass_by(seconds=14)
    scene.south.acts = [refusal(is_retryable=True)]
    with pytest.raises(CheckoutUnavailable):
        scene.post()

    assert scene.post().gateway == "blind"


def test_another_account_of_the_same_gateway_is_another_route(scene: OrderScene) -> None:
    scene.route("north", {"gateway": "north", "account": "second"})
    scene.north.acts = [refusal(is_retryable=True)]

    assert (scene.post().account, scene.states()[-1]) == ("second", ("north", "open"))


def test_a_checkout_past_its_time_that_is_still_open_is_shown_again(scene: OrderScene) -> None:
    first = scene.post()
    scene.pass_by(hours=25)

    assert scene.post().url == first.url
    assert scene.states() == [("north", "open")]


def test_a_checkout_that_was_paid_unreported_is_not_replaced(scene: OrderScene) -> None:
    first = scene.post()
    scene.north.states["order-1.1"] = CheckoutState.PAID
    scene.pass_by(hours=25)

    assert (scene.post().url, scene.post().status) == (first.url, "completed")
    scene.track(*scene.capture("north", "pay_1"))
    assert scene.post().status == "paid"


def test_a_checkout_that_was_open_is_shown_though_its_gateway_is_silent(scene: OrderScene) -> None:
    first = scene.post()
    scene.pass_by(hours=1)
    scene.north.is_out = True

    assert scene.post() == first


def test_a_checkout_that_is_likely_closed_is_not_replaced_while_its_gateway_is_silent(
    scene: OrderScene,
) -> None:
    scene.post()
    scene.pass_by(hours=25)
    scene.north.is_out = True
    with pytest.raises(CheckoutUnavailable):
        scene.post()

    assert scene.states() == [("north", "open")]


def test_an_order_that_was_tried_too_often_is_refused(scene: OrderScene) -> None:
    for _ in range(15):
        scene.north.acts, scene.south.acts = [refusal(True)], [refusal(True)]
        with pytest.raises(CheckoutUnavailable):
            scene.post()

    with pytest.raises(Conflict, match="tried too often"):
        scene.post()


def test_what_a_gateway_cannot_find_again_is_submitted_with_the_same_params_while_it_remembers(
    scene: OrderScene,
) -> None:
    scene.route("blind")
    blind = scene.gateways["blind"]
    blind.acts = [LOST, SILENT]
    with pytest.raises(CheckoutUnavailable):
        scene.post()
    with pytest.raises(CheckoutUnavailable):
        scene.post()

    assert scene.post().status == "open"
    assert blind.submitted == ["checkout:order-1.1"] * 3
    assert len(blind.pages) == 1


def test_what_can_neither_be_found_nor_closes_is_left_to_a_person(scene: OrderScene) -> None:
    scene.route("timeless", "south")
    timeless = scene.gateways["timeless"]
    timeless.acts = [LOST]
    with pytest.raises(CheckoutUnavailable):
        scene.post()
    scene.pass_by(hours=20)
    scene.watch()
    with pytest.raises(CheckoutUnavailable):
        scene.post()

    assert timeless.submitted == ["checkout:order-1.1"]
    assert alarms() == 2  # by the clock, and by the request
    assert scene.states() == [("timeless", "unknown")]
    assert scene.due() == []
    assert scene.south.submitted == []


def test_what_was_never_opened_is_known_once_no_request_can_be_under_way(scene: OrderScene) -> None:
    scene.route("forgetful", "south")
    scene.gateways["forgetful"].acts = [SILENT]
    with pytest.raises(CheckoutUnavailable):
        scene.post()
    scene.pass_by(minutes=9)
    with pytest.raises(CheckoutUnavailable):
        scene.post()
    scene.pass_by(minutes=2)

    assert scene.post().attempt == 2
    assert scene.gateways["forgetful"].submitted == ["checkout:order-1.1"]
    assert scene.south.submitted == ["checkout:order-1.2"]


def looks_until_quiet(scene: OrderScene) -> list[timedelta]:
    """Let ten days of watching pass; return when an order was looked at."""
    looked: list[timedelta] = []
    began = scene.clock.at
    for _ in range(24 * 60 // 5 * 10):
        if scene.due():
            looked.append(scene.clock.at - began)
        scene.watch()
        scene.pass_by(minutes=5)
    return looked


def test_what_stays_unknown_ends_when_what_was_submitted_has_closed(scene: OrderScene) -> None:
    scene.north.is_out = True
    with pytest.raises(CheckoutUnavailable):
        scene.post()
    looked = looks_until_quiet(scene)

    assert looked == [timedelta(minutes=minutes) for minutes in (5, 65, 70)]
    assert alarms() == 0
    assert scene.states() == [("north", "expired")]
    assert scene.attempt().reason == "closed_unseen"


def test_what_has_no_time_to_close_is_looked_up_ever_more_seldom_and_given_up_after_a_week(
    scene: OrderScene,
) -> None:
    scene.route("timeless")
    scene.gateways["timeless"].is_out = True
    with pytest.raises(CheckoutUnavailable):
        scene.post()
    looked = looks_until_quiet(scene)

    assert looked[:2] == [timedelta(minutes=5), timedelta(minutes=65)]
    assert timedelta(hours=20) <= looked[-1] < timedelta(days=8)
    assert alarms() == 1
    assert scene.states() == [("timeless", "unknown")]


@pytest.mark.parametrize("first", ["north", "blind", "forgetful"])
@pytest.mark.parametrize("act", [LOST, SILENT])
def test_with_two_routes_no_order_is_lost_for_longer_than_its_expiry(
    scene: OrderScene, first: str, act: str
) -> None:
    scene.route(first, "south")
    began, down = scene.clock.at, scene.gateways[first]
    down.acts = [act]
    with pytest.raises(CheckoutUnavailable):
        scene.post()
    down.is_out = True
    checkout = None
    while checkout is None:
        scene.pass_by(minutes=1)
        with contextlib.suppress(CheckoutUnavailable):
            checkout = scene.post()
        assert checkout is None or checkout.gateway == "south"

    assert scene.clock.at - began == timedelta(hours=1) + CLOCKS
    assert scene.states() == [(first, "expired"), ("south", "open")]
    assert alarms() == 0


def test_a_gateway_known_to_be_silent_is_not_waited_for_once_the_checkout_has_closed(
    scene: OrderScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    silence(scene, 3)
    scene.pass_by(minutes=70)
    looked: list[Any] = []
    monkeypatch.setattr(scene.north, "find_checkout", lambda *tried: looked.append(tried))

    assert scene.post(order_id="silent-0").gateway == "south"
    assert looked == []


def test_an_attempt_says_when_its_checkout_closes_and_never_says_it_differently(
    scene: OrderScene,
) -> None:
    scene.north.acts = [SILENT, SILENT]
    for _ in range(3):
        with contextlib.suppress(CheckoutUnavailable):
            scene.post()
        scene.pass_by(minutes=7)
    submissions = scene.north.submissions

    assert len(submissions) == 3
    assert submissions[0] == submissions[1] == submissions[2]
    assert submissions[0].closes_at == scene.attempt().closes_at == NOW + timedelta(hours=1)


def test_nothing_is_submitted_again_so_late_that_a_gateway_would_refuse_its_expiry(
    scene: OrderScene,
) -> None:
    scene.north.is_out = True
    with pytest.raises(CheckoutUnavailable):
        scene.post()
    scene.pass_by(minutes=20)
    scene.north.is_out = False

    assert scene.post().gateway == "south"
    assert scene.north.submitted == ["checkout:order-1.1"]
    assert scene.states()[0] == ("north", "failed")


def test_a_payment_that_is_reported_late_still_pays_an_order_whose_attempt_has_closed(
    scene: OrderScene,
) -> None:
    scene.north.acts = [LOST]
    with pytest.raises(CheckoutUnavailable):
        scene.post()
    scene.north.is_out = True
    scene.pass_by(minutes=70)
    scene.watch()
    scene.track(*scene.capture("north", "pay_1"))

    assert scene.states() == [("north", "paid")]
    assert scene.post().status == "paid"


def test_with_a_new_environment_for_every_order_only_the_first_few_meet_a_silent_gateway(
    scene: OrderScene,
) -> None:
    scene.north.is_out = True
    answers = []
    for number in range(20):
        try:
            answers.append(scene.post(order_id=f"order-{number}").gateway)
        except CheckoutUnavailable:
            answers.append("503")

    assert answers == ["503"] * 3 + ["south"] * 17


def test_an_outage_of_a_day_costs_one_order_every_few_minutes_and_each_is_paid_elsewhere_later(
    scene: OrderScene,
) -> None:
    scene.north.is_out = True
    waiting = []
    for number in range(24 * 60):
        try:
            scene.post(order_id=f"order-{number}")
        except CheckoutUnavailable:
            waiting.append(f"order-{number}")
        scene.pass_by(minutes=1)

    assert len(waiting) < 24 * 60 / 4
    scene.pass_by(minutes=70)
    assert {scene.post(order_id=order_id).gateway for order_id in waiting} == {"south"}


def test_resolving_what_is_being_submitted_leaves_it_to_who_submits(scene: OrderScene) -> None:
    found: list[Any] = []
    scene.north.meanwhile = lambda: found.append(
        resolve_attempt("order-1", scene.orders, scene.time_left())
    )
    scene.post()

    assert [one.state for one in found] == ["submitted"]
    assert len(scene.submitted()) == 1


def test_resolving_what_is_known_does_nothing(scene: OrderScene) -> None:
    scene.post()
    attempt = resolve_attempt("order-1", scene.orders, scene.time_left())

    assert attempt == scene.attempt()
    assert len(scene.submitted()) == 1


def silence(scene: OrderScene, times: int) -> None:
    """Let the first gateway be silent to as many orders."""
    for number in range(times):
        scene.north.acts = [SILENT]
        with pytest.raises(CheckoutUnavailable):
            scene.post(order_id=f"silent-{number}")
    scene.north.acts = []


def test_a_gateway_silent_to_three_orders_is_left_out_for_the_next(scene: OrderScene) -> None:
    silence(scene, 2)
    assert scene.post(order_id="third").gateway == "north"  # an answer ends the streak
    silence_again = scene.north.acts = [SILENT] * 3
    for number in range(3):
        with pytest.raises(CheckoutUnavailable):
            scene.post(order_id=f"again-{number}")

    assert silence_again == []
    assert scene.post(order_id="next").gateway == "south"


def test_an_open_circuit_never_keeps_an_unknown_attempt_from_being_found_out(
    scene: OrderScene,
) -> None:
    silence(scene, 3)
    assert "north" in breakers.resting()

    checkout = scene.post(order_id="silent-0")
    assert (checkout.gateway, checkout.status) == ("north", "open")


def test_a_circuit_closes_by_the_first_answer_after_its_rest(scene: OrderScene) -> None:
    silence(scene, 3)
    scene.pass_by(seconds=61)

    assert scene.post(order_id="probe").gateway == "north"
    assert "north" not in breakers.resting()
    assert scene.post(order_id="next").gateway == "north"


def test_a_circuit_opens_again_by_silence_after_its_rest(scene: OrderScene) -> None:
    silence(scene, 3)
    scene.pass_by(seconds=61)
    scene.north.acts = [SILENT]
    with pytest.raises(CheckoutUnavailable):
        scene.post(order_id="probe")

    assert "north" in breakers.resting()
    assert scene.post(order_id="next").gateway == "south"


def test_a_gateway_that_stays_silent_rests_ever_longer_and_never_longer_than_five_minutes(
    scene: OrderScene,
) -> None:
    silence(scene, 3)
    rests = []
    for number in range(5):
        began = scene.clock.at
        while "north" in breakers.resting():
            scene.pass_by(seconds=1)
        rests.append((scene.clock.at - began).total_seconds())
        scene.north.acts = [SILENT]
        with pytest.raises(CheckoutUnavailable):
            scene.post(order_id=f"probe-{number}")

    assert rests == [60.0, 120.0, 240.0, 300.0, 300.0]


def test_who_finds_out_and_dies_makes_room_for_another(scene: OrderScene) -> None:
    def crash() -> None:
        raise Crash

    silence(scene, 3)
    scene.pass_by(seconds=61)
    scene.north.meanwhile = crash
    with pytest.raises(Crash):
        scene.post(order_id="probe")

    assert scene.post(order_id="next").gateway == "south"
    scene.pass_by(seconds=40)
    assert scene.post(order_id="later").gateway == "north"


def test_a_late_answer_closes_no_circuit_that_others_opened_meanwhile(scene: OrderScene) -> None:
    silence(scene, 1)

    def meanwhile() -> None:
        silence_of = scene.north.acts
        scene.north.acts = [SILENT, SILENT, *silence_of]
        for number in range(2):
            with pytest.raises(CheckoutUnavailable):
                scene.post(order_id=f"meanwhile-{number}")

    scene.north.meanwhile = meanwhile
    assert scene.post(order_id="slow").gateway == "north"
    assert "north" in breakers.resting()


def test_refusals_open_no_circuit(scene: OrderScene) -> None:
    scene.north.acts = [refusal(is_retryable=True)] * 10
    for number in range(10):
        scene.post(order_id=f"order-{number}")

    assert "north" not in breakers.resting()


def test_when_every_gateway_rests_the_order_shall_come_back(scene: OrderScene) -> None:
    scene.route("north")
    silence(scene, 3)
    with pytest.raises(CheckoutUnavailable, match="don't answer"):
        scene.post(order_id="next")

    assert scene.orders.find("next") is None


def test_only_one_attempt_finds_out_whether_a_gateway_is_back(scene: OrderScene) -> None:
    silence(scene, 3)
    scene.pass_by(seconds=61)
    others: list[str | None] = []
    scene.north.meanwhile = lambda: others.append(scene.post(order_id="other").gateway)
    checkout = scene.post(order_id="probe")

    assert (checkout.gateway, others) == ("north", ["south"])


def test_a_breaker_that_cannot_be_read_keeps_nobody_from_paying(
    scene: OrderScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**request: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example")

    def breaking(real: Any) -> Any:
        return lambda **tried: broken() if "CIRCUIT" in str(tried) else real(**tried)

    for name in ("get_item", "update_item", "query"):
        monkeypatch.setattr(scene.store, name, breaking(getattr(scene.store, name)))
    scene.north.acts = [SILENT]
    with pytest.raises(CheckoutUnavailable):
        scene.post()
    assert scene.post(order_id="next").gateway == "north"


def nameless(scene: OrderScene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first gateway give no page's address back when it is looked for."""
    real = scene.north.find_checkout

    def found(*given: Any) -> Any:
        checkout = real(*given)
        bare = {"opened": checkout.opened.model_copy(update={"url": ""})} if checkout else {}
        return checkout.model_copy(update=bare) if checkout else None

    monkeypatch.setattr(scene.north, "find_checkout", found)


def test_a_checkout_found_without_its_url_is_submitted_again_with_the_same_params(
    scene: OrderScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    nameless(scene, monkeypatch)
    scene.north.acts = [LOST]
    with pytest.raises(CheckoutUnavailable):
        scene.post()

    assert scene.post().url == "https://north.example/north_1"
    assert set(scene.submitted()) == {"checkout:order-1.1"}


def test_a_checkout_looked_up_keeps_its_known_url(
    scene: OrderScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    nameless(scene, monkeypatch)
    first = scene.post()
    scene.pass_by(hours=25)

    assert scene.post().url == first.url


def test_a_checkout_whose_url_nobody_can_learn_any_more_stays_unknown_until_it_ends(
    scene: OrderScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    nameless(scene, monkeypatch)
    scene.north.acts = [LOST]
    with pytest.raises(CheckoutUnavailable):
        scene.post()
    scene.pass_by(hours=20)
    with pytest.raises(CheckoutUnavailable):
        scene.post()
    assert scene.states() == [("north", "unknown")]

    scene.north.states["order-1.1"] = CheckoutState.EXPIRED
    assert scene.post().attempt == 2

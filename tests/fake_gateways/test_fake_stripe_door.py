"""The door of the fake Stripe: keys, idempotency, faults, versions and what is sent of them."""

import threading
from typing import Any

import pytest
import stripe

from infra.fake_gateways.kit.faults import Fault, Kind, Lost
from infra.fake_gateways.stripe.account import Switches
from tests.support.fake_stripe import KEY, Scene


@pytest.fixture
def scene() -> Scene:
    return Scene()


def post_refund(scene: Scene, payment_id: str, amount: int, key: str) -> Any:
    """Ask at the door itself, to see status and headers."""
    form = {"payment_intent": payment_id, "amount": str(amount)}
    return scene.fake.request("POST", "/v1/refunds", form, KEY | {"Idempotency-Key": key})


@pytest.mark.parametrize("key", ["", "pk_test_1", "sk_test_2"])
def test_only_the_accounts_secret_keys_open_the_door(key: str) -> None:
    scene = Scene(api_keys=("sk_test_1",))
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    answer = scene.fake.request("GET", "/v1/charges", {}, headers)
    assert answer.status == 401
    if key:
        with pytest.raises(stripe.AuthenticationError):
            stripe.StripeClient(key, http_client=scene.http).v1.charges.list()


def test_an_unknown_id_path_or_parameter_is_refused_as_unknown(scene: Scene) -> None:
    with pytest.raises(stripe.InvalidRequestError) as missing:
        scene.v1.charges.retrieve("ch_unknown")
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        scene.v1.customers.create({"colour": "red"})
    assert (unknown.value.http_status, unknown.value.code) == (400, "parameter_unknown")
    assert scene.fake.request("GET", "/v1/colours", {}, KEY).status == 404
    assert scene.fake.request("GET", "/v2/charges", {}, KEY).status == 404
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        scene.v1.payment_intents.retrieve(scene.pay().id, {"expand": ["colour"]})


def test_the_same_key_with_the_same_parameters_acts_once(scene: Scene) -> None:
    payment = scene.pay()
    first = post_refund(scene, payment.id, 30_00, "k")
    again = post_refund(scene, payment.id, 30_00, "k")
    assert again.body == first.body
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.headers["Request-Id"]
    assert scene.moved()["refund"] == -30_00
    assert scene.refund(payment.id, 30_00, key="k").id == first.body["id"]


def test_the_replay_shows_the_answer_of_then(scene: Scene) -> None:
    payment = scene.pay()
    first = scene.refund(payment.id, 30_00, key="k")
    scene.fake.settle_refund(first.id, "failed")
    assert scene.refund(payment.id, 30_00, key="k").status == "succeeded"
    assert scene.v1.refunds.retrieve(first.id).status == "failed"


def test_the_same_key_with_other_parameters_is_refused(scene: Scene) -> None:
    payment = scene.pay()
    scene.refund(payment.id, 30_00, key="k")
    with pytest.raises(stripe.IdempotencyError) as refused:
        scene.refund(payment.id, 31_00, key="k")
    assert refused.value.http_status == 400
    answer = scene.fake.request("POST", "/v1/customers", {}, KEY | {"Idempotency-Key": "k"})
    assert answer.body["error"]["type"] == "idempotency_error"


def test_a_key_has_at_most_255_characters(scene: Scene) -> None:
    payment = scene.pay()
    assert post_refund(scene, payment.id, 1_00, "k" * 255).status == 200
    assert post_refund(scene, payment.id, 1_00, "k" * 256).status == 400


def test_a_key_is_forgotten_after_a_day(scene: Scene) -> None:
    payment = scene.pay()
    first = scene.refund(payment.id, 30_00, key="k")
    scene.now_s += 86_399
    assert scene.refund(payment.id, 30_00, key="k").id == first.id
    scene.now_s += 1
    assert scene.refund(payment.id, 30_00, key="k").id != first.id
    assert scene.moved()["refund"] == -60_00


def test_a_refusal_of_what_was_executed_is_replayed_even_when_it_would_pass_now(
    scene: Scene,
) -> None:
    payment = scene.pay()
    refund = scene.refund(payment.id)
    refused = post_refund(scene, payment.id, 10_00, "k")
    assert refused.body["error"]["code"] == "charge_already_refunded"
    scene.fake.settle_refund(refund.id, "failed")
    again = post_refund(scene, payment.id, 10_00, "k")
    assert (again.status, again.body) == (400, refused.body)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert post_refund(scene, payment.id, 10_00, "other").status == 200


def test_parameters_that_do_not_validate_leave_the_key_free(scene: Scene) -> None:
    payment = scene.pay()
    assert post_refund(scene, payment.id, 0, "k").status == 400
    assert post_refund(scene, payment.id, 10_00, "k").status == 200


@pytest.mark.parametrize(("kind", "moved"), [("error_before", 0), ("error_after", -30_00)])
def test_a_stored_500_is_replayed_whether_anything_was_done_or_not(
    scene: Scene, kind: str, moved: int
) -> None:
    payment = scene.pay()
    scene.fake.faults.expect(Fault(Kind(kind), "/v1/refunds"))
    for _ in range(3):
        with pytest.raises(stripe.APIError) as broken:
            scene.refund(payment.id, 30_00, key="k")
        assert broken.value.http_status == 500
        assert broken.value.headers is not None
        assert broken.value.headers["stripe-should-retry"] == "false"
    assert scene.moved()["refund"] == moved


@pytest.mark.parametrize(
    ("kind", "error"), [("rate_limited", stripe.RateLimitError), ("unavailable", stripe.APIError)]
)
def test_limits_and_outages_are_not_stored(
    scene: Scene, kind: str, error: type[stripe.StripeError]
) -> None:
    payment = scene.pay()
    scene.fake.faults.expect(Fault(Kind(kind), "/v1/refunds", times=2))
    for _ in range(2):
        with pytest.raises(error):
            scene.refund(payment.id, 30_00, key="k")
    assert scene.refund(payment.id, 30_00, key="k").status == "succeeded"
    assert scene.moved()["refund"] == -30_00


@pytest.mark.parametrize(("kind", "done"), [("lost_request", 0), ("lost_response", -30_00)])
def test_what_is_lost_on_the_way_is_unknown_to_the_caller_and_safe_to_repeat(
    scene: Scene, kind: str, done: int
) -> None:
    payment = scene.pay()
    scene.fake.faults.expect(Fault(Kind(kind), "/v1/refunds", method="POST"))
    with pytest.raises(stripe.APIConnectionError):
        scene.refund(payment.id, 30_00, key="k")
    assert scene.moved()["refund"] == done
    scene.refund(payment.id, 30_00, key="k")
    assert scene.moved()["refund"] == -30_00


def test_hooks_see_every_request_and_may_lose_it(scene: Scene) -> None:
    payment, seen = scene.pay(), []
    scene.http.before = lambda method, path: seen.append((method, path))

    def lose(method: str, path: str) -> None:
        raise Lost

    scene.http.after = lose
    with pytest.raises(stripe.APIConnectionError):
        scene.refund(payment.id, 30_00)
    scene.http.after = lambda method, path: None
    assert scene.moved()["refund"] == -30_00
    assert seen[0] == ("POST", "/v1/refunds")


def test_while_the_first_is_executing_a_second_with_its_key_conflicts(scene: Scene) -> None:
    payment = scene.pay()
    entered, leave = threading.Event(), threading.Event()

    def wait(method: str, path: str) -> None:
        entered.set()
        leave.wait(5)

    scene.http.during = wait
    first = threading.Thread(target=lambda: scene.refund(payment.id, 30_00, key="k"))
    first.start()
    assert entered.wait(5)
    with pytest.raises(stripe.APIError) as conflict:
        scene.refund(payment.id, 30_00, key="k")
    assert conflict.value.http_status == 409
    assert conflict.value.error is not None
    assert conflict.value.error.code == "idempotency_key_in_use"
    leave.set()
    first.join()
    scene.http.during = lambda method, path: None
    scene.refund(payment.id, 30_00, key="k")
    assert scene.moved()["refund"] == -30_00


def _event(version: str) -> dict[str, Any]:
    """Return what a refund and a dispute send in an API version, the last of each type."""
    scene = Scene(api_version=version)
    payment = scene.pay()
    scene.fake.trace_refund(scene.refund(payment.id, 30_00).id)
    charge = scene.charge(payment.id)
    scene.fake.open_dispute(charge.id, 10_00)
    scene.fake.account.emit("payment_intent.updated", scene.fake.account.objects[payment.id])
    assert {event["api_version"] for event in scene.events} == {version}
    return {event["type"]: event["data"]["object"] for event in scene.events}


def test_events_of_2018_list_what_belongs_together_and_name_only_the_charge() -> None:
    event = _event("2018-11-08")
    assert "payment_intent" not in event["charge.refund.updated"]
    assert "payment_intent" not in event["charge.dispute.created"]
    assert "latest_charge" not in event["payment_intent.updated"]
    (charge,) = event["payment_intent.updated"]["charges"]["data"]
    (refund,) = charge["refunds"]["data"]
    assert refund["amount"] == 30_00
    assert "payment_intent" not in refund


def test_events_of_2020_name_the_payment_too() -> None:
    event = _event("2020-08-27")
    payment_id = event["payment_intent.updated"]["id"]
    assert event["charge.refund.updated"]["payment_intent"] == payment_id
    assert event["charge.dispute.created"]["payment_intent"] == payment_id
    assert event["charge.refunded"]["refunds"]["data"][0]["amount"] == 30_00
    assert event["charge.succeeded"]["refunds"]["data"] == []


def test_events_of_2025_list_nothing_and_name_the_latest_charge() -> None:
    event = _event("2025-03-31.basil")
    assert event["payment_intent.updated"]["latest_charge"] == event["charge.succeeded"]["id"]
    assert "charges" not in event["payment_intent.updated"]
    assert "refunds" not in event["charge.refunded"]
    assert event["charge.refunded"]["amount_refunded"] == 30_00


@pytest.mark.parametrize(
    ("version", "types"),
    [
        ("2018-11-08", ["charge.refunded", "charge.refund.updated"]),
        ("2023-10-16", ["charge.refunded", "charge.refund.updated"]),
        (
            "2024-10-28.acacia",
            [
                *("refund.created", "charge.refunded"),
                *("refund.failed", "refund.updated", "charge.refund.updated"),
            ],
        ),
    ],
)
def test_refunds_of_charges_have_events_of_their_own_only_since_2024(
    version: str, types: list[str]
) -> None:
    scene = Scene(api_version=version)
    payment = scene.pay()
    scene.event_types()
    scene.fake.settle_refund(scene.refund(payment.id).id, "failed")
    assert scene.event_types() == types


def test_answers_follow_the_callers_version_not_the_accounts() -> None:
    scene = Scene(api_version="2018-11-08")
    payment = scene.pay()
    assert isinstance(payment.latest_charge, str)
    old = KEY | {"Stripe-Version": "2020-08-27"}
    shown = scene.fake.request("GET", f"/v1/payment_intents/{payment.id}", {}, old)
    assert shown.body["charges"]["total_count"] == 1
    expanded = {"expand": ["latest_charge.refunds"]}
    found: Any = scene.v1.payment_intents.retrieve(payment.id, expanded)
    assert found.latest_charge.refunds.data == []


def test_an_event_is_a_picture_of_its_moment(scene: Scene) -> None:
    payment = scene.pay()
    scene.refund(payment.id, 30_00)
    refunded = scene.events[-1]["data"]["object"]
    scene.refund(payment.id, 30_00)
    assert refunded["amount_refunded"] == 30_00


def test_events_are_kept_thirty_days_and_say_whether_they_arrived(scene: Scene) -> None:
    scene.pay()
    ids = [event["id"] for event in scene.events]
    scene.fake.mark_delivered(ids[0])
    missed = scene.v1.events.list({"delivery_success": False})
    assert [event.id for event in missed.data] == list(reversed(ids[1:]))
    arrived = scene.v1.events.list({"delivery_success": True}).data
    assert [event.id for event in arrived] == ids[:1]
    charges = scene.v1.events.list({"types": ["charge.*"]}).data
    assert {event.type for event in charges} == {"charge.succeeded", "charge.updated"}
    assert scene.v1.events.retrieve(ids[0]).data.object["object"] == "payment_intent"
    scene.now_s += 30 * 86_400 + 1
    assert scene.v1.events.list().data == []


def test_an_event_names_the_request_that_caused_it(scene: Scene) -> None:
    payment = scene.pay()
    scene.refund(payment.id, 1_00, key="refund:rr_1")
    assert scene.events[-1]["request"]["idempotency_key"] == "refund:rr_1"
    assert scene.events[-1]["request"]["id"].startswith("req_")


def test_every_switch_has_a_sane_default() -> None:
    assert not Switches().lifts_refund_limit
    assert not Switches().lifts_dispute_limit

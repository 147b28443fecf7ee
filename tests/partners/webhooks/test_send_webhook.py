"""Facts told to endpoints: each once, signed, tried again, until it is taken or given up."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from itertools import pairwise

import pytest
from standardwebhooks import Webhook

from kassa.deliveries.delivery import Delivery, Status
from kassa.deliveries.store import Deliveries
from kassa.partners.safe_http import SafeAnswer
from kassa.partners.webhooks.endpoints.endpoint import EndpointStatus
from kassa.partners.webhooks.endpoints.save_endpoint import change_endpoint
from tests.support.facts import captured, fact
from tests.support.webhook_world import DEVELOPER, Taken, World, silent, status
from tests.support.webhook_world import world as world

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_a_fact_reaches_every_endpoint_that_asked_for_it_once(world: World) -> None:
    world.add("all.example")
    world.add("payments.example", "Payment*")
    world.add("refunds.example", "RefundSucceeded")
    world.publish()
    world.run(HOUR)

    assert sorted(one.url for one in world.taken) == [
        "https://all.example/hooks",
        "https://payments.example/hooks",
    ]
    assert {one.status for one in world.deliveries()} == {Status.SENT}
    assert world.failures == 0


def test_what_is_sent_is_the_fact_in_the_form_of_standard_webhooks(world: World) -> None:
    world.add()
    published = captured("pi_1", world.clock.at, (1290, "EUR"))
    world.publish(published)
    world.run()

    (taken,) = world.taken
    assert taken.payload == {
        "type": "PaymentCaptured",
        "timestamp": "2026-11-21T09:00:00Z",
        "data": json.loads(published.model_dump_json(exclude_none=True)),
    }
    assert taken.payload["data"]["metadata"]["version"] == 1
    assert taken.headers["content-type"] == "application/json"
    assert "." not in taken.message_id


def test_the_reference_library_and_a_second_reading_of_the_specification_verify_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = world.add()
    world.publish()
    world.run()

    (taken,) = world.taken
    monkeypatch.setattr("standardwebhooks.webhooks.datetime", _Stopped(world))
    Webhook(made.secret).verify(taken.body.decode(), dict(taken.headers))
    signed = b".".join(
        (taken.message_id.encode(), taken.headers["webhook-timestamp"].encode(), taken.body)
    )
    key = base64.b64decode(made.secret.removeprefix("whsec_"))
    proof = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert taken.headers["webhook-signature"] == f"v1,{proof}"


class _Stopped:
    """The reference library's clock, where the test's stands."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self, tz: object = None) -> object:
        return self._world.clock.at

    def __getattr__(self, name: str) -> object:
        import datetime

        return getattr(datetime.datetime, name)


def test_the_bytes_and_the_id_are_the_same_at_every_attempt(world: World) -> None:
    world.add()
    answers = iter([status(500), status(500), silent, status(200)])
    world.answering["shop.example"] = lambda taken: next(answers)(taken)
    odd = fact(
        "PaymentCaptured", "pi_ä.1", world.clock.at, (1290, "EUR"), method="card", postings=[]
    )
    world.publish(odd)
    world.run(3 * HOUR)

    assert len(world.taken) == 4
    assert len({(one.message_id, one.body) for one in world.taken}) == 1
    assert len({one.headers["webhook-timestamp"] for one in world.taken}) == 4


@pytest.mark.parametrize("answer", [status(500), status(404), status(302), status(301), silent])
def test_whatever_is_no_yes_is_tried_again_by_the_schedule(world: World, answer: object) -> None:
    world.add()
    world.answering["shop.example"] = answer  # type: ignore[assignment]
    began = world.clock.at
    world.publish()
    world.run(20 * HOUR)

    waits = [one.at - began for one in world.taken]
    assert waits[:2] == [timedelta(0), timedelta(seconds=5)]
    gaps = [later - earlier for earlier, later in pairwise(waits)]
    assert len(gaps) >= 7
    assert gaps == sorted(gaps)
    assert gaps[-1] >= 5 * HOUR
    assert world.failures == 0  # no queue delays a message by hours
    (delivery,) = world.deliveries()
    assert delivery.status is Status.WAITING


def test_a_delivery_is_given_up_after_five_days_and_a_person_may_redrive_it(
    world: World,
) -> None:
    made = world.add()
    world.answering["shop.example"] = lambda taken: (
        status(500)(taken)
        if taken.payload["data"]["metadata"]["subject_id"] == "pi_1"
        else status(200)(taken)
    )
    world.publish()
    for day in range(6):  # others are taken, so the endpoint itself isn't given up
        world.publish(payment=f"pi_{day + 2}")
        world.run(DAY)

    first = _of_payment(world, "pi_1")
    assert (first.status, first.reason) == (Status.FAILED, "status 500")
    assert world.endpoint(made.endpoint.endpoint_id).is_active

    world.answering.clear()
    Deliveries("main").redrive(first.delivery_id, DEVELOPER)
    world.run(2 * MINUTE)
    assert _of_payment(world, "pi_1").status is Status.SENT


def _of_payment(world: World, payment: str) -> Delivery:
    (found,) = (one for one in world.deliveries() if one.subject_id == payment)
    return found


@pytest.mark.parametrize(
    ("code", "retry_after", "seconds"),
    [
        (429, "90", 90),
        (503, "Sat, 21 Nov 2026 09:02:00 GMT", 120),
        (503, "999999999", 24 * 3600),
        (429, "soon", 5),
        (429, "-1", 5),
        (500, "90", 5),  # says nothing where it isn't meant
    ],
)
def test_a_receiver_is_left_alone_as_long_as_it_asks(
    world: World, code: int, retry_after: str, seconds: int
) -> None:
    world.add()
    answers = iter([status(code, retry_after=retry_after), status(200)])
    world.answering["shop.example"] = lambda taken: next(answers)(taken)
    world.publish()
    world.run(2 * DAY)

    first, second = world.taken
    waited = (second.at - first.at).total_seconds()
    assert seconds <= waited <= seconds + 60  # resume_deliveries runs each minute


def test_410_disables_the_endpoint_at_once_and_publishes_why(world: World) -> None:
    made = world.add()
    other = world.add("other.example")
    world.answering["shop.example"] = status(410)
    world.publish(payment="pi_1")
    world.run()
    world.publish(payment="pi_2")
    world.run(DAY)

    assert len(world.to("shop.example")) == 1
    assert len(world.to("other.example")) == 2
    gone = world.endpoint(made.endpoint.endpoint_id)
    assert (gone.status, gone.disabled_because) == (EndpointStatus.DISABLED, "gone")
    assert world.endpoint(other.endpoint.endpoint_id).is_active
    (published,) = world.stack.published()
    assert published["detail-type"] == "WebhookEndpointDisabled"
    assert published["detail"]["data"]["endpoint_id"] == gone.endpoint_id
    assert published["detail"]["data"]["because"] == "gone"
    assert "@" not in json.dumps(published)


def test_five_days_of_nothing_but_failures_disable_an_endpoint(world: World) -> None:
    made = world.add()
    world.answering["shop.example"] = status(500)
    world.publish()
    world.run(4 * DAY)
    assert world.endpoint(made.endpoint.endpoint_id).is_active
    world.publish(payment="pi_2")
    world.run(DAY + 12 * HOUR)

    after = world.endpoint(made.endpoint.endpoint_id)
    assert (after.status, after.disabled_because) == (EndpointStatus.DISABLED, "failing")
    assert [one["detail-type"] for one in world.stack.published()] == ["WebhookEndpointDisabled"]
    attempts = len(world.taken)
    world.run(5 * DAY)
    assert len(world.taken) == attempts  # nothing is tried on a disabled endpoint


def test_one_answer_within_the_five_days_keeps_an_endpoint(world: World) -> None:
    made = world.add()
    world.answering["shop.example"] = status(500)
    world.publish()
    world.run(3 * DAY)
    world.answering["shop.example"] = status(200)
    world.run(DAY)
    world.answering["shop.example"] = status(500)
    world.publish(payment="pi_2")
    world.run(3 * DAY)

    assert world.endpoint(made.endpoint.endpoint_id).is_active


def test_a_dead_endpoint_is_left_alone_and_holds_up_no_other(world: World) -> None:
    world.add("dead.example")
    world.add("live.example")
    world.answering["dead.example"] = silent
    for number in range(20):
        world.publish(payment=f"pi_{number}")
    world.run()

    assert len(world.to("live.example")) == 20
    assert len(world.to("dead.example")) == 3  # then its circuit is open
    waiting = [one for one in world.deliveries() if one.status is Status.WAITING]
    assert len(waiting) == 20
    assert {one.reason for one in waiting} == {"no_answer", "busy"}

    world.answering.clear()
    world.run(HOUR)
    assert {one.status for one in world.deliveries()} == {Status.SENT}
    ids = [one.message_id for one in world.to("dead.example")]
    assert len(set(ids)) == 20


def test_once_a_rest_is_over_one_attempt_alone_finds_out(world: World) -> None:
    world.add("dead.example")
    world.answering["dead.example"] = silent
    for number in range(10):
        world.publish(payment=f"pi_{number}")
    world.run()
    before = len(world.taken)
    world.clock.at += timedelta(seconds=61)
    for number in range(10, 15):
        world.publish(payment=f"pi_{number}")
    world.run()

    assert len(world.taken) == before + 1


def test_messages_bear_whose_they_are_so_that_the_queue_is_fair(world: World) -> None:
    one, other = world.add("one.example"), world.add("other.example")
    world.publish()
    message = world.queue.due()
    assert message is not None
    world.receive(message)

    groups = [message.group for message in world.queue.messages]
    assert set(groups) == {one.endpoint.recipient, other.endpoint.recipient}


def test_a_fact_that_comes_again_is_told_once(world: World) -> None:
    world.add()
    for _ in range(3):
        world.publish(captured("pi_1", world.clock.at, (1290, "EUR")))
    world.run(DAY)

    assert len(world.taken) == 1


def test_without_an_endpoint_a_fact_writes_nothing_and_sends_nothing(world: World) -> None:
    before = world.stack.items()
    world.publish()
    world.run(HOUR)

    assert world.stack.items() == before
    assert world.queue.messages == []


def test_facts_of_a_newer_release_are_passed_on_as_they_stand(world: World) -> None:
    world.add()
    newer = json.loads(captured("pi_1", world.clock.at, (1, "EUR")).model_dump_json())
    newer["data"] |= {"fact": "PaymentDreamt", "dream": {"of": ["sheep", 1.10]}}
    newer["metadata"]["tenant"] = "t1"
    world.queue.put(json.dumps({"detail": newer}))
    world.run()

    (taken,) = world.taken
    assert taken.payload["type"] == "PaymentDreamt"
    assert taken.payload["data"]["data"]["dream"] == {"of": ["sheep", 1.10]}
    assert taken.payload["data"]["metadata"]["tenant"] == "t1"


def test_an_endpoint_that_is_disabled_meanwhile_is_sent_nothing_more(world: World) -> None:
    made = world.add()
    world.answering["shop.example"] = status(500)
    world.publish()
    world.run()
    change_endpoint(made.endpoint.endpoint_id, {"is_enabled": False}, DEVELOPER)
    world.run(DAY)

    assert len(world.taken) == 1
    (delivery,) = world.deliveries()
    assert (delivery.status, delivery.reason) == (Status.SKIPPED, "recipient_off")
    assert world.stack.published() == []  # a person's own act needs no message to them


def test_a_message_that_is_none_ends_in_the_dead_letter_queue(world: World) -> None:
    for body in ("", "no json", "[]", "{}", '{"detail": {}}', '{"detail": {"data": 1}}'):
        world.queue.put(body)
    world.run(DAY)

    assert len(world.queue.dead) == 6
    assert world.deliveries() == []


def test_a_wake_up_of_nothing_does_nothing(world: World) -> None:
    world.queue.put(json.dumps({"delivery_id": "dl_nothing"}))
    world.run()

    assert world.failures == 0


def test_two_wake_ups_at_once_send_once(world: World) -> None:
    world.add()
    answers = iter([status(500)])

    def during(taken: Taken) -> SafeAnswer:
        if first := next(answers, None):
            return first(taken)
        (delivery,) = world.deliveries()
        if len(world.taken) == 2:  # while the second attempt is under way another wake-up comes
            world.queue.put(json.dumps({"delivery_id": delivery.delivery_id}))
            message = world.queue.due()
            assert message is not None
            world.receive(message)
        return status(200)(taken)

    world.answering["shop.example"] = during
    world.publish()
    world.run(HOUR)

    assert len(world.taken) == 2
    assert world.failures == 0


def test_without_the_master_secret_nothing_is_sent_and_everything_comes_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kassa.core.errors import SecretsUnavailable
    from kassa.partners.webhooks import submit_webhook as submitting

    world.add()
    with monkeypatch.context() as broken:

        def unavailable(*_: object) -> None:
            raise SecretsUnavailable("outgoing-webhooks: AccessDenied")

        broken.setattr(submitting, "signing_keys", unavailable)
        world.publish()
        world.run(MINUTE)
        assert world.taken == []
    world.run(HOUR)
    assert len(world.taken) == 1

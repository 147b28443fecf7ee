"""What others' outgoing webhooks were reported to do wrong, tried on ours."""

from datetime import timedelta

import pytest
from botocore.exceptions import EndpointConnectionError
from standardwebhooks import Webhook

from kassa.deliveries.delivery import Status
from kassa.partners.safe_http import SafeAnswer
from kassa.partners.webhooks.endpoints.endpoint import EndpointStatus
from kassa.partners.webhooks.endpoints.save_endpoint import (
    change_endpoint,
    delete_endpoint,
    rotate_secret,
)
from kassa.platform import aws, drawn_secrets
from tests.support.facts import captured
from tests.support.webhook_world import DEVELOPER, Taken, World, silent, status
from tests.support.webhook_world import world as world

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_what_waits_goes_to_the_address_and_by_the_secret_of_the_attempt(world: World) -> None:
    made = world.add("old.example")
    endpoint_id = made.endpoint.endpoint_id
    world.answering["old.example"] = status(500)
    world.publish()
    world.run()
    change_endpoint(endpoint_id, {"url": "https://new.example/"}, DEVELOPER)
    rotated = rotate_secret(endpoint_id, timedelta(0), None, DEVELOPER)
    world.run(HOUR)

    assert len(world.to("old.example")) == 1
    (taken,) = world.to("new.example")
    key = Webhook(rotated.secret)
    at = int(taken.headers["webhook-timestamp"])
    signed = key.sign(taken.message_id, world.clock.at.fromtimestamp(at), taken.body.decode())
    assert taken.headers["webhook-signature"] == signed


def test_two_endpoints_at_one_address_are_told_each_by_its_own_secret(world: World) -> None:
    world.add()
    world.add()
    world.publish()
    world.run()

    first, second = world.taken
    assert (first.message_id, first.body) == (second.message_id, second.body)
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_retries_outlive_whoever_was_running(world: World) -> None:
    world.add()
    world.answering["shop.example"] = status(500)
    world.publish()
    world.run(10 * MINUTE)
    world.queue.messages.clear()  # and the queue's delayed messages with them
    world.answering.clear()
    world.run(HOUR)

    assert [one.status for one in world.deliveries()] == [Status.SENT]


def test_what_is_told_is_what_became_true_whatever_became_of_it_since(world: World) -> None:
    world.add()
    world.answering["shop.example"] = status(500)
    first = captured("pi_1", world.clock.at, (1290, "EUR"), version=1)
    world.publish(first)
    world.run()
    world.answering.clear()
    later = captured("pi_1", world.clock.at, (1290, "EUR"), version=2, object_id="ch_2")
    world.publish(later)
    world.run(HOUR)

    versions = [one.payload["data"]["metadata"]["version"] for one in world.taken]
    assert versions == [1, 2, 1]  # overtaken, and to be told apart by it


def test_who_answers_after_having_been_deleted_changes_nothing(world: World) -> None:
    endpoint_id = world.add().endpoint.endpoint_id

    def during(taken: Taken) -> SafeAnswer:
        delete_endpoint(endpoint_id, DEVELOPER)
        return status(410)(taken)

    world.answering["shop.example"] = during
    world.publish()
    world.run(DAY)

    assert len(world.taken) == 1
    assert world.stack.published() == []
    assert world.failures == 0


def test_a_person_who_moves_the_endpoint_while_it_answers_410_keeps_it(world: World) -> None:
    endpoint_id = world.add("old.example").endpoint.endpoint_id

    def during(taken: Taken) -> SafeAnswer:
        change_endpoint(endpoint_id, {"url": "https://new.example/"}, DEVELOPER)
        return status(410)(taken)

    world.answering["old.example"] = during
    world.publish()
    world.run(MINUTE)

    assert world.endpoint(endpoint_id).status is EndpointStatus.ACTIVE


def test_failures_days_apart_with_nothing_between_disable_nobody_who_answered_since(
    world: World,
) -> None:
    endpoint_id = world.add().endpoint.endpoint_id
    for day in range(0, 24, 6):  # one event in six days, each taken at its second attempt
        answers = iter([silent])
        world.answering["shop.example"] = lambda taken, of=answers: next(of, status(200))(taken)
        world.publish(payment=f"pi_{day}")
        world.run(6 * DAY)

    assert world.endpoint(endpoint_id).is_active
    assert {one.status for one in world.deliveries()} == {Status.SENT}


@pytest.mark.parametrize("service", ["dynamodb", "secretsmanager"])
def test_our_own_trouble_is_no_failure_of_theirs(
    world: World, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint_id = world.add().endpoint.endpoint_id
    drawn_secrets.forget()
    with monkeypatch.context() as broken:
        broken.setattr(aws, "client", _failing(service, aws.client))
        world.publish()
        message = world.queue.due()
        assert message is not None
        world.receive(message)
        if following := world.queue.due():
            world.receive(following)
    world.run(HOUR)

    assert world.endpoint(endpoint_id).is_active
    assert len(world.taken) == 1
    assert [one.status for one in world.deliveries()] == [Status.SENT]


def _failing(service: str, real: object) -> object:
    class Unreachable:
        def __getattr__(self, name: str) -> object:
            raise EndpointConnectionError(endpoint_url="https://aws")

    return lambda name: Unreachable() if name == service else real(name)  # type: ignore[operator]

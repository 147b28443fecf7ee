"""Crashes between every two steps of telling a fact: nothing is lost, and nobody is told anew."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from kassa.deliveries.delivery import Status
from kassa.partners.webhooks.endpoints.endpoint import EndpointStatus
from kassa.partners.webhooks.replays.open_replay import open_replay
from kassa.platform import aws
from tests.support.webhook_world import DEVELOPER, Crash, World, status
from tests.support.webhook_world import world as world

WRITES = ("put_item", "update_item", "transact_write_items")


class Stepping:
    """A client of AWS whose every write is a step, before it and after."""

    def __init__(self, client: Any, names: tuple[str, ...], step: Callable[[str], None]) -> None:
        self._client, self._names, self._step = client, names, step

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        if name not in self._names:
            return call

        def stepped(**arguments: Any) -> Any:
            self._step(f"before {name}")
            answer = call(**arguments)
            self._step(f"after {name}")
            return answer

        return stepped


class Dying:
    """Lets the environment die at its n-th step, once."""

    def __init__(self, at: int) -> None:
        self.at, self.steps, self.is_on = at, 0, False

    def __call__(self, name: str) -> None:
        if not self.is_on:
            return
        self.steps += 1
        if self.steps == self.at:
            raise Crash(name)


@pytest.fixture
def dying(world: World) -> Iterator[Callable[[int], Dying]]:
    """Let every step of the world be one at which it may die."""
    before = dict(aws._installed)

    def at(step: int) -> Dying:
        dies = Dying(step)
        world.step = dies  # type: ignore[method-assign]
        stepping = {
            "dynamodb": Stepping(aws.client("dynamodb"), WRITES, dies),
            "events": Stepping(aws.client("events"), ("put_events",), dies),
            "sqs": Stepping(world.queue, ("send_message_batch",), dies),
        }
        aws.install(before | stepping)
        return dies

    yield at
    aws.install(before)


@pytest.mark.parametrize("step", range(1, 31))
def test_whatever_step_it_dies_at_each_endpoint_takes_the_fact_in_the_end(
    world: World, dying: Callable[[int], Dying], step: int
) -> None:
    world.add("one.example")
    world.add("two.example")
    answers = iter([status(500)])
    world.answering["two.example"] = lambda taken: next(answers, status(200))(taken)
    dies = dying(step)
    dies.is_on = True
    world.publish()
    world.run(timedelta(hours=1))

    assert {one.status for one in world.deliveries()} == {Status.SENT}
    assert len(world.deliveries()) == 2
    for host, least in (("one.example", 1), ("two.example", 2)):
        taken = world.to(host)
        assert least <= len(taken) <= least + 1  # a crash after it was taken takes it once more
        assert len({(one.message_id, one.body) for one in taken}) == 1
    assert world.queue.messages == []
    assert world.queue.dead == []


def test_the_steps_above_are_all_there_are(world: World, dying: Callable[[int], Dying]) -> None:
    world.add("one.example")
    world.add("two.example")
    answers = iter([status(500)])
    world.answering["two.example"] = lambda taken: next(answers, status(200))(taken)
    dies = dying(0)
    dies.is_on = True
    world.publish()
    world.run(timedelta(hours=1))

    assert 20 <= dies.steps <= 30


@pytest.mark.parametrize("step", range(1, 19))
def test_an_endpoint_that_is_gone_is_disabled_and_published_whatever_step_it_dies_at(
    world: World, dying: Callable[[int], Dying], step: int
) -> None:
    made = world.add("gone.example")
    world.answering["gone.example"] = status(410)
    dies = dying(step)
    dies.is_on = True
    world.publish()
    world.run(timedelta(hours=1))

    after = world.endpoint(made.endpoint.endpoint_id)
    assert (after.status, after.disabled_because) == (EndpointStatus.DISABLED, "gone")
    assert after.is_published
    published = [one["detail"]["metadata"]["fact_id"] for one in world.stack.published()]
    assert len(set(published)) == 1
    (delivery,) = world.deliveries()
    assert delivery.status in (Status.FAILED, Status.SKIPPED)
    assert len(world.taken) <= 2


@pytest.mark.parametrize("step", range(1, 25))
def test_a_replay_tells_everything_once_more_whatever_step_it_dies_at(
    world: World, dying: Callable[[int], Dying], step: int
) -> None:
    made = world.add()
    for number in range(3):
        world.publish(payment=f"pi_{number}")
    world.run(timedelta(minutes=1))
    window = (world.clock.at - timedelta(minutes=5), world.clock.at)
    dies = dying(step)
    open_replay(made.endpoint.endpoint_id, window, DEVELOPER, is_missed_only=False)
    dies.is_on = True
    world.run(timedelta(hours=1))

    context = [one.message_id for one in world.taken]
    assert len(set(context)) == 3
    assert all(2 <= context.count(one) <= 3 for one in context)
    assert {one.status for one in world.deliveries()} == {Status.SENT}
    assert len(world.deliveries()) == 6

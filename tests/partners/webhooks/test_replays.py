"""Replays: what an endpoint was told in a window, told once more under the same ids."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from kassa.core.errors import StaleWrite
from kassa.deliveries.delivery import Status
from kassa.partners.webhooks.endpoints.save_endpoint import change_endpoint
from kassa.partners.webhooks.replays import replay_window as replaying
from kassa.partners.webhooks.replays.store import Replays
from kassa.partners.webhooks.replays.window import Replay
from tests.support.webhook_requests import ONE, ask
from tests.support.webhook_world import DEVELOPER, World, status
from tests.support.webhook_world import world as world

HOUR = timedelta(hours=1)


def spelled(at: datetime) -> str:
    return at.isoformat()


def replayed(
    world: World, endpoint_id: str, since: datetime, until: datetime | None = None, **more: Any
) -> tuple[int, Any]:
    window = {"from": spelled(since), "to": spelled(until or world.clock.at)}
    return ask(f"POST {ONE}/replay", endpoint_id, window | more)


def test_what_was_told_in_the_window_is_told_again_byte_by_byte(world: World) -> None:
    endpoint_id = world.add().endpoint.endpoint_id
    other = world.add("other.example").endpoint.endpoint_id
    began = world.clock.at
    for number in range(3):
        world.publish(payment=f"pi_{number}")
        world.run(HOUR)
    before = len(world.to("other.example"))
    code, replay = replayed(world, endpoint_id, began + HOUR, began + 3 * HOUR)
    world.run(HOUR)

    assert (code, replay["status"]) == (200, "running")
    first, second, third, *again = world.to("shop.example")
    assert {(one.message_id, one.body) for one in again} == {
        (one.message_id, one.body) for one in (second, third)
    }
    assert first.message_id not in {one.message_id for one in again}
    assert len(world.to("other.example")) == before
    _, shown = ask(f"GET {ONE}", endpoint_id)
    assert (shown["replay"]["status"], shown["replay"]["enqueued"]) == ("done", 2)
    assert ask(f"GET {ONE}", other)[1].get("replay") is None


def test_what_an_endpoint_missed_while_it_was_disabled_is_kept_for_it(world: World) -> None:
    endpoint_id = world.add().endpoint.endpoint_id
    world.publish(payment="pi_0")
    world.run(HOUR)
    off_at = world.clock.at
    change_endpoint(endpoint_id, {"is_enabled": False}, DEVELOPER)
    for number in range(1, 4):
        world.publish(payment=f"pi_{number}")
        world.run(HOUR)
    assert len(world.taken) == 1
    assert replayed(world, endpoint_id, off_at)[0] == 409  # nobody would take it
    change_endpoint(endpoint_id, {"is_enabled": True}, DEVELOPER)
    assert replayed(world, endpoint_id, off_at - 2 * HOUR, missed_only=True)[0] == 200
    world.run(HOUR)

    subjects = [one.payload["data"]["metadata"]["subject_id"] for one in world.taken]
    assert subjects[0] == "pi_0"
    assert sorted(subjects[1:]) == ["pi_1", "pi_2", "pi_3"]
    assert len({one.message_id for one in world.taken}) == 4
    assert not [one for one in world.deliveries() if one.status is Status.FAILED]

    replayed(world, endpoint_id, off_at - 2 * HOUR, missed_only=True)  # nothing is missed now
    world.run(HOUR)
    assert len(world.taken) == 4


def test_facts_are_noted_for_a_disabled_endpoint_a_month_and_no_longer(world: World) -> None:
    endpoint_id = world.add().endpoint.endpoint_id
    change_endpoint(endpoint_id, {"is_enabled": False}, DEVELOPER)
    world.clock.at += timedelta(days=30)
    world.publish(payment="pi_1")
    world.run()
    world.clock.at += timedelta(days=2)
    world.publish(payment="pi_2")
    world.run()

    noted = [one for one in world.stack.items() if one["SK"]["S"] == "DELIVERY"]
    assert [one["subject_id"]["S"] for one in noted] == ["pi_1"]


def test_what_still_comes_by_itself_is_not_doubled(world: World) -> None:
    endpoint_id = world.add().endpoint.endpoint_id
    world.answering["shop.example"] = status(500)
    world.publish()
    world.run(timedelta(seconds=1))
    world.clock.at += timedelta(seconds=1)
    replayed(world, endpoint_id, world.clock.at - HOUR)
    world.answering.clear()
    world.run(HOUR)

    assert len(world.deliveries()) == 1


def test_pages_of_many_days_are_all_told_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "PAGE", 2)
    endpoint_id = world.add().endpoint.endpoint_id
    began = world.clock.at
    for number in range(15):
        world.publish(payment=f"pi_{number}")
        world.run(timedelta(hours=5))
    replayed(world, endpoint_id, began)
    world.run(HOUR)

    ids = [one.message_id for one in world.taken]
    assert len(ids) == 30
    assert all(ids.count(one) == 2 for one in ids)
    replay = Replays("main").latest(endpoint_id)
    assert replay is not None
    assert (replay.enqueued, replay.is_running) == (15, False)


def test_one_replay_at_a_time_and_the_same_again_goes_on(world: World) -> None:
    endpoint_id = world.add().endpoint.endpoint_id
    world.publish()
    world.run(HOUR)
    since = world.clock.at - 2 * HOUR
    _, first = replayed(world, endpoint_id, since)
    code, error = replayed(world, endpoint_id, since + HOUR)
    assert (code, first["replay_id"] in error["message"]) == (409, True)
    world.queue.messages.clear()  # as if whoever began it had died before it was enqueued
    code, again = replayed(world, endpoint_id, since)
    assert (code, again["replay_id"]) == (200, first["replay_id"])
    world.run(HOUR)
    assert len(world.taken) == 2
    assert replayed(world, endpoint_id, since)[1]["replay_id"] != first["replay_id"]


def test_a_replay_that_stands_still_gives_way_after_an_hour(world: World) -> None:
    endpoint_id = world.add().endpoint.endpoint_id
    world.clock.at += HOUR
    _, first = replayed(world, endpoint_id, world.clock.at - HOUR)
    stale = [one.body for one in world.queue.messages]
    world.queue.messages.clear()
    world.clock.at += HOUR
    code, second = replayed(world, endpoint_id, world.clock.at - HOUR)

    assert (code, second["replay_id"] == first["replay_id"]) == (200, False)
    for body in stale:  # the first one's message comes after all
        world.queue.put(body)
    world.run(HOUR)
    assert world.failures == 0


def test_two_messages_of_one_replay_move_it_on_once(world: World) -> None:
    endpoint_id = world.add().endpoint.endpoint_id
    world.clock.at += HOUR
    replayed(world, endpoint_id, world.clock.at - HOUR)
    replays = Replays("main")
    before = replays.latest(endpoint_id)
    assert isinstance(before, Replay)
    world.run()
    with pytest.raises(StaleWrite):
        replays.advance(before.model_copy(update={"version": before.version + 1}), before)


@pytest.mark.parametrize(
    ("window", "param"),
    [
        ({"from": "2026-11-21T09:00:00Z", "to": "2026-11-21T09:00:00Z"}, "to"),
        ({"from": "2026-11-21T08:00:00Z", "to": "2026-11-21T09:00:01Z"}, "to"),
        ({"from": "2026-10-21T08:59:59Z", "to": "2026-11-21T09:00:00Z"}, "from"),
        ({"from": "2026-11-21T08:00:00", "to": "2026-11-21T09:00:00Z"}, "from"),
        ({"from": "2026-11-21T08:00:00Z"}, "to"),
        ({"from": "yesterday", "to": "now"}, "from"),
    ],
)
def test_a_window_is_whole_past_and_a_month_at_most(
    world: World, window: dict[str, str], param: str
) -> None:
    endpoint_id = world.add().endpoint.endpoint_id
    code, error = ask(f"POST {ONE}/replay", endpoint_id, window)

    assert (code, error["param"]) == (400, param)
    assert json.dumps(error)
    assert world.queue.messages == []

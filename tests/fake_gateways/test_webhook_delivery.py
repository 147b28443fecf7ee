"""How a fake's webhooks travel, how its clock is set, and what it forgets: shared by all fakes."""

import random

import pytest

from infra.fake_gateways.kit.answers import Answer
from infra.fake_gateways.kit.clock import SettableClock
from infra.fake_gateways.kit.faults import Fault, Faults, Kind
from infra.fake_gateways.kit.idempotency import Memory
from infra.fake_gateways.kit.schedule import Schedule
from infra.fake_gateways.kit.webhook_delivery import Habits, Webhook, WebhookDelivery
from infra.fake_gateways.stripe.api.parameters import parsed


def test_a_webhook_sets_out_at_once_and_once_unless_set_otherwise() -> None:
    assert Habits().delays(random.Random(1)) == [0.0]


def test_a_duplicate_comes_after_its_first() -> None:
    habits = Habits(duplicates=1.0, delay_min_s=2.0, delay_max_s=5.0, again_max_s=10.0)
    for seed in range(50):
        first, second = habits.delays(random.Random(seed))
        assert 2.0 <= first <= 5.0
        assert first <= second <= first + 10.0


def test_retries_wait_longer_each_time_up_to_an_hour() -> None:
    waits = [Habits().retry_after_s(tries) for tries in range(1, 16)]
    assert waits[:4] == [1.0, 2.0, 4.0, 8.0]
    assert max(waits) == 3600.0


def test_what_is_held_is_counted_and_nothing_travels() -> None:
    delivery = WebhookDelivery(random.Random(1))
    delivery.hold()
    for name in ("evt_1", "evt_2"):
        delivery.send(Webhook(name, "http://127.0.0.1:9/", b"{}", lambda at_s: {}, lambda: None))
    assert delivery.state() == {"waiting": 0, "held": 2, "log": []}
    assert delivery.release("reversed") == 2
    assert delivery.state()["waiting"] == 2
    delivery.stop()


def test_a_clock_stops_skips_and_runs_on() -> None:
    base = [100.0]
    clock = SettableClock(lambda: base[0])
    clock.stop()
    base[0] = 105.0
    assert clock() == 100.0
    clock.skip(60.0)
    assert clock() == 160.0
    clock.run()
    assert clock() == 165.0


def test_a_schedule_runs_what_is_due_the_earliest_first() -> None:
    now, done = [0.0], list[str]()
    schedule = Schedule(lambda: now[0])
    schedule.later(5.0, lambda: done.append("later"))

    def soon() -> None:
        done.append("soon")
        schedule.later(0.0, lambda: done.append("too"))

    schedule.later(1.0, soon)
    assert (schedule.run_due(), schedule.next_at_s) == (0, 1.0)
    now[0] = 5.0
    assert schedule.run_due() == 3
    assert done == ["soon", "later", "too"]


def test_a_fault_is_used_up_by_the_requests_it_concerns() -> None:
    faults = Faults()
    faults.expect(Fault(Kind.LOST_RESPONSE, "/v1/refunds", "POST", times=2))
    kinds = {Kind.LOST_RESPONSE}
    assert faults.take({Kind.SLOW}, "POST", "/v1/refunds") is None
    assert faults.take(kinds, "GET", "/v1/refunds") is None
    assert faults.take(kinds, "POST", "/v1/charges") is None
    assert [bool(faults.take(kinds, "POST", "/v1/refunds")) for _ in range(3)] == [
        True,
        True,
        False,
    ]


def test_memory_forgets_the_oldest_first_and_only_what_is_old() -> None:
    now = [0.0]
    memory = Memory(lambda: now[0], forget_after_s=10.0)
    memory.remember("a", 1, Answer(200, {}))
    now[0] = 6.0
    memory.remember("b", 1, Answer(200, {}))
    now[0] = 10.0
    assert memory.recall("a") is None
    assert memory.recall("b") is not None


def test_a_key_that_is_held_by_two_is_given_back_by_the_first_alone() -> None:
    memory = Memory(lambda: 0.0, 10.0)
    with memory.using("k"):
        with memory.using("k"):
            pass
        assert memory.is_in_use("k")
    assert not memory.is_in_use("k")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("a=1&b=x%20y", {"a": "1", "b": "x y"}),
        ("metadata[a]=1&metadata[b]=", {"metadata": {"a": "1", "b": ""}}),
        ("expand[0]=a.b&expand[1]=c", {"expand": ["a.b", "c"]}),
        ("expand[]=a&expand[]=b", {"expand": ["a", "b"]}),
        ("card[exp][month]=1", {"card": {"exp": {"month": "1"}}}),
        ("created[gte]=5", {"created": {"gte": "5"}}),
        ("metadata=", {"metadata": ""}),
        ("a=1&a[b]=2", {"a": "1"}),
        ("", {}),
    ],
)
def test_forms_are_read_into_nested_values(text: str, form: object) -> None:
    assert parsed(text) == form

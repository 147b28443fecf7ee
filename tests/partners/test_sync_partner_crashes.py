"""A process may end at any side effect, and workers run at once: one record, the latest state."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from infra.fake_gateways.kit.faults import Kind
from kassa.core.errors import StaleWrite
from kassa.deliveries.delivery import Status
from kassa.partners import record_store
from kassa.partners.sync_partner import sync_partner
from tests.support.aws_stack import NOW, FakeClock, Stack, empty_table
from tests.support.crashes import Crash, effects
from tests.support.crm import NOTE, OAUTH2, Crm, forget, open_crm, target
from tests.support.effort import few
from tests.support.partner_states import STATE, UPSERTED
from tests.support.partner_world import receive, refunded, save, statuses, wake_up

FACT = refunded("pi_1", 2, NOW)


@pytest.fixture
def crm(stack: Stack) -> Iterator[Crm]:
    with open_crm() as opened:
        opened.fake.switches.refuses_twice = False
        yield opened


def crashed(crm: Crm, at: int, is_done: bool, *bodies: str) -> bool:
    """Receive messages, ending at a side effect; tell whether it came so far."""
    with effects(crm, at, is_done):
        try:
            receive(*bodies)
        except Crash:
            forget()
            return True
    return False


@pytest.mark.parametrize("is_done", [False, True])
@pytest.mark.parametrize("kind", [NOTE, STATE, UPSERTED], ids=["note", "state", "upserted"])
def test_a_crash_at_any_side_effect_leaves_one_record_and_no_fact_untold(
    crm: Crm, stack: Stack, fake_clock: FakeClock, kind: dict[str, Any], is_done: bool
) -> None:
    save(target(kind, auth=OAUTH2))
    at = 1
    while crashed(crm, at, is_done, refunded(f"pi_{at}", 2, NOW)):
        receive(refunded(f"pi_{at}", 2, NOW))  # it comes back: begun, or not yet
        wake_up(fake_clock)
        at += 1
    assert at > 6  # the delivery, the claim, the turn, the token, the request, two outcomes
    wake_up(fake_clock)
    held = [one["external_id"] for one in crm.fake.held(f"{kind['kind']}s")]
    assert len(held) == len(set(held)) == at
    assert set(statuses()) == {Status.SENT}


@pytest.mark.parametrize("is_done", [False, True])
def test_a_newer_fact_after_a_crash_is_the_one_that_stands(
    crm: Crm, stack: Stack, fake_clock: FakeClock, is_done: bool
) -> None:
    save(target(STATE))
    at = 1
    while crashed(crm, at, is_done, refunded(f"pi_{at}", 2, NOW)):
        receive(refunded(f"pi_{at}", 5, NOW))
        wake_up(fake_clock)
        at += 1
    held = crm.fake.held("states")
    assert [one["version"] for one in held] == [5] * (at - 1) + [2]


def test_a_second_crash_while_finding_out_changes_nothing(
    crm: Crm, stack: Stack, fake_clock: FakeClock
) -> None:
    save(target(NOTE))
    crm.fault(Kind.LOST_RESPONSE)
    receive(FACT)
    for at in range(1, 12):
        before = fake_clock.at
        with effects(crm, at, is_done=True):
            try:
                wake_up(fake_clock)
            except Crash:
                forget()
        assert fake_clock.at >= before
    wake_up(fake_clock)
    assert len(crm.fake.held("notes")) == 1
    assert statuses() == [Status.SENT]


def test_two_workers_at_one_record_never_cross(
    crm: Crm, stack: Stack, fake_clock: FakeClock
) -> None:
    """While version 2 is on its way, another worker takes version 3, and has to wait."""
    save(target(STATE))
    receive(refunded("pi_1", 1, NOW))

    def meanwhile(request: Any) -> None:
        crm.before = lambda request: None
        sync_partner(refunded("pi_1", 3, NOW), lambda: 120.0)
        with pytest.raises(StaleWrite):  # the same fact is at work: SQS brings it back
            sync_partner(FACT, lambda: 120.0)

    crm.before = meanwhile
    assert receive(FACT, FACT) == []
    wake_up(fake_clock)
    assert [one["version"] for one in crm.fake.held("states")] == [3]
    assert sorted(statuses()) == [Status.SENT] * 3


def test_of_two_workers_that_read_a_record_at_once_one_goes_on(
    crm: Crm, stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between one worker's reading and its claim the other one claims, sends and is done."""
    save(target(STATE))
    receive(refunded("pi_1", 1, NOW))
    own = record_store.find

    def overtaken(partner: str, record: Any) -> Any:
        state = own(partner, record)
        monkeypatch.setattr(record_store, "find", own)
        sync_partner(refunded("pi_1", 3, NOW), lambda: 120.0)
        return state

    monkeypatch.setattr(record_store, "find", overtaken)
    assert receive(FACT) == [FACT]
    wake_up(fake_clock)
    assert [one["version"] for one in crm.fake.held("states")] == [3]
    assert len([one for one in crm.sent if one.method == "PATCH"]) == 1


EVENTS = st.lists(
    st.tuples(
        st.integers(1, 3),  # whose
        st.integers(1, 5),  # version
        st.sampled_from(
            [
                *(None, None, "crash", "down", Kind.LOST_REQUEST, Kind.LOST_RESPONSE, Kind.SLOW),
                *(Kind.ERROR_BEFORE, Kind.ERROR_AFTER, Kind.RATE_LIMITED, Kind.UNAVAILABLE),
            ]
        ),
        st.integers(1, 8),  # where it crashes
        st.booleans(),  # whether time passes afterwards
    ),
    min_size=1,
    max_size=12,
)


@few(20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, kind=st.sampled_from(["note", "state", "upserted"]))
def test_whatever_happens_each_fact_is_told_once_and_the_latest_state_stands(
    stack: Stack, fake_clock: FakeClock, events: list[Any], kind: str
) -> None:
    empty_table(fake_clock)
    with open_crm() as crm:
        crm.fake.switches.refuses_twice = False
        save(target({"note": NOTE, "state": STATE, "upserted": UPSERTED}[kind]))
        for whose, version, fault, at, passes in events:
            play(crm, refunded(f"pi_{whose}", version, NOW), fault, at)
            if passes:
                wake_up(fake_clock)
        for whose, version, *_ in events:  # whatever came back to the queue
            receive(refunded(f"pi_{whose}", version, NOW))
        wake_up(fake_clock)
        crm.fake.run_due()
        check(crm, events, kind)


def play(crm: Crm, fact: str, fault: Any, at: int) -> None:
    crm.is_down = fault == "down"
    if isinstance(fault, Kind):
        crm.fault(fault)
    crashed(crm, at if fault == "crash" else 0, True, fact)
    crm.is_down = False
    crm.fake.faults.clear()


def check(crm: Crm, events: list[Any], kind: str) -> None:
    """Compare with what anybody would expect who knew only the facts."""
    facts = {(whose, version) for whose, version, *_ in events}
    held = crm.fake.held(f"{kind}s")
    ids = [one["external_id"] for one in held]
    assert len(ids) == len(set(ids))
    assert set(statuses()) <= {Status.SENT, Status.SKIPPED}
    assert len(statuses()) == len(facts)
    if kind == "note":
        assert len(held) == len(facts)
        return
    newest = {f"pi_{whose}": max(v for w, v in facts if w == whose) for whose, _ in facts}
    assert {one["external_id"]: one["version"] for one in held} == newest

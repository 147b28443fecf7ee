"""Races for one payment's refunds, in any order of their calls: one pays, whoever else there is.

Real operations in greenlets; each call to the table and to the gateway hands the turn to another.
A seed is one order, the same every time. The gateway's own limit is lifted, so that it is our
guard which holds; each planted mistake shows that the race would see it missing.
"""

from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any, NamedTuple

import pytest

from kassa.gateways.events import Subject
from kassa.ledger.state import SubjectState
from kassa.refunds import writes as refund_writes
from kassa.refunds.lifecycle import next_step as refunds
from kassa.refunds.lifecycle.lifecycle import RequestState, Step
from kassa.refunds.request.body import RefundRequestBody
from tests.support.refund_races import Race, race
from tests.support.refund_scene import RefundScene, opened

MANY, FEW, SEEDS = 50, 4, range(6)


class Outcome(NamedTuple):
    """What came of a race."""

    paid: list[int]  # at the gateway, by us
    posted: list[int]  # in the ledger, dashboard refunds included
    left: int
    excess: int
    answers: Counter[str]
    submitted_beside: list[str]


def outcome(run: Race, payment_id: str) -> Outcome:
    """Let everything arrive, and look."""
    run.settle()
    state = run.scene.payment(payment_id)
    assert state.reservations == {}
    return Outcome(
        [one["amount"] for one in run.scene.refunds() if one["metadata"]],
        [one.amount.amount_minor for one in run.scene.postings("refund")],
        state.available_minor,
        state.excess_minor,
        run.answers,
        run.submitted_beside,
    )


def fifty_requests(seed: int) -> Outcome:
    """Race 50 requests of 60.00 on a captured 100.00."""
    with race(seed) as run:
        payment_id = run.scene.pay()
        run.at_once(*(run.request(payment_id, 60_00, f"claim-{n}") for n in range(MANY)))
        return outcome(run, payment_id)


def fifty_copies(seed: int) -> Outcome:
    """Race 50 copies of one claim of 40.00."""
    with race(seed) as run:
        payment_id = run.scene.pay()
        run.at_once(*(run.request(payment_id, 40_00, "the-claim") for _ in range(MANY)))
        return outcome(run, payment_id)


def two_people(seed: int) -> Outcome:
    """Race two people who approve all of 50 requests of 60.00, each in an order of their own."""
    with race(seed) as run:
        run.scene.save_policy(rules=[], otherwise="escalate", undo_minutes=0)
        payment_id = run.scene.pay()
        requested = [
            run.scene.request_refund(payment_id, 60_00, claim_id=f"claim-{n}") for n in range(MANY)
        ]
        ids = [case.request.refund_request_id for case in requested]
        run.at_once(*(run.approve(one, person) for one in ids for person in ("anna", "bert")))
        return outcome(run, payment_id)


def meanwhile(seed: int, act: Callable[[RefundScene, str], Any]) -> Outcome:
    """Race some requests of 60.00 and what happens at the gateway in between."""
    with race(seed) as run:
        payment_id = run.scene.pay()
        charge_id = run.scene.charge_of(payment_id)
        requests = [run.request(payment_id, 60_00, f"claim-{n}") for n in range(FEW)]
        run.at_once(*requests, run.delivering(lambda: act(run.scene, charge_id)))
        return outcome(run, payment_id)


def refunded_elsewhere(scene: RefundScene, charge_id: str) -> None:
    scene.fake.refund_in_dashboard(charge_id, 50_00)


def disputed(scene: RefundScene, charge_id: str) -> None:
    scene.fake.open_dispute(charge_id, 30_00)


def is_one_of_fifty(came: Outcome) -> bool:
    """Whether exactly one request paid, and 49 were answered that too little is left."""
    answers = Counter(answered=1, OverHeadroom=49)
    return came == Outcome([60_00], [60_00], 40_00, 0, answers, [])


def is_one_claim(came: Outcome) -> bool:
    """Whether one claim paid once, and every copy of it was answered."""
    return came == Outcome([40_00], [40_00], 60_00, 0, Counter(answered=50), [])


@pytest.mark.parametrize("seed", SEEDS)
def test_of_fifty_requests_at_once_exactly_one_pays(seed: int) -> None:
    assert is_one_of_fifty(fifty_requests(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_of_fifty_copies_of_one_claim_exactly_one_pays(seed: int) -> None:
    assert is_one_claim(fifty_copies(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_of_all_that_two_people_approve_at_once_exactly_one_pays(seed: int) -> None:
    came = two_people(seed)

    assert came[:4] == ([60_00], [60_00], 40_00, 0)
    assert came.answers["answered"] == 1
    assert came.answers.total() == 2 * MANY
    assert set(came.answers) <= {"answered", "OverHeadroom", "Conflict"}


def test_of_two_people_who_approve_one_request_at_once_one_is_answered_with_the_status() -> None:
    for seed in range(20):
        with race(seed) as run:
            run.scene.save_policy(rules=[], otherwise="escalate", undo_minutes=0)
            payment_id = run.scene.pay()
            case = run.scene.request_refund(payment_id, 60_00)
            request_id = case.request.refund_request_id
            run.at_once(run.approve(request_id, "anna"), run.approve(request_id, "bert"))
            came = outcome(run, payment_id)
            steps = [one.step for one in run.scene.lifecycle(case).changes]

        assert came == Outcome([60_00], [60_00], 40_00, 0, Counter(answered=1, Conflict=1), []), (
            f"seed {seed}"
        )
        assert steps.count(Step.APPROVED) == 1


def test_a_dashboard_refund_in_between_is_counted_and_an_excess_is_visible() -> None:
    """It can't be refused: what was submitted before it was reported is paid, and nothing after."""
    seen = Counter[bool]()
    for seed in range(20):
        came = meanwhile(seed, refunded_elsewhere)
        is_paid = came.paid == [60_00]

        assert is_paid or came.paid == []
        assert sorted(came.posted) == [50_00, *came.paid]
        assert (came.left, came.excess) == ((-10_00, 10_00) if is_paid else (50_00, 0))
        assert came.submitted_beside == []
        seen[is_paid] += 1
    assert len(seen) == 2, "each order must have come up"


def test_a_dispute_in_between_stops_what_was_approved_and_not_yet_submitted() -> None:
    seen = Counter[bool]()
    for seed in range(20):
        came = meanwhile(seed, disputed)

        assert came.paid in ([60_00], [])
        assert came.posted == came.paid
        assert came.left == 70_00 - sum(came.paid)
        assert came.submitted_beside == []
        seen[bool(came.paid)] += 1
    assert len(seen) == 2, "each order must have come up"


# Planted mistakes: what the races would see if a guard were missing.

Reserved = Callable[..., dict[str, Any]]


def carelessly(write: Reserved) -> Reserved:
    """Return a write that happens whatever was read before: a read-then-write."""

    def careless(*args: Any) -> dict[str, Any]:
        made = write(*args)
        condition = f"attribute_exists(PK) OR {made['ConditionExpression']}"
        return made | {"ConditionExpression": condition}

    return careless


def test_a_reservation_that_only_reads_first_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refund_writes, "reserved", carelessly(refund_writes.reserved))

    assert not is_one_of_fifty(fifty_requests(0))


def test_without_the_guard_before_submitting_such_reservations_would_all_be_paid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(refund_writes, "reserved", carelessly(refund_writes.reserved))
    monkeypatch.setattr(refunds, "_stopped", lambda payment: None)

    assert sum(fifty_requests(0).paid) > 100_00


def test_copies_that_were_no_longer_one_claim_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    number = count()
    monkeypatch.setattr(
        RefundRequestBody, "claim", property(lambda request_body: f"claim-{next(number)}")
    )

    assert not is_one_claim(fifty_copies(0))


def between_reading_and_submitting(act: Callable[[RefundScene, str], Any]) -> list[int]:
    """Let something be applied just after pay_refund has read the payment; return what it paid."""
    with opened(lifts_dispute_limit=True) as scene:
        payment_id = scene.pay()
        scene.request_refund(payment_id, 60_00)
        read, facts = scene.requests.payment, list[dict[str, Any]]()

        def read_too_early(subject: Subject) -> SubjectState:
            state = read(subject)
            if not facts:
                act(scene, scene.charge_of(payment_id))
                facts.extend(scene.events)
                scene.deliver()
            return state

        scene.requests.payment = read_too_early  # type: ignore[method-assign]
        scene.work()
        return [one["amount"] for one in scene.refunds() if one["metadata"]]


@pytest.mark.parametrize("act", [refunded_elsewhere, disputed])
def test_what_is_received_between_reading_and_submitting_stops_the_submission(
    act: Callable[[RefundScene, str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert between_reading_and_submitting(act) == []

    monkeypatch.setattr(refund_writes, "held_to", carelessly(refund_writes.held_to))
    assert between_reading_and_submitting(act) == [60_00], "the race must see a missing guard"


@pytest.mark.parametrize("seed", range(20))
def test_a_gateway_s_answer_is_kept_whoever_publishes_the_submission_meanwhile(seed: int) -> None:
    with race(seed) as run:
        payment_id = run.scene.pay()
        run.at_once(run.request(payment_id, 60_00, "claim-1"))
        (refund,) = run.scene.refunds()
        lifecycle = run.scene.requests.named(refund["metadata"]["refund_request_id"]).lifecycle
        assert (lifecycle.state, lifecycle.refund_id) == (RequestState.ACCEPTED, refund["id"])

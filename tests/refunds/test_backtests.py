"""Backtests: what a policy would have decided about past requests, counted to the cent."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from kassa.core.money import Money
from kassa.refunds.backtest.replay import LARGEST, Replay
from kassa.refunds.backtest.result import Backtest, Flip, PastReceipt, PastRequest
from kassa.refunds.policy.inputs import Reason, RefundInputs
from kassa.refunds.policy.limits import MERCHANT_DAY, limits_of
from kassa.refunds.policy.model import Outcome, RefundPolicy
from kassa.refunds.policy.parse import read_policy

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)
APPROVE, ESCALATE, REJECT = Outcome
UP_TO_75: dict[str, Any] = {
    "rules": [
        {
            "id": "late",
            "name": "Late",
            "when": {"payment_age_days": {"over": 90}},
            "then": "reject",
        },
        {"id": "small", "name": "S", "when": {"amount": {"up_to": "75.00 EUR"}}, "then": "approve"},
    ]
}
ALL: dict[str, Any] = {"rules": [{"id": "all", "name": "All", "when": {}, "then": "approve"}]}


def policy(document: dict[str, Any]) -> RefundPolicy:
    return read_policy({"effective_from": NOW} | document, "main", 4, NOW, "you")


def past(
    n: int, amount_minor: int, decision: Outcome, people: Outcome | None = None, **more: Any
) -> PastRequest:
    """Return the n-th request, decided by row R1 of version 3."""
    receipt = {"decision": decision, "why": "policy", "rule_id": "R1", "policy_version": 3}
    inputs = RefundInputs(
        amount=Money(amount_minor=amount_minor, currency=more.pop("currency", "EUR")),
        payment_age_days=more.pop("age", 3),
        amount_percent=100,
        reason=Reason.DAMAGED,
        gateway="stripe",
    )
    customer = more.pop("customer", f"cus_{n}")
    known = PastReceipt.model_validate(receipt | more | {"inputs": inputs})
    return PastRequest(f"rr_{n}", f"pi_{n}", customer, NOW, known, people)


def tried(document: dict[str, Any], *days: list[PastRequest | None]) -> tuple[Backtest, list[Flip]]:
    kept: list[Flip] = []
    replay = Replay(policy(document), kept.append)
    for requests in days:
        replay.day(requests)
    return replay.run(DAY, DAY, is_complete=True), kept


def counts(run: Backtest) -> dict[tuple[str, str], int]:
    return {(line.before, line.after): line.count for line in run.decisions}


def test_requests_are_counted_by_what_was_decided_and_what_would_be() -> None:
    requests = [past(1, 50_00, ESCALATE), past(2, 50_00, APPROVE), past(3, 80_00, APPROVE)]
    run, _ = tried(UP_TO_75, [*requests, past(4, 10_00, ESCALATE, age=91)])

    assert counts(run) == {
        (ESCALATE, APPROVE): 1,
        (APPROVE, APPROVE): 1,
        (APPROVE, ESCALATE): 1,
        (ESCALATE, REJECT): 1,
    }
    assert (run.requests, run.flips, run.unreadable) == (4, 3, 0)


def test_what_is_paid_without_a_person_is_reported_for_each_currency_apart() -> None:
    run, _ = tried(
        UP_TO_75,
        [past(1, 50_00, ESCALATE), past(2, 80_00, APPROVE), past(3, 900, APPROVE, currency="JPY")],
    )

    euro, yen = run.moved
    assert (euro.before_count, euro.before_minor) == (1, 80_00)
    assert (euro.after_count, euro.after_minor, euro.delta_minor) == (1, 50_00, -30_00)
    assert (yen.currency, yen.before_minor, yen.after_minor) == ("JPY", 900, 0)


def test_every_flip_names_the_old_row_and_the_new_one_with_their_versions() -> None:
    run, kept = tried(UP_TO_75, [past(1, 50_00, ESCALATE), past(2, 60_00, APPROVE)])

    [flip] = kept
    assert flip.refund_request_id == "rr_1"
    assert (flip.before.decision, flip.before.rule_id, flip.before.policy_version) == (
        *(ESCALATE, "R1", 3),
    )
    assert (flip.after.decision, flip.after.rule_id, flip.after.policy_version) == (
        *(APPROVE, "small", 4),
    )
    [row] = run.rows
    assert (row.before_row, row.after_row, row.count) == ("R1 (version 3)", "small", 1)


def test_what_people_decided_is_held_against_what_the_policy_would_decide() -> None:
    run, _ = tried(
        UP_TO_75,
        [
            past(1, 50_00, ESCALATE, APPROVE),
            past(2, 60_00, ESCALATE, REJECT),
            past(3, 60_00, ESCALATE),
            past(4, 60_00, APPROVE, REJECT),  # reopened later; no person was asked at first
        ],
    )

    people = {(line.people, line.after): line.amounts for line in run.people}
    assert people == {
        (APPROVE, APPROVE): (Money(amount_minor=50_00, currency="EUR"),),
        (REJECT, APPROVE): (Money(amount_minor=60_00, currency="EUR"),),
    }
    assert run.undecided == 1


def test_a_request_that_cannot_be_read_is_counted_and_not_replayed() -> None:
    run, _ = tried(UP_TO_75, [None, past(1, 50_00, APPROVE)])

    assert (run.requests, run.unreadable) == (2, 1)
    assert sum(counts(run).values()) == 1


def test_an_approval_above_the_hard_limit_goes_to_a_person() -> None:
    limit = limits_of("EUR").per_refund_minor
    run, kept = tried(ALL, [past(1, limit, ESCALATE), past(2, limit + 1, APPROVE)])

    assert counts(run) == {(ESCALATE, APPROVE): 1, (APPROVE, ESCALATE): 1}
    assert [flip.after.why for flip in kept] == ["policy", "hard_limit"]
    assert run.held_back == 1


def test_a_customers_day_has_room_for_so_much_and_the_next_day_again() -> None:
    limit = limits_of("EUR").per_refund_minor
    day = [past(n, limit, ESCALATE, customer="cus_1") for n in range(3)]
    run, kept = tried(ALL, day, day)

    assert counts(run) == {(ESCALATE, APPROVE): 4, (ESCALATE, ESCALATE): 2}
    assert run.held_back == 2
    assert all(flip.after.why == "policy" for flip in kept)


def test_a_merchants_day_has_room_for_so_much() -> None:
    limit = limits_of("EUR").per_refund_minor
    run, _ = tried(ALL, [past(n, limit, ESCALATE) for n in range(MERCHANT_DAY + 3)])

    assert counts(run) == {(ESCALATE, APPROVE): MERCHANT_DAY, (ESCALATE, ESCALATE): 3}


def test_a_currency_without_limits_is_never_automatic() -> None:
    run, _ = tried(ALL, [past(1, 1, ESCALATE, currency="XXX")])

    assert counts(run) == {(ESCALATE, ESCALATE): 1}


def test_what_kept_a_request_from_every_policy_then_does_so_again() -> None:
    run, _ = tried(ALL, [past(1, 10_00, ESCALATE, why="payment_age")])

    assert counts(run) == {(ESCALATE, ESCALATE): 1}


def test_only_the_largest_flips_are_held_and_all_are_kept() -> None:
    requests = [past(n, 10_00 + n, ESCALATE) for n in range(3 * LARGEST)]
    run, kept = tried(UP_TO_75, [*requests, past(99, 90_00, APPROVE)])

    assert len(kept) == 3 * LARGEST + 1
    amounts = [flip.amount.amount_minor for flip in run.largest]
    assert amounts == [10_00 + n for n in reversed(range(2 * LARGEST, 3 * LARGEST))] + [90_00]


@pytest.mark.parametrize("document", [UP_TO_75, ALL])
def test_the_policy_that_decided_flips_nothing(document: dict[str, Any]) -> None:
    first, _ = tried(document, [past(n, 10_00 * n, ESCALATE, age=8 * n) for n in range(1, 20)])
    again = [
        past(n, 10_00 * n, outcome, age=8 * n)
        for n, outcome in enumerate(_decided(document), start=1)
    ]
    run, kept = tried(document, again)

    assert first.requests == run.requests
    assert kept == []
    assert [each.delta_minor for each in run.moved] == [0]


def _decided(document: dict[str, Any]) -> list[Outcome]:
    decided = [ESCALATE] * 19
    _, kept = tried(document, [past(n, 10_00 * n, ESCALATE, age=8 * n) for n in range(1, 20)])
    for flip in kept:
        decided[int(flip.refund_request_id[3:]) - 1] = flip.after.decision
    return decided

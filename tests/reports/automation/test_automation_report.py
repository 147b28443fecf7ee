"""What Kassa did: decisions, waits and minutes are those worked out by hand."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from kassa.core.periods import Period
from kassa.fact_catalog import AnyFact
from kassa.reports.automation.assumptions import MINUTES, Assumptions
from kassa.reports.automation.build_automation import HERE, build_automation, counted
from kassa.reports.automation.done import Banked, Counted, Decided, Done, done
from kassa.reports.localization import LANGUAGES, texts_of
from tests.support.facts import fact
from tests.support.reports import made_of, source_of

DAY = Period.of(date(2026, 11, 21), "Europe/Helsinki")
NOON = DAY.starts_at + timedelta(hours=12)
REQUEST = {"gateway": "stripe", "account": "main", "payment_id": "pi_1"}


def of_request(name: str, request_id: str, at: datetime, **fields: Any) -> AnyFact:
    """Return a fact of a refund request."""
    made = fact(
        name, request_id, at, (10_00, "EUR"), object_id=request_id, occurred_at=at,
        refund_request_id=request_id, **REQUEST, **fields,
    )  # fmt: skip
    metadata = made.metadata.model_copy(update={"subject_kind": "refund_request"})
    return made.model_copy(update={"metadata": metadata})


def decided(hours: Sequence[float], by: str, name: str = "RefundApproved") -> list[AnyFact]:
    """Return decisions that took so many hours each."""
    why = {"why": "rule"} if name == "RefundRejected" else {}
    return [
        of_request(
            name,
            f"rr_{by}_{name}_{n}",
            NOON,
            by=by,
            requested_at=NOON - timedelta(hours=one),
            **why,
        )
        for n, one in enumerate(hours)
    ]


def banked(hours: Sequence[float]) -> list[AnyFact]:
    """Return refunds that left so many hours after they were requested."""
    found = []
    for n, one in enumerate(hours):
        asked, refund_id = NOON - timedelta(hours=one), f"re_{n}"
        found += [
            of_request("RefundAccepted", f"rr_{n}", NOON, refund_id=refund_id, requested_at=asked),
            fact(
                "RefundSucceeded",
                "pi_1",
                NOON,
                (10_00, "EUR"),
                object_id=refund_id,
                occurred_at=NOON,
            ),
        ]
    return found


def done_of(facts: list[AnyFact]) -> Done:
    with source_of(facts, DAY) as source:
        return done(counted(source.facts), Assumptions())


def test_decisions_are_counted_by_who_made_them_and_timed_from_their_request() -> None:
    policy = [0.0, 0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 2.0, 3.0]
    facts = [
        *decided(policy, "policy"),
        *decided([48.0], "kassa", "RefundRejected"),
        *decided([4.0, 5.0, 30.0, 6.0, 7.0], "key_1"),
    ]
    found = done_of(facts)

    assert (found.by_policy, found.by_people) == (10, 5)
    assert (found.approved, found.rejected) == (14, 1)
    assert found.share_by_policy == round(10 / 15, 6)
    waits = {one.of: (one.count, one.half_hours, one.most_hours) for one in found.waits}
    assert waits == {
        "policy": (10, 1.0, 3.0),
        "people": (5, 6.0, 30.0),
        "bank": (0, None, None),
    }


def test_a_decision_of_an_earlier_version_is_timed_by_its_request_of_the_same_period() -> None:
    known = [of_request("RefundApproved", f"rr_{n}", NOON, by="policy") for n in range(6)]
    with source_of(known, DAY) as source:
        assert counted(source.facts).decided["policy"] == Decided(6, 0, 0, None, None)


def test_how_long_money_took_is_of_refunds_whose_request_is_known() -> None:
    (wait,) = [
        one for one in done_of(banked([10.0, 20.0, 30.0, 40.0, 50.0])).waits if one.of == "bank"
    ]

    assert (wait.count, wait.half_hours, wait.most_hours) == (5, 30.0, 50.0)


def test_below_five_no_median_is_said() -> None:
    (wait,) = [one for one in done_of(banked([10.0] * 4)).waits if one.of == "bank"]

    assert (wait.count, wait.half_hours) == (4, None)


def test_minutes_are_counts_times_what_is_assumed() -> None:
    acts = {"InvoiceIssued": 3, "ReminderDue": 2, "MessageSent": 7, "EventHealed": 1}
    assumed = Assumptions(version=1, minutes={"invoice": 9, "message": 0})
    found = done(Counted({"policy": Decided(4, 1)}, Banked(), acts), assumed)
    minutes = {one.kind: (one.count, one.minutes_each, one.minutes) for one in found.work}

    assert minutes["invoice"] == (3, 9, 27)
    assert minutes["message"] == (7, 0, 0)
    assert minutes["decision"] == (5, 6, 30)
    assert found.minutes == 27 + 30 + 2 * MINUTES["reminder"] + MINUTES["healed"]
    assert {one.kind for one in found.work if not one.is_default} == {"invoice", "message"}


def test_messages_to_staff_save_nobody_s_time() -> None:
    said = {"message": "report_ready", "channel": "mail"}
    sent = [
        fact("MessageSent", f"d_{n}", NOON, (0, "XXX"), object_id=f"d_{n}", audience=to, **said)
        for n, to in enumerate(("customer", "staff", "customer"))
    ]
    (messages,) = [one for one in done_of(sent).work if one.kind == "message"]

    assert messages.count == 2


def test_the_page_says_what_is_assumed_and_what_was_before() -> None:
    inputs = {"automation": {"version": 2, "minutes": {"decision": 10}, "decision_hours": 30}}
    made = made_of(build_automation, decided([1.0] * 6, "policy"), DAY, inputs)
    document = json.loads(made["automation.json"])

    assert document["headlines"] == [
        "About 1 h of work saved, by the minutes assumed below.",
        "100% of refund requests were decided without a person: 6 of 6.",
        "The policy decided in 1 h (median); before it took 30 h.",
    ]
    assert (document["minutes"], document["assumptions_version"]) == (60, 2)
    assert "15 (guess)" in made["automation.html"]
    assert ",work,decision,6,,,,10,60" in made["automation.csv"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_written_in_every_language(language: str) -> None:
    said = {"summary": {"language": language}, "automation": {"version": 1, "decision_hours": 9}}
    page = made_of(build_automation, decided([1.0] * 6, "policy"), DAY, said)["automation.html"]

    assert f'<html lang="{language}">' in page
    assert texts_of(language, HERE / "texts")["work"]["healed"] in page

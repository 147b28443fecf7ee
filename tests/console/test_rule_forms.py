"""What forms of rules are made of: rows, how versions differ, and what a try comes to."""

from datetime import date

import pytest

from kassa.console.pages.rules.difference import Change, difference
from kassa.console.pages.rules.mistakes import by_place
from kassa.console.pages.rules.rows import filled_rows, pressed, rows_of, whole, with_rows
from kassa.core.money import Money
from kassa.refunds.backtest import try_policy
from kassa.refunds.backtest.result import (
    Backtest,
    DecisionLine,
    Flip,
    Moved,
    PeopleLine,
    RowLine,
    Verdict,
)
from kassa.refunds.policy.inputs import Reason
from kassa.refunds.policy.model import Outcome
from tests.support.aws_stack import NOW
from tests.support.console_pages import opened as opened
from tests.support.rule_writer import Writer, writer

EMPTY = {"rule": {"id": "", "then": "escalate"}}
A, B = {"id": "a", "then": "approve"}, {"id": "b", "then": "reject"}
EUR = Money(amount_minor=74_90, currency="EUR")
RULE = {"rule.0.id": "r", "rule.0.name": "R", "rule.0.then": "approve", "otherwise": "escalate"}


def test_rows_come_in_the_order_of_their_numbers_and_stay_what_they_are() -> None:
    fields = {"rule.10.id": "b", "rule.2.id": " a\r\n", "rule.x.id": "no", "rule.3": "no", "n": "1"}

    assert rows_of(fields, "rule") == [{"id": "a"}, {"id": "b"}]
    assert rows_of(with_rows(fields, "rule", [A, B]), "rule") == [A, B]
    assert with_rows(fields, "rule", [])["n"] == "1"


@pytest.mark.parametrize(
    ("act", "rows"),
    [
        ("add rule", [A, B, EMPTY["rule"]]),
        ("up rule 1", [B, A]),
        ("down rule 0", [B, A]),
        ("remove rule 0", [B]),
        ("up rule 0", [A, B]),
        ("down rule 1", [A, B]),
        ("remove rule 2", [A, B]),
        ("remove rule -1", [A, B]),
        ("remove rule ²", [A, B]),
        ("add fee", [A, B]),
        ("check", [A, B]),
        ("", [A, B]),
    ],
)
def test_a_button_changes_its_row_and_nothing_else(act: str, rows: list[dict[str, str]]) -> None:
    after = pressed(with_rows({"act": act, "note": "n"}, "rule", [A, B]), EMPTY)

    assert rows_of(after, "rule") == rows
    assert "act" not in after
    assert after["note"] == "n"


def test_a_row_that_says_nothing_but_what_is_chosen_from_a_list_is_none() -> None:
    fields = with_rows({}, "rule", [A, {"id": "", "then": "reject"}])

    assert filled_rows(fields, "rule", ["then"]) == [A]


@pytest.mark.parametrize(
    ("text", "read"), [("30", 30), ("-3", -3), ("3.5", "3.5"), ("²", "²"), ("9" * 20, "9" * 20)]
)
def test_only_whole_numbers_are_read_as_such(text: str, read: int | str) -> None:
    assert whole(text) == read


def test_mistakes_stand_at_their_row_and_the_others_at_the_whole() -> None:
    found = by_place(["rules[2].when.amount: x", "routes.0.gateway: y", "second_person_over[0]: z"])

    assert [one.text for one in found.of("rules", 2)] == ["rules[2].when.amount: x"]
    assert [one.text for one in found.of("routes", 0)] == ["routes.0.gateway: y"]
    assert [one.text for one in found.whole] == ["second_person_over[0]: z"]
    assert found.has_errors


def rule(rule_id: str, **more: object) -> dict[str, object]:
    return {"id": rule_id, "name": rule_id.upper(), "when": {}, "then": "approve"} | more


def test_versions_differ_by_what_was_added_taken_out_changed_and_moved() -> None:
    before = {"undo_minutes": 5, "rules": [rule("a"), rule("b"), rule("c")]}
    amount = {"amount": {"up_to": "5.00 EUR"}, "reason": ["damaged", "other"]}
    after = {"undo_minutes": 9, "rules": [rule("c", when=amount), rule("a"), rule("d")]}

    assert difference(before, after) == [
        Change("undo_minutes", "5", "9"),
        Change("b", "id: b; name: B; then: approve", ""),
        Change("d", "", "id: d; name: D; then: approve"),
        Change("c.when", "", "amount: up to 5.00 EUR; reason: damaged, other"),
        Change("rules: order", "a, c", "c, a"),
    ]
    assert difference(before, before) == []


def test_two_rows_of_one_account_are_told_apart() -> None:
    one = {"gateway": "stripe", "account": "main", "methods": ["card"]}
    changed = {"routes": [one, one | {"methods": ["crypto"]}]}

    assert difference({"routes": [one, one]}, changed) == [
        Change("stripe/main (2).methods", "card", "crypto")
    ]


def tried() -> Backtest:
    """Return what a policy would have changed: two requests, one of which people had rejected."""
    verdict = Verdict(
        decision=Outcome.ESCALATE, rule_id="otherwise", policy_version=3, why="policy"
    )
    now = Verdict(decision=Outcome.APPROVE, rule_id="small", policy_version=0, why="policy")
    flip = Flip(
        refund_request_id="rr_1", payment_id="pi_1", requested_at=NOW, amount=EUR,
        reason=Reason.DAMAGED, before=verdict, after=now, people=Outcome.REJECT,
    )  # fmt: skip
    line = {"before": Outcome.ESCALATE, "after": Outcome.APPROVE, "count": 2, "amounts": (EUR,)}
    moved = Moved(
        currency="EUR", before_count=1, before_minor=10_00, after_count=3, after_minor=84_90,
        delta_minor=74_90,
    )  # fmt: skip
    people = PeopleLine(people=Outcome.REJECT, after=Outcome.APPROVE, count=1, amounts=(EUR,))
    return Backtest(
        first_day=date(2026, 8, 24), last_day=date(2026, 11, 21), is_complete=False, requests=12,
        unreadable=1, decisions=(DecisionLine(**line),), moved=(moved,), flips=2,
        rows=(RowLine(**line, before_row="otherwise", after_row="small"),), people=(people,),
        undecided=0, held_back=4, largest=(flip,),
    )  # fmt: skip


@pytest.mark.usefixtures("opened", "stack")
def test_a_try_says_which_decisions_would_change_by_money(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(try_policy, "replay_requests", lambda *_, **__: tried())
    finance: Writer = writer().begin()
    shown = finance.get(finance.act("try", **RULE).leads_to)

    for text in (
        "refund requests replayed: 12", "There is more than one answer has time for",
        "+74.90 EUR", "10.00 EUR (1) → 84.90 EUR (3)", "What would change: 2",
        "can't read them: 1", "the program's own limits hand them to a person: 4",
        "people: Reject", "Last 90 days",
    ):  # fmt: skip
        assert text in shown.text, text
    assert 'href="/console/refunds/rr_1"' in shown.body

"""What a finance person writes is taken exactly, or refused with its place and what is right."""

import json
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.errors import InvalidRequest
from kassa.core.money import Money
from kassa.refunds.policy.conditions import Answer, AnyOf, MoneyWithin, Within
from kassa.refunds.policy.model import OnExpiry, Outcome
from kassa.refunds.policy.parse import RULES_MAX, printed, written
from tests.support.policies import SAVED_AT, a_policy, a_rule, a_table, euros, read, tables

WHOLE = a_table(
    a_rule(
        1,
        "approve",
        amount={"over": "1 EUR", "up_to": "50.00 EUR"},
        payment_age_days={"up_to": 30},
        reason=["not_received", "damaged"],
        country="DE",
        has_open_dispute=False,
    ),
    a_rule(2, "reject"),
    note="small refunds of fresh payments",
    second_person_over=["500.00 EUR", "60000 JPY"],
    decide_within_hours=72,
    remind_after_hours=12,
    on_expiry="reject",
    undo_minutes=0,
    otherwise="escalate",
)


def when(**cells: Any) -> dict[str, Any]:
    """Return a policy of one rule with these cells."""
    return a_table(a_rule(1, "approve", **cells))


def test_a_policy_is_taken_as_it_is_written() -> None:
    policy = read(WHOLE)

    first, second = policy.rules
    assert first.when == (
        MoneyWithin(column="amount", currency="EUR", over=1_00, up_to=50_00),
        Within(column="payment_age_days", up_to=30),
        AnyOf(column="reason", values=("not_received", "damaged")),
        AnyOf(column="country", values=("DE",)),
        Answer(column="has_open_dispute", answer=False),
    )
    assert (first.rule_id, first.name, first.then) == ("R1", "Rule 1", Outcome.APPROVE)
    assert second.when == ()
    assert policy.second_person_over == (euros(500_00), Money(amount_minor=60_000, currency="JPY"))
    assert (policy.decide_within_hours, policy.remind_after_hours) == (72, 12)
    assert (policy.on_expiry, policy.undo_minutes) == (OnExpiry.REJECT, 0)
    assert policy.effective_from == datetime(2026, 12, 1, tzinfo=UTC)
    assert (policy.merchant_id, policy.version, policy.saved_by) == ("main", 7, "key_finance")
    assert policy.saved_at == SAVED_AT
    assert policy.note == "small refunds of fresh payments"


def test_what_is_left_out_has_its_usual_value() -> None:
    policy = read(a_table())
    assert policy.otherwise is Outcome.ESCALATE
    assert (policy.decide_within_hours, policy.remind_after_hours, policy.undo_minutes) == (
        48,
        24,
        5,
    )
    assert (policy.on_expiry, policy.second_person_over) == (OnExpiry.KEEP, ())


def test_one_amount_for_a_second_person_needs_no_list() -> None:
    assert read(a_table(second_person_over="500 EUR")).second_person_over == (euros(500_00),)


def test_a_note_may_have_lines_and_end_with_one() -> None:
    assert read(a_table(note="one\ntwo\n")).note == "one\ntwo"


@pytest.mark.parametrize("answer", [True, "yes"])
def test_a_question_is_answered_as_yaml_reads_it_or_as_text(answer: object) -> None:
    (condition,) = read(when(has_open_dispute=answer)).rules[0].when
    assert condition == Answer(column="has_open_dispute", answer=True)


@pytest.mark.parametrize(
    ("amount", "minor"),
    [
        ("50.00 EUR", 50_00),
        ("50 EUR", 50_00),
        ("50.5 EUR", 50_50),
        ("0.01 EUR", 1),
        ("12000 JPY", 12_000),
        ("1.234 KWD", 1_234),
        ("1.2345 CLF", 12_345),
        ("9007199254740.93 EUR", 9_007_199_254_740_93),
    ],
)
def test_an_amount_is_taken_to_the_last_digit(amount: str, minor: int) -> None:
    (condition,) = read(when(amount={"up_to": amount})).rules[0].when
    assert condition.up_to == minor  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "instant",
    [
        "2026-12-01T09:00:00+09:00",
        "2026-12-01T00:00:00Z",
        datetime(2026, 12, 1, tzinfo=UTC),
    ],
)
def test_an_instant_is_the_same_in_every_zone(instant: object) -> None:
    policy = read({"effective_from": instant, "rules": []})
    assert written(policy)["effective_from"] == "2026-12-01T00:00:00Z"


AMOUNT = "rules[0].when.amount"
REFUSED: list[tuple[object, str]] = [
    (None, "policy: nothing isn't a list of names with their values"),
    ([1], "policy: [1] isn't a list of names with their values"),
    ({"rules": []}, "effective_from: is missing"),
    ({"effective_from": "2026-12-01T00:00:00Z"}, "rules: is missing"),
    (a_table(ruels=[]), "ruels: ruels is no part of a policy; did you mean rules?"),
    (a_table() | {"rules": None}, "rules: nothing isn't a list of rules"),
    (a_table() | {"rules": ["R1"]}, "rules[0]: R1 isn't a list of names with their values"),
    (a_table({"id": "R1", "when": {}, "then": "approve"}), "rules[0].name: is missing"),
    (a_table(a_rule(1, "aprove")), "rules[0].then: aprove is no decision; did you mean approve?"),
    (a_table(a_rule(1, "x")), "there are approve, escalate, reject"),
    (a_table(a_rule(1, "reject"), a_rule(1, "reject")), "rules[1].id: R1 is another rule's"),
    (a_table(a_rule(1, "reject") | {"id": 1}), "rules[0].id: 1 isn't a text; put it in quotes"),
    (a_table(a_rule(1, "reject") | {"id": "otherwise"}), "rules[0].id: otherwise can't be an id"),
    (a_table(a_rule(1, "reject") | {"id": "R 1"}), "rules[0].id: R 1 can't be an id"),
    (a_table(a_rule(1, "reject") | {"id": "R" * 41}), "can't be an id"),
    (a_table(a_rule(1, "reject") | {"name": " x"}), "rules[0].name: is empty, or has spaces"),
    (a_table(a_rule(1, "reject") | {"name": "a\nb"}), "rules[0].name: has a line end"),
    (a_table(a_rule(1, "reject") | {"name": "n" * 101}), "has 101 characters; 100 are allowed"),
    (a_table(a_rule(1, "reject") | {"when": None}), "rules[0].when: is empty; write {} if"),
    (a_table(a_rule(1, "reject") | {"wehn": {}}), "rules[0].wehn: wehn is no part of a rule"),
    (when(amonut={}), "rules[0].when.amonut: amonut is no column; did you mean amount?"),
    (when(amount={"up_to": 50.0}), f"{AMOUNT}.up_to: 50.0 has no currency; write it like 50.00"),
    (when(amount={"up_to": 50}), f"{AMOUNT}.up_to: 50 has no currency"),
    (when(amount={"up_to": "50.005 EUR"}), f"{AMOUNT}.up_to: 50.005 EUR has more decimals than"),
    (when(amount={"up_to": "50.0 JPY"}), "50.0 JPY has more decimals than JPY"),
    (when(amount={"up_to": "50,00 EUR"}), "50,00 EUR isn't an amount like 50.00 EUR"),
    (when(amount={"up_to": "50.00 eur"}), "50.00 eur isn't an amount"),
    (when(amount={"up_to": "٥ EUR"}), "isn't an amount"),
    (when(amount={"up_to": "-1 EUR"}), "isn't an amount"),
    (when(amount={"up_to": "1" * 16 + " EUR"}), "is more than any payment"),
    (when(amount={"upto": "5 EUR"}), f"{AMOUNT}.upto: upto is no bound; did you mean up_to?"),
    (when(amount={}), f"{AMOUNT}: {{}} isn't a range; write it like {{up_to: 50.00 EUR}}"),
    (when(amount="50 EUR"), f"{AMOUNT}: 50 EUR isn't a range"),
    (when(amount={"over": "1 USD", "up_to": "2 EUR"}), "EUR and USD don't make a range"),
    (when(risk_score=40), "rules[0].when.risk_score: 40 isn't a range; write it like {up_to: 30}"),
    (when(risk_score={"up_to": 40.0}), "risk_score.up_to: 40.0 isn't a whole number"),
    (when(risk_score={"up_to": True}), "risk_score.up_to: a bare yes isn't a whole number"),
    (when(risk_score={"up_to": None}), "risk_score.up_to: nothing isn't a whole number"),
    (when(risk_score={"up_to": -1}), "risk_score.up_to: -1 isn't from 0"),
    (when(risk_score={"up_to": 1 << 20_000}), "a number that large isn't from 0"),
    (when(reason="damagd"), "reason: damagd is no reason; did you mean damaged?"),
    (when(reason=["damaged", "lost"]), "rules[0].when.reason[1]: lost is no reason"),
    (when(reason=["damaged", "damaged"]), "reason[1]: damaged stands there twice"),
    (when(reason=[]), "reason: has 0 words; 1 to 200 are allowed"),
    (when(reason={"is": "damaged"}), "reason: takes one word, or a list of words"),
    (when(category=[f"c{n}" for n in range(201)]), "category: has 201 words"),
    (when(category="c" * 101), "category: has 101 characters; 100 are allowed"),
    (when(country=["SE", False]), "country[1]: YAML reads this word as yes or no; put it in"),
    (when(country="Germany"), "country: Germany isn't a country's code of two capital letters"),
    (when(has_open_dispute="perhaps"), "has_open_dispute: perhaps is no answer; there are yes"),
    (when(has_open_dispute=1), "has_open_dispute: 1 is no answer"),
    (a_table(effective_from=date(2026, 12, 1)), "effective_from: 2026-12-01 needs a time and"),
    (a_table(effective_from="2026-12-01T00:00:00"), "needs a time and its zone"),
    (a_table(effective_from="tomorrow"), "effective_from: tomorrow isn't a time like 2026-12-01"),
    (a_table(effective_from="0001-01-01T00:00:00+09:00"), "the year 1 isn't from 1970 to 9000"),
    (a_table(otherwise="ask"), "otherwise: ask is no decision"),
    (a_table(on_expiry="keeep"), "on_expiry: keeep is no outcome; did you mean keep?"),
    (a_table(undo_minutes=1441), "undo_minutes: 1441 isn't from 0 to 1440"),
    (a_table(decide_within_hours=0), "decide_within_hours: 0 isn't from 1 to 2160"),
    (a_table(decide_within_hours=24), "remind_after_hours: 24 isn't before the deadline, 24 hours"),
    (a_table(note=5), "note: 5 isn't a text"),
    (a_table(note="n" * 1001), "note: has 1001 characters"),
    (a_table(second_person_over=[500]), "second_person_over[0]: 500 has no currency"),
    (a_table(second_person_over=["1 EUR", "2 EUR"]), "second_person_over[1]: EUR stands there"),
    (a_table(second_person_over=["1 EUR"] * 51), "second_person_over: has 51 amounts"),
]


@pytest.mark.parametrize(("document", "expected"), REFUSED, ids=[text for _, text in REFUSED])
def test_what_is_off_is_refused_with_its_place(document: object, expected: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read(document)
    assert expected in str(refused.value)
    assert len(str(refused.value)) < 700


def test_there_may_be_so_many_rules_and_no_more() -> None:
    rules = [a_rule(number, "escalate") for number in range(RULES_MAX + 1)]
    assert len(read(a_table(*rules[:-1])).rules) == RULES_MAX
    with pytest.raises(InvalidRequest, match="rules: has 201 rules; 200 are allowed"):
        read(a_table(*rules))


@given(tables())
def test_a_policy_comes_back_from_its_own_text(document: dict[str, Any]) -> None:
    policy = read(document)
    through_json = json.loads(json.dumps(written(policy)))
    assert read(through_json) == policy


def test_every_part_comes_back_from_its_own_text() -> None:
    policy = read(WHOLE)
    assert read(written(policy)) == policy
    amount = written(policy)["rules"][0]["when"]["amount"]
    assert amount == {"over": "1.00 EUR", "up_to": "50.00 EUR"}
    assert written(policy)["second_person_over"] == ["500.00 EUR", "60000 JPY"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


def refusal(document: object) -> str | None:
    """Return why words are refused, or None for a policy that was taken."""
    try:
        read(document)
    except InvalidRequest as refused:
        return str(refused)
    return None


@given(st.sampled_from(sorted(WHOLE)), anything)
def test_whatever_is_written_is_taken_or_refused(place: str, value: object) -> None:
    assert ": " in (refusal({**WHOLE, place: value}) or ": ")


@given(st.sampled_from(sorted(WHOLE["rules"][0]["when"])), anything)
def test_whatever_stands_in_a_cell_is_taken_or_refused(column: str, value: object) -> None:
    place = f"rules[0].when.{column}"
    assert (refusal(when(**{column: value})) or place).startswith(place)


def test_the_table_is_printed_in_plain_words() -> None:
    policy = a_policy(
        a_rule(1, "escalate", has_open_dispute=True),
        a_rule(2, "reject", payment_age_days={"over": 14, "up_to": 365}),
        a_rule(3, "approve", reason=["not_received", "damaged"], amount={"up_to": "50 EUR"}),
        a_rule(4, "approve", amount={"over": "1 JPY"}, has_open_dispute=False),
    )
    columns, rows = printed(policy)
    heads = ("Rule", "Name", "Amount", "Payment age days", "Reason", "Has open dispute", "Then")
    assert columns == heads
    assert rows == (
        ("R1", "Rule 1", "any", "any", "any", "yes", "escalate"),
        ("R2", "Rule 2", "any", "over 14, up to 365", "any", "any", "reject"),
        ("R3", "Rule 3", "up to 50.00 EUR", "any", "not received, damaged", "any", "approve"),
        ("R4", "Rule 4", "over 1 JPY", "any", "any", "no", "approve"),
        ("otherwise", "", "", "", "", "", "escalate"),
    )


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (
            {"method": "visa"},
            "when.method: visa is a brand; write brand: visa, or method: card",
        ),
        ({"method": ["card", "mc"]}, "method[1]: mc is a brand; write brand: mastercard, or"),
        ({"method": "klarna"}, "write brand: klarna, or method: pay_later"),
        ({"method": "cheque"}, "cheque is no method; there are card, wallet, bank_debit"),
        ({"method": "apple_pay"}, "write brand: applepay, or method: wallet"),
        ({"brand": "mc"}, "mc is no brand; write brand: mastercard"),
        ({"brand": "Visa"}, "Visa is no brand; write brand: visa"),
        ({"brand": "card"}, "card is no brand; write method: card"),
    ],
)
def test_a_brand_that_stands_as_a_method_is_answered_with_where_it_belongs(
    cells: dict[str, Any], text: str
) -> None:
    with pytest.raises(InvalidRequest, match=re.escape(text)):
        read(when(**cells))


def test_methods_are_of_our_list_and_brands_may_be_any() -> None:
    policy = read(when(method=["card", "wallet"], brand=["visa", "house_card"]))
    assert policy.rules[0].when == (
        AnyOf(column="method", values=("card", "wallet")),
        AnyOf(column="brand", values=("visa", "house_card")),
    )


def test_a_policy_saved_before_there_was_a_list_means_the_brands_it_named() -> None:
    stored = {"kind": "values", "column": "method", "values": ["mc", "klarna"]}
    assert AnyOf.model_validate(stored) == AnyOf(column="brand", values=("mastercard", "klarna"))
    kept = {"kind": "values", "column": "method", "values": ["card", "crypto"]}
    assert AnyOf.model_validate(kept) == AnyOf(column="method", values=("card", "crypto"))

"""The transaction summary: every figure equals what the postings say, however they are archived."""

import csv
import io
import json
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.archive import counting
from kassa.archive.manifests import FactFile, Manifest
from kassa.archive.tallies import Tally
from kassa.core.postings import Account, PostingKind, balances
from kassa.fact_catalog import AnyFact
from kassa.reports.report import Report
from kassa.reports.summary.documents import documents
from kassa.reports.summary.summary import FIGURES, CurrencySummary, summarise
from tests.support.drawn_facts import DAY, NOON, some_facts, tally
from tests.support.effort import few
from tests.support.facts import captured, fact, failed, moved

K = PostingKind


def summary(*facts: AnyFact) -> dict[str, CurrencySummary]:
    """Summarise facts that were archived in one file."""
    return {each.currency: each for each in summarise(tally(facts), DAY)}


USUAL = {  # which figure a posting of this kind adds to, and which it takes from
    K.CAPTURE: ("gross", 1),
    K.CAPTURE_REVERSAL: ("reversals", 1),
    K.REFUND: ("refunds", 1),
    K.REFUND_REVERSAL: ("refunds", -1),
    K.CHARGEBACK: ("disputes", 1),
    K.CHARGEBACK_REVERSAL: ("disputes", -1),
    K.FEE: ("fees", 1),
    K.PAYOUT: ("payouts", 1),
    K.PAYOUT_REVERSAL: ("payouts", -1),
}


def by_hand(facts: Sequence[AnyFact]) -> dict[str, dict[str, int]]:
    """Add postings up by their kind alone, without a warehouse: the reference."""
    figures: dict[str, dict[str, int]] = defaultdict(Counter)
    for posting in (posting for each in facts for posting in each.data.postings):
        figure, sign = USUAL.get(posting.kind, ("", 0))
        if posting.destination is Account.OPENING_BALANCE:
            figure = "opening"
        if posting.source is Account.GATEWAY_FEES:
            sign = -1  # a fee that was given back
        if figure:
            figures[posting.amount.currency][figure] += sign * posting.amount.amount_minor
    return figures


def test_every_figure_is_proven_by_hand() -> None:
    assert {figure for figure, _ in USUAL.values()} | {"opening", "net"} == set(FIGURES)


@few(6)
@given(some_facts(), st.randoms(use_true_random=False))
def test_every_total_is_what_the_postings_add_up_to(
    facts: list[AnyFact], chance: random.Random
) -> None:
    files: list[list[AnyFact]] = [[], [], []]
    for each in facts:
        for file in chance.sample(files, chance.choice([1, 1, 2, 3])):  # told again: in two files
            file.append(each)
    counted = tally(*files)
    today = [f for f in facts if DAY.starts_at <= f.metadata.booked_at < DAY.ends_at]
    expected = by_hand(today)
    made = {each.currency: each for each in summarise(counted, DAY)}

    assert counted.count == len(today)
    assert expected.keys() <= made.keys()
    postings = [posting for each in today for posting in each.data.postings]
    for currency, each in made.items():
        totals = {name: getattr(each, name).amount_minor for name in expected[currency]}
        assert totals == expected[currency]
        assert each.imbalance == 0
        assert {(account, currency): amount for account, amount in each.accounts.items()} == {
            key: amount for key, amount in balances(postings).items() if key[1] == currency
        }
        assert each.net.amount_minor == expected[currency].get("gross", 0) - sum(
            expected[currency].get(name, 0) for name in ("reversals", "refunds", "disputes", "fees")
        )
        assert sum(method.amount_minor for method in each.methods) == each.gross.amount_minor
        assert sum(each.hours) == each.gross.amount_minor
        gross = [
            f.metadata.event_id
            for f in today
            for p in f.data.postings
            if p.destination is Account.GATEWAY_CLEARING
            and p.kind is K.CAPTURE
            and p.amount.currency == currency
        ]
        assert list(each.gross.event_ids) == sorted(gross)
        assert each.gross.is_fully_traced


@few(4)
@given(some_facts())
def test_rates_count_payments_once_and_attempts_one_by_one(facts: list[AnyFact]) -> None:
    made = {each.currency: each for each in summarise(tally(facts), DAY)}

    today = [f for f in facts if DAY.starts_at <= f.metadata.booked_at < DAY.ends_at]
    for currency, each in made.items():
        of_currency = [f for f in today if f.data.amount.currency == currency]
        payments = {
            f.metadata.subject_id
            for f in of_currency
            if f.data.fact == "PaymentCaptured"
            and f.data.postings[0].destination is Account.GATEWAY_CLEARING
        }
        attempts = sum(f.data.fact == "PaymentFailed" for f in of_currency)
        assert (each.captured_payments, each.failed_attempts) == (len(payments), attempts)
        tried = len(payments) + attempts
        assert each.success_rate == (round(len(payments) / tried, 6) if tried else None)


def test_a_capture_without_a_method_is_completed_by_what_described_it() -> None:
    made = summary(
        captured("pi_1", NOON, (60_00, "EUR"), None),
        fact("PaymentDescribed", "pi_1", NOON, (60_00, "EUR"), object_id="ch_pi_1", method="ideal"),
        captured("pi_2", NOON, (30_00, "EUR"), None),
        captured("pi_3", NOON, (10_00, "EUR"), "card"),
    )
    assert [(each.method, each.share) for each in made["EUR"].methods] == [
        ("ideal", 0.6),
        ("unknown", 0.3),
        ("card", 0.1),
    ]


def test_currencies_are_never_added_to_each_other() -> None:
    made = summary(captured("a", NOON, (100, "JPY")), captured("b", NOON, (100, "KWD")))
    assert {name: each.gross.amount_minor for name, each in made.items()} == {
        "JPY": 100,
        "KWD": 100,
    }


def test_the_hour_that_clocks_repeat_stands_twice() -> None:
    made = summary(
        captured("a", DAY.starts_at + timedelta(hours=2), (1, "EUR")),
        captured("b", DAY.starts_at + timedelta(hours=3), (2, "EUR")),
    )
    assert [hour.hour for hour in DAY.hours[:5]] == [0, 1, 2, 2, 3]
    assert made["EUR"].hours[:5] == (0, 0, 1, 2, 0)


def test_another_merchants_facts_are_left_out() -> None:
    counted = tally([captured("a", NOON, (1, "EUR"), merchant_id="other")])
    assert counted == Tally()


def test_what_was_seen_before_is_no_news() -> None:
    old, new = captured("a", NOON, (1, "EUR")), captured("b", NOON, (2, "EUR"))
    counted = tally([old, new], [old], seen=[old])
    assert [flow.amount_minor for flow in counted.flows] == [2]


def test_a_large_day_names_a_sample_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "TRACED_MAX", 10)
    monkeypatch.setattr(counting, "TRACED_SAMPLE", 3)
    gross = summary(*(captured(f"pi_{n}", NOON, (1, "EUR")) for n in range(11)))["EUR"].gross
    assert (gross.postings, gross.is_fully_traced) == (11, False)
    assert len(gross.event_ids) == 3


def a_report(*facts: AnyFact, name: str = "Kauppa Oy", is_closed: bool = True) -> dict[str, bytes]:
    """Return the documents of a day with these facts."""
    manifest = Manifest(
        merchant_id="main",
        merchant_name=name,
        period=DAY,
        is_closed=is_closed,
        built_at=DAY.closes_at,
        files=(FactFile(key="facts/a.parquet", sha256="", size=1),),
    )
    return documents(Report.of(manifest, tally(facts), []))


def cells(body: bytes) -> list[dict[str, Any]]:
    """Return the CSV's rows by column."""
    return list(csv.DictReader(io.StringIO(body.decode())))


@pytest.mark.parametrize("evil", ['=HYPERLINK("x")', "+1+1", "-1+1", "@SUM(A1)", "\t=1", " =1"])
def test_what_a_gateway_wrote_is_no_formula_in_a_spreadsheet(evil: str) -> None:
    made = a_report(captured("a", NOON, (1, "EUR"), evil), failed("b", NOON, (1, "EUR"), evil, 1))
    clean = evil.replace("\t", " ")
    found = [row["item"] for row in cells(made["report.csv"]) if clean in row["item"]]
    assert found == [f"'{clean}", f"'{clean}"]


def test_amounts_stay_numbers_in_a_spreadsheet() -> None:
    refund = moved("RefundSucceeded", "a", NOON, (1_500, "KWD"), K.REFUND)
    rows = cells(a_report(refund)["report.csv"])
    [net] = [row for row in rows if row["item"] == "net"]
    assert (net["amount"], net["amount_minor"]) == ("-1.500", "-1500")


def test_what_others_wrote_is_no_markup_on_the_page() -> None:
    evil = "<script>alert(1)</script>"
    made = a_report(
        captured("a", NOON, (1, "EUR"), evil), failed("b", NOON, (1, "EUR"), evil, 1), name=evil
    )
    assert b"<script" not in made["report.html"]
    assert b"&lt;script&gt;" in made["report.html"]


def test_the_page_stands_alone() -> None:
    page = a_report(captured("a", NOON, (12_345_67, "EUR")))["report.html"].decode()
    assert "12,345.67" in page
    assert "<svg" in page
    for reference in ("http://", "https://", "src=", "@import", "url("):
        assert reference not in page


def test_a_day_without_facts_is_a_report_of_zeros() -> None:
    made = a_report()
    assert json.loads(made["report.json"])["currencies"] == []
    assert "every total is zero" in made["report.html"].decode()
    assert cells(made["report.csv"]) == []


def test_a_preliminary_report_says_so_everywhere() -> None:
    made = a_report(captured("a", NOON, (1, "EUR")), is_closed=False)
    assert "Preliminary" in made["report.html"].decode()
    assert json.loads(made["report.json"])["is_closed"] is False
    assert {row["status"] for row in cells(made["report.csv"])} == {"preliminary"}


def test_the_ledger_proof_stands_on_the_page() -> None:
    page = a_report(captured("a", NOON, (12_345_67, "EUR")))["report.html"].decode()
    assert '<span class="good">✓ 0.00</span>' in page

"""`kassa import --file`: a past that no API has, from a CSV, by the reader of its gateway."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kassa.gateways.standard.mapping import store as mappings
from kassa.gateways.standard.mapping.parse import read_mapping
from tests.support.aws_stack import Stack
from tests.support.builders import OPERATOR
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenarios import SCENARIOS, expected
from tests.support.gateway_stage import Stage
from tests.support.past_files import mapped_past, written
from tests.support.past_stage import ask, facts, happen, past, walk

MAPPING: dict[str, Any] = {
    "type": "kind",
    "happened_at": {"iso8601": "at"},
    "currency": {"path": "data.currency"},
    "rules": [
        {
            "type": "paid",
            "about": {"payment": "data.id"},
            "order_id": {"path": "data.order"},
            "object_reports": [
                {"kind": "charge", "state": "captured", "id": "data.id", "amount": {"major": "sum"}}
            ],
        },
        {
            "type": "refunded",
            "about": {"payment": "data.id"},
            "object_reports": [
                {
                    **{"kind": "refund", "state": "succeeded", "id": "data.refund"},
                    "amount": {"major": "sum"},
                }
            ],
        },
    ],
}
CSV = """Reference;sum;data.currency;at;data.order;kind;data.refund
P1;12.50;EUR;2025-03-01T10:00:00Z;A-1;paid;
P2;8.00;EUR;2025-03-02T10:00:00Z;A-2;paid;
P1;2.50;EUR;2025-03-05T10:00:00Z;;refunded;R1
"""
SHAPE = ("--column", "data.id=Reference")


@pytest.fixture
def mapped(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with mapped_past(MAPPING, stack, fake_clock, monkeypatch) as stage:
        yield stage


def test_rows_are_booked_as_the_mapping_says_and_nobody_is_told(
    mapped: Stage, console: Console, tmp_path: Path
) -> None:
    words = ("import", "standard", "--file", written(tmp_path, CSV), *SHAPE)
    assert console.json(*words) == {"rows": 3, "queued": 3, "findings": []}
    mapped.book()
    console.run(*words)
    mapped.book()

    runs = console.json("import", "list")
    assert [(one["source"], one["file_name"], one["rows"]) for one in runs] == [
        ("file", "past.csv", 3)
    ]  # both in one second: one import
    assert (runs[0]["booked"], runs[0]["known"]) == (3, 3)
    assert mapped.failures == []
    assert mapped.ledger() == {("customers", "EUR"): -18_00, ("gateway_clearing", "EUR"): 18_00}
    assert mapped.stack.published() == []
    booked = facts(mapped)
    assert {fact.data.fact for fact in booked} == {"PaymentCaptured", "RefundSucceeded"}
    assert len(booked) == 3
    assert all(fact.metadata.is_imported for fact in booked)
    assert min(fact.data.occurred_at for fact in booked).isoformat() == "2025-03-01T10:00:00+00:00"


def test_nothing_is_queued_while_a_row_cannot_be_read(
    mapped: Stage, console: Console, tmp_path: Path
) -> None:
    file = written(tmp_path, CSV.replace("8.00", "eight").replace("refunded", "given"))
    words = ("import", "standard", "--file", file, *SHAPE)
    refused = console.run(*words)

    assert refused.exit_code == 1
    assert "line 3: paid, rules[0]: sum is no amount" in refused.stdout
    assert "line 4: no rule of the mapping is about given" in refused.stdout
    assert "1 row can be read; nothing was queued." in refused.stdout
    assert console.take_events() == []
    assert console.json_of(1, *words, "--valid-rows")["queued"] == 1
    shown = " ".join(console.run("import", "list").stdout.split())
    assert "Failed 0 Unreadable 2" in shown  # only what was queued can fail
    assert console.json_of(1, *words, "--dry-run")["queued"] == 0


def test_the_example_s_mapping_reads_a_file(
    mapped: Stage, console: Console, tmp_path: Path
) -> None:
    example = yaml.safe_load(console.run("mapping", "example").stdout)
    mapping = read_mapping(example).mapping
    assert mapping is not None
    mappings.save("standard", "main", mapping, OPERATOR)
    mappings.forget()
    text = (
        "data.id,data.amount,data.currency,timestamp,type,data.status\n"
        "P1,1250,EUR,2025-03-01T10:00:00Z,payment.updated,paid\n"
    )
    words = ("import", "standard", "--file", written(tmp_path, text))

    live = console.json(*words, "--constant", "live=true")
    assert live == {"rows": 1, "queued": 1, "findings": []}
    [finding] = console.json_of(1, *words, "--constant", "live=yes", "--dry-run")["findings"]
    assert "live" in finding["text"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--column", "data.id=Number"), "the file has no 'Number'"),
        (("--column", "data[0].id=Reference"), "a row has no lists"),
        (("--column", "data.id"), "write it as NAME=VALUE"),
        ((*SHAPE, "--constant", "sum.of=1"), "another column stands in its way"),
    ],
)
def test_a_shape_that_does_not_fit_is_said(
    words: tuple[str, ...], why: str, mapped: Stage, console: Console, tmp_path: Path
) -> None:
    file = written(tmp_path, CSV)
    assert why in console.refused("import", "standard", "--file", file, *words)


def test_an_account_that_is_not_connected_has_no_past(
    mapped: Stage, console: Console, tmp_path: Path
) -> None:
    words = ("import", "standard", "--account", "tea", "--file", written(tmp_path, CSV))
    assert "standard/tea isn't connected" in console.refused(*words)


def test_a_settlement_report_by_hand_is_the_one_that_is_fetched(
    stack: Stack,
    fake_clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    console: Console,
    tmp_path: Path,
) -> None:
    with past("adyen", stack, fake_clock, monkeypatch) as stage:
        happen(stage, SCENARIOS["two partial refunds"])
        stage.save_secrets()
        [report] = stage.scene.fake.account.reports  # type: ignore[attr-defined]
        file = written(tmp_path, report)
        assert console.run("import", "adyen", "--file", file).exit_code == 0
        stage.book()
        ledger = stage.ledger()
        booked = len(facts(stage))
        ask(stage)
        walk(stage)
        stage.book()

        assert (
            ledger == stage.ledger() == expected(SCENARIOS["two partial refunds"], stage.scene.can)
        )
        assert len(facts(stage)) == booked
        assert stage.stack.published() == []

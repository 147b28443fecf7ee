"""Both journals of a day in its report; a report in the first layout keeps its bytes."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.archive import counting, warehouse
from kassa.archive.manifests import LateFiles, Manifest
from kassa.archive.report_names import LAYOUT
from kassa.archive.tallies import Flow, Tally
from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.record import Entry as NumberEntry
from kassa.billing.receivables.entry_facts import facts_of
from kassa.billing.receivables.receivable import Entry, EntryKind, KeptReceivable, Receivable
from kassa.core.periods import Period
from kassa.core.postings import Account
from kassa.fact_catalog import AnyFact
from kassa.reports.report import Report
from kassa.reports.summary.accrual import accrued
from kassa.reports.summary.documents import documents
from tests.support.effort import few
from tests.support.facts import captured

K = EntryKind
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DAY, BEFORE = (Period.of(date(2026, 11, day), "Europe/Helsinki") for day in (21, 20))


def flow(kind: str, source: str, destination: str, event_id: str = "evt_1") -> Flow:
    moved = {"kind": kind, "source": source, "destination": destination, "event_ids": (event_id,)}
    minor = 3_00 if kind == "fee" else 100_00
    return Flow.model_validate({"currency": "EUR", "amount_minor": minor, "postings": 1} | moved)


MONEY = (
    flow("capture", "customers", "gateway_clearing"),
    flow("fee", "gateway_balance", "gateway_fees"),
)
DOCUMENTS = (
    flow("sale", "sales", "receivables", "x"),
    flow("application", "receivables", "customers", "x"),
)


def report(flows: tuple[Flow, ...], layout: int, opened: dict[str, int] | None = None) -> Report:
    manifest = Manifest(
        layout=layout,
        merchant_id="main",
        merchant_name="My Shop",
        period=DAY,
        is_closed=True,
        built_at=datetime(2026, 11, 22, 1, 0, tzinfo=UTC),
        files=(),
        late=(LateFiles(period=BEFORE, files=(), seen=()),),
    )
    facts, payments = {"PaymentCaptured": 1}, {"EUR": 1}
    tally = Tally(facts=facts, flows=flows, payments=payments, opened=opened or {})
    return Report.of(manifest, tally, [tally])


def digests(made: Report) -> list[str]:
    return [hashlib.sha256(body).hexdigest()[:16] for body in documents(made).values()]


@pytest.mark.parametrize(
    ("flows", "expected"),
    [
        (MONEY, ["8809148a32b7a604", "713e36e2aeb169e0", "b3a1a87a087570fb"]),
        (MONEY + DOCUMENTS, ["876d540e4992a3cf", "b20d4199aa23f5da", "4535e1f95485d5ab"]),
    ],
)
def test_what_a_release_before_the_second_journal_closed_keeps_its_bytes(
    flows: tuple[Flow, ...], expected: list[str]
) -> None:
    """The digests are of what that release made of the same tally."""
    assert digests(report(flows, layout=1)) == expected


def test_the_second_layout_shows_both_journals_apart() -> None:
    made = report(MONEY + DOCUMENTS, LAYOUT)
    (money,), (accrual,) = made.currencies, made.accrual or ()

    assert money.accounts[Account.CUSTOMERS] == -100_00
    assert (money.imbalance, accrual.imbalance, accrual.unproven) == (0, 0, 0)
    assert (accrual.accounts[Account.CUSTOMERS], accrual.unapplied_minor) == (100_00, 0)
    page = documents(made)["report.html"].decode()
    assert "Out of balance" not in page
    assert "Receivables less open invoices" in page
    assert json.loads(documents(made)["report.json"])["accrual"][0]["opened_minor"] == 0


def test_what_invoices_say_and_receivables_dont_is_shown() -> None:
    page = documents(report(MONEY + DOCUMENTS, LAYOUT, {"EUR": 5}))["report.html"].decode()

    assert "Out of balance: −0.05" in page


def invoice_facts(number: int, entries: Sequence[Entry], tolerance_minor: int) -> list[AnyFact]:
    """Return the facts of all that happened to an invoice."""
    of = NumberEntry(
        kind=DocumentKind.INVOICE,
        source_id=f"order:main:{number}",
        currency="JPY",
        gross_minor=1,
        merchant_id="main",
        series="2026",
        number=number,
        issued_on=date(2026, 11, 21),
    )
    owed = Receivable(currency="JPY", tolerance_minor=tolerance_minor).with_entries(entries)
    kept = KeptReceivable(of, owed, 1)
    sources = dict.fromkeys(entry.source_id for entry in entries)
    found = [fact for source in sources for fact in facts_of(kept, source)]
    return [AnyFact.model_validate(fact.model_dump()) for fact in found]


@st.composite
def days(draw: st.DrawFn) -> list[AnyFact]:
    """A day of invoices, of whatever happens to them, some facts published twice."""
    facts: list[AnyFact] = [captured("pi_1", NOON, (500, "JPY"))]
    for number in range(1, draw(st.integers(1, 3)) + 1):
        kinds = draw(st.lists(st.sampled_from(sorted(set(K) - {K.ISSUED})), max_size=5))
        amounts = [draw(st.integers(0, 1_000)) for _ in kinds]
        issued = Entry(kind=K.ISSUED, source_id="i", minor=draw(st.integers(1, 1_000)), at=NOON)
        more = [
            Entry(kind=kind, source_id=f"s{at}", minor=minor, at=NOON, number="CN-2026-00000001")
            for at, (kind, minor) in enumerate(zip(kinds, amounts, strict=True))
        ]
        facts += invoice_facts(number, [issued, *more], draw(st.integers(0, 20)))
    return facts + draw(st.lists(st.sampled_from(facts), max_size=4))


def tallied(*files: Sequence[AnyFact]) -> Tally:
    with TemporaryDirectory() as folder:
        paths = []
        for number, facts in enumerate(files):
            paths.append(Path(folder, f"{number}.parquet"))
            paths[-1].write_bytes(warehouse.to_parquet(facts))
        return counting.tally(paths, DAY, "main")


@few(8, deadline=None)
@given(days())
def test_the_archive_proves_both_journals_whatever_happened(facts: list[AnyFact]) -> None:
    half = len(facts) // 2
    tally = tallied(facts[half:], facts[:half], facts[:1])
    (accrual,) = accrued(tally)

    assert (accrual.imbalance, accrual.unproven) == (0, 0)
    cash: Any = sum(each.into(Account.CUSTOMERS) for each in tally.flows)
    assert accrual.unapplied_minor == cash


def test_files_of_a_release_without_invoices_are_counted_as_before() -> None:
    tally = tallied([captured("pi_1", NOON, (500, "JPY"))])

    assert (tally.opened, accrued(tally)) == ({}, ())

"""Nothing that a report needs is forgotten: counted, given meaning, shown, and to be asked for."""

import json
import re
from datetime import date

import pytest
import typer.main

from cli.reports import commands as command
from infra.whole_template import ROOT
from kassa.archive import warehouse
from kassa.archive.manifests import Manifest
from kassa.archive.report_names import ReportName, document_of
from kassa.archive.tallies import Flow, Tally
from kassa.core.periods import EXAMPLES, Period, PeriodKind
from kassa.core.postings import ACCRUAL, Account, PostingKind
from kassa.gateways.states import MOVES
from kassa.reports.build_report import BACK
from kassa.reports.contents import CONTENTS
from kassa.reports.report import DOCUMENTS, BuiltReport, Report, ReportRequest
from kassa.reports.store import TYPES
from kassa.reports.summary.documents import documents
from kassa.reports.summary.page import ACCOUNTS
from kassa.reports.summary.summary import FIGURES, CurrencySummary, Figure, summarise

KASSA = ROOT / "layers" / "common" / "kassa"
K = PostingKind
DAY = Period.of(date(2026, 11, 21), "UTC")
IN_NO_FIGURE = {K.SETTLEMENT, K.EXCHANGE, K.ADJUSTMENT}  # moved between our own accounts
CASH = sorted(set(PostingKind) - ACCRUAL)
# A kind of posting that is neither there nor in a figure would be missing from every total.


def moved(kind: PostingKind) -> CurrencySummary:
    """Return what a day with one posting of a kind amounts to."""
    source, destination = MOVES[kind]
    flow = Flow(
        currency="EUR",
        kind=kind,
        source=source,
        destination=destination,
        amount_minor=1,
        postings=1,
        event_ids=("evt_1",),
    )
    (summary,) = summarise(Tally(flows=(flow,)), DAY)
    return summary


def a_report_of_distinct_figures() -> Report:
    """Return a report in which no two figures are the same."""
    figures = {
        name: Figure(amount_minor=(n + 1) * 1_001_01, postings=1) for n, name in enumerate(FIGURES)
    }
    summary = moved(K.CAPTURE).model_copy(update=figures)
    manifest = Manifest(
        merchant_id="main", merchant_name="Kauppa", period=DAY, is_closed=True,
        built_at=DAY.closes_at, files=(),
    )  # fmt: skip
    return Report.of(manifest, Tally(), []).model_copy(update={"currencies": (summary,)})


def test_every_query_is_run_by_somebody() -> None:
    texts = [path.read_text() for path in KASSA.rglob("*.py")]
    code = "".join(text for text in texts if re.search(r"\brun\(\w+, ", text))
    queries = [path.stem for path in warehouse.QUERIES.glob("*.sql")]

    assert len(queries) > 10
    assert [name for name in queries if f'"{name}"' not in code] == []


@pytest.mark.parametrize("kind", CASH)
def test_every_kind_of_posting_is_in_a_figure_or_known_to_be_in_none(kind: PostingKind) -> None:
    summary = moved(kind)
    amounts = [getattr(summary, name).amount_minor for name in FIGURES]

    assert any(amounts) is (kind not in IN_NO_FIGURE)


def test_every_account_has_a_name_on_the_page() -> None:
    assert set(ACCOUNTS) == set(Account)


def test_every_figure_of_the_summary_is_listed() -> None:
    fields = CurrencySummary.model_fields.items()
    assert tuple(name for name, one in fields if one.annotation is Figure) == FIGURES


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_stands_in_every_document(name: str) -> None:
    report = a_report_of_distinct_figures()
    amount_minor = getattr(report.currencies[0], name).amount_minor
    made = {document: body.decode() for document, body in documents(report).items()}
    written = re.escape(f"{amount_minor / 100:,.2f}")

    assert re.search(rf">−?{written}<|{written} EUR", made["report.html"])
    assert f",{name},{amount_minor / 100:.2f},{amount_minor}," in made["report.csv"]
    assert json.loads(made["report.json"])["currencies"][0][name]["amount_minor"] == amount_minor


def test_every_document_that_is_promised_is_made() -> None:
    made = documents(a_report_of_distinct_figures())
    assert set(made) == set(DOCUMENTS)
    assert {f"report.{one}" for one in command.EVERY} == set(made)


def test_every_document_has_its_media_type() -> None:
    promised = {*DOCUMENTS, *(name for one in CONTENTS.values() for name in one.documents)}
    assert {name.rpartition(".")[2] for name in promised} <= {*TYPES, "json"}


def test_every_report_is_made_and_written_as_people_ask_for_it() -> None:
    assert {*CONTENTS, ReportName.SUMMARY} == set(ReportName)
    for name, content in CONTENTS.items():
        assert {document_of(name, one) for one in command.EVERY} <= set(content.documents)


def test_every_period_can_be_requested_everywhere() -> None:
    periods = list(PeriodKind)
    group = typer.main.get_command(command.app)
    described = json.loads((KASSA / "openapi.json").read_text())["components"]["schemas"]

    assert ReportRequest.model_fields["period"].annotation is PeriodKind
    assert BuiltReport.model_fields["period"].annotation is PeriodKind
    assert set(group.commands) >= set(periods)  # type: ignore[attr-defined]
    assert described["PeriodKind"]["enum"] == periods
    assert EXAMPLES.keys() == set(periods) == {*BACK, PeriodKind.WINDOW}

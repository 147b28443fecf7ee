"""What the fourth layout of manifests says better, while earlier ones keep their bytes."""

import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kassa.archive import counting, warehouse
from kassa.archive.manifests import Manifest
from kassa.core.periods import Period
from kassa.core.postings import PostingKind
from kassa.reports.breakdown.attention import Need
from kassa.reports.breakdown.documents import broken_down
from kassa.reports.breakdown.localization import TEXTS, Texts
from kassa.reports.content import Source
from kassa.reports.localization import LANGUAGES, texts_of
from kassa.reports.report import Report
from kassa.reports.summary.build_summary import build_breakdown
from kassa.reports.summary.documents import documents
from kassa.reports.summary.parquet import parquet
from tests.support.facts import captured, failed, moved

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = Period.of(date(2026, 11, 21), "UTC")
K = PostingKind
FACTS = (
    captured("pi_1", NOON, (100_00, "EUR"), card_country="FI"),
    captured("pi_2", NOON, (50_00, "EUR")),
    failed("pi_3", NOON, (20_00, "EUR"), "card_declined", 1),
    moved("RefundSucceeded", "pi_1", NOON, (30_00, "EUR"), K.REFUND),
    moved("RefundSucceeded", "pi_2", NOON, (10_00, "EUR"), K.REFUND, object_id="re_9"),
    moved("RefundFailed", "pi_2", NOON, (10_00, "EUR"), K.REFUND_REVERSAL, object_id="re_9"),
)


def made_of(layout: int, findings: tuple[str | None, ...] = ()) -> tuple[Report, dict[str, bytes]]:
    """Return a day's report and documents; `findings` are why each anomaly is expected."""
    manifest = Manifest(
        layout=layout, merchant_id="main", merchant_name="Kauppa", period=DAY, is_closed=True,
        built_at=DAY.closes_at, files=(),
    )  # fmt: skip
    found = {"findings": [{"expected": why} for why in findings]}
    others = {"anomalies.json": json.dumps(found).encode()}
    with TemporaryDirectory() as folder:
        path = Path(folder, "facts.parquet")
        path.write_bytes(warehouse.to_parquet(FACTS))
        with counting.counted([path], DAY, "main") as chosen:
            report = Report.of(manifest, counting.tallied(chosen), [])
            source = Source(manifest, chosen, None)  # type: ignore[arg-type]
            broken = build_breakdown(source, report, others)
    report = report.model_copy(update={"breakdown": broken})
    return report, documents(report) | broken_down(manifest, report)


def rows_of(made: dict[str, bytes]) -> dict[tuple[str, str], dict[str, str]]:
    rows = csv.DictReader(io.StringIO(made["report.csv"].decode("utf-8-sig")))
    return {(row["section"], row["item"]): row for row in rows}


def test_a_count_is_of_refunds_and_not_of_their_postings() -> None:
    rows = rows_of(made_of(4)[1])

    assert (rows["totals", "refunds"]["count"], rows["totals", "refunds"]["postings"]) == ("2", "3")
    assert (rows["totals", "gross"]["count"], rows["totals", "gross"]["postings"]) == ("2", "2")
    assert (rows["totals", "net"]["count"], rows["totals", "net"]["postings"]) == ("", "5")


def test_an_earlier_layout_counts_postings_as_it_did() -> None:
    rows = rows_of(made_of(3)[1])

    assert rows["totals", "refunds"]["count"] == "3"
    assert "postings" not in rows["totals", "refunds"]
    assert not [section for section, _ in rows if section.startswith("countries")]


def test_nothing_stands_out_only_where_no_anomaly_was_found() -> None:
    told = "anomalies report of this period: 1"

    assert told in made_of(4, (None, "we know"))[1]["report.html"].decode()
    assert told not in made_of(4, ("we know",))[1]["report.html"].decode()
    assert told not in made_of(3, (None,))[1]["report.html"].decode()


def test_one_failed_attempt_is_one_in_finnish() -> None:
    need = Need(code="fix_account", score=1.0, gateway="stripe/main", figure="api_key", count=1)

    assert "epäonnistui 1 yritystä" in Texts("fi", 3).need(need)
    assert "yrityksiä palvelussa Stripe syystä api_key: 1." in Texts("fi", 4).need(need)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mended_text_stands_for_one_that_there_is(language: str) -> None:
    texts = texts_of(language, TEXTS)

    assert texts["since_4_needs"].keys() <= texts["needs"].keys()


def test_parquet_has_every_figure_in_typed_columns(tmp_path: Path) -> None:
    report, _ = made_of(4)
    path = tmp_path / "report.parquet"
    path.write_bytes(parquet(report))

    with warehouse.connected() as connection:
        types = dict(row[:2] for row in connection.execute(f"DESCRIBE FROM '{path}'").fetchall())
        read = "SELECT member, amount_minor, count FROM '%s' WHERE dimension = ? AND figure = ?"
        gross = connection.execute(read % path, ["country", "gross"]).fetchall()
        net = connection.execute(read % path, ["total", "net"]).fetchall()

    assert types["amount_minor"] == types["count"] == "BIGINT"
    assert (types["share"], types["first_day"], types["currency"]) == ("DOUBLE", "DATE", "VARCHAR")
    assert sorted(gross) == [("FI", 100_00, None), ("unknown", 50_00, None)]
    assert net[0] == (None, 120_00, None)


def test_the_same_report_gives_the_same_parquet() -> None:
    report, _ = made_of(4)

    assert parquet(report) == parquet(report)


def test_what_is_taken_off_the_net_is_written_alike_in_every_table_and_file() -> None:
    _, made = made_of(5)
    page, rows = made["report.html"].decode(), rows_of(made)

    assert rows["totals", "refunds"]["amount"] == "30.00"
    assert '<td data-head="− Refunds">30.00</td>' in page
    assert '<td class="strong" data-head="= Net">120.00</td>' in page
    assert "−30.00" not in page
    assert '<td data-head="Refunds">−30.00</td>' in made_of(4)[1]["report.html"].decode()

"""Fees, anomalies and forecast speak the merchant's language, and closed ones keep their own."""

from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest

from kassa.archive.manifests import Manifest
from kassa.core.periods import Period, PeriodKind
from kassa.reports.anomalies import documents as anomalies
from kassa.reports.anomalies.finding import Finding
from kassa.reports.anomalies.marks import Entered
from kassa.reports.anomalies.report import report_of
from kassa.reports.anomalies.rules import missing, payments
from kassa.reports.anomalies.rules.localization import Texts
from kassa.reports.fees.documents import documents as fee_documents
from kassa.reports.fees.report import FeeReport
from kassa.reports.forecast.documents import documents as forecast_documents
from kassa.reports.forecast.report import forecast_report
from kassa.reports.localization import LANGUAGES, language_in

WEEK = Period.of(date(2026, 11, 16), "Asia/Tokyo", PeriodKind.WEEKLY)
MINUTE_US, AT = 60_000_000, 1_795_000_000_000_000
SERIES = {"EUR": {"net": [100_00 + n for n in range(120)], "payouts": [0] * 120}}
Documents = dict[str, bytes]


def manifest(language: str, layout: int = 4) -> Manifest:
    return Manifest(
        layout=layout,
        merchant_id="main",
        merchant_name="Kauppa",
        period=WEEK,
        is_closed=True,
        built_at=WEEK.closes_at,
        files=(),
        inputs={"summary": {"language": language}},
    )


def findings(texts: Texts) -> tuple[Finding, ...]:
    """Return findings as rules make them of rows, in a language."""
    twice = ("cus", "EUR", 5_00, "stripe", "main", "b", "e2", "A-2", AT, AT,
             "a", "e1", "A-1", AT - MINUTE_US)  # fmt: skip
    tested = ("stripe", "main", "EUR", AT - 90 * MINUTE_US, AT, 20, 18, 18, 1_00, ["p"], ["e"])
    unsettled = ("paypal", "main", "EUR", 1, 7_50, AT, AT, MINUTE_US, 40, ["p"], ["e"])
    return (
        *payments.duplicates([twice], "UTC", texts),
        *payments.card_testing([tested], "UTC", texts),
        *missing.without_payout([unsettled], WEEK, texts),
    )


def of_anomalies(made_of: Manifest) -> Documents:
    texts = Texts(language_in(made_of))
    report = report_of(made_of, 3, Entered(), findings(texts), texts)
    return anomalies.documents(report, made_of, texts)


def of_fees(made_of: Manifest) -> Documents:
    return fee_documents(FeeReport.of(made_of, [], []))


def of_forecast(made_of: Manifest) -> Documents:
    return forecast_documents(made_of, forecast_report(SERIES, WEEK.days[-1], 120))


every_report = pytest.mark.parametrize("made", [of_anomalies, of_fees, of_forecast])


@every_report
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_is_in_the_merchant_s_language(
    made: Callable[[Manifest], Documents], language: str
) -> None:
    ours, english = made(manifest(language)), made(manifest("en"))
    for name, body in ours.items():
        assert "{" not in _said(name, body), "all is filled in"
        if name.endswith("html"):
            assert f'<html lang="{language}">' in body.decode()
        if not name.endswith("csv"):
            assert (body == english[name]) == (language == "en"), name
        else:
            assert body.splitlines()[0] == english[name].splitlines()[0], "heads are field names"


@every_report
def test_what_was_closed_before_reports_had_languages_stays_in_english(
    made: Callable[[Manifest], Documents],
) -> None:
    assert made(manifest("ja", layout=3)) == made(manifest("en", layout=3))


def test_amounts_spans_and_days_are_written_as_the_language_does() -> None:
    def reasons(language: str) -> str:
        found: Any = findings(Texts(language))
        return " ".join(one.headline + " ".join(one.reasons) for one in found)

    assert "5,00 EUR" in reasons("fi")
    assert "5.00 EUR" in reasons("ja")
    assert "€5.00" in reasons("en")
    assert "1 ч" not in reasons("th")
    assert Texts("ru").span(timedelta(hours=5)) == "5 ч"
    assert [Texts("en").span(timedelta(hours=n)) for n in (1, 5)] == ["1 hour", "5 hours"]


def _said(name: str, body: bytes) -> str:
    """Return what a document says, without what JSON and styles have braces for."""
    text = unescape(body.decode())
    return text.partition("</style>")[2] if name.endswith("html") else ""

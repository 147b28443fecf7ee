"""Makes the comparison of a period's gateways, of its facts and the contracts entered."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from kassa.archive.report_names import ReportName
from kassa.core.csv_rows import Cell
from kassa.reports.content import Content, Source
from kassa.reports.fees.report import Entered
from kassa.reports.gateways.cases import support_of
from kassa.reports.gateways.page import MINIMUMS, body, headlines
from kassa.reports.gateways.scorecard import Scorecard, scorecards
from kassa.reports.gateways.store import inputs
from kassa.reports.gateways.warehouse import measured
from kassa.reports.localization import Texts, language_in
from kassa.reports.texted import Texted, documents_of, texted

DOCUMENTS = documents_of(ReportName.GATEWAYS)
WITH_CASES = 5  # the first layout that counts support cases
TEXTS = Path(__file__).with_name("texts")
COLUMNS = ("gateway", "account", "figure", "value", "count", "promised", "is_kept")
FIGURES = {  # and what each is of
    **{"uptime": "runs", "half_ms": "answered", "most_ms": "answered"},
    **{"delay_half_s": "events", "delay_most_s": "events", "decline_rate": "attempts"},
    **{"refund_ratio": "refunds", "dispute_ratio": "disputes"},
    **{"days_to_payout": "paid_out", "days_to_payout_most": "paid_out"},
    **{"silent_runs": "runs", "refused": "answered", "unanswered": "unanswered"},
    **{"payouts_proven": "payouts"},
}


def build_gateways(source: Source) -> dict[str, bytes]:
    """Return the documents of gateways compared."""
    manifest = source.manifest
    cards, texts = scorecards_of(source), Texts(language_in(manifest), TEXTS, manifest.layout)
    content = {"minimums": MINIMUMS, "gateways": [one.model_dump(mode="json") for one in cards]}
    found = Texted(body(cards, texts), headlines(cards, texts), content, COLUMNS, _rows(cards))
    return texted(ReportName.GATEWAYS, manifest, texts, found)


def scorecards_of(source: Source) -> tuple[Scorecard, ...]:
    """Return each gateway account's scorecard of a period."""
    manifest = source.manifest
    found, contracts = measured(source.facts, manifest.period), Entered.of(manifest).contracts
    support = None
    if manifest.layout >= WITH_CASES:
        noted = manifest.inputs.get(ReportName.GATEWAYS) or {}
        support = support_of(noted.get("cases", ()))
    return scorecards(found, contracts, manifest.period.days[-1], support)


def _rows(cards: Sequence[Scorecard]) -> Iterator[tuple[Cell, ...]]:
    for card in cards:
        place = (card.gateway, card.account)
        for name, of in FIGURES.items():
            yield (*place, name, _text(getattr(card, name)), getattr(card, of), None, None)
        if (support := card.support) is not None:
            half, most = map(_text, (support.half_hours, support.most_hours))
            yield (*place, "cases", support.cases, None, None, None)
            yield (*place, "support_half_hours", half, support.answered, None, None)
            yield (*place, "support_most_hours", most, support.answered, None, None)
        for code in card.codes:
            yield (*place, f"declined: {code.code}", code.attempts, card.attempts, None, None)
        for one in card.promises:
            kept = None if one.is_kept is None else ("yes" if one.is_kept else "no")
            yield (*place, one.figure, _text(one.measured), None, str(one.promised), kept)


def _text(figure: float | None) -> str | None:
    return None if figure is None else str(figure)


CONTENT = Content(DOCUMENTS, build_gateways, inputs=inputs, since=4)

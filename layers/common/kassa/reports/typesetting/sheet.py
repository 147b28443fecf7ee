"""What a period's document is typeset from: its pages in order, the proof at the end."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kassa.archive.report_names import ReportName
from kassa.billing.typeset.texts import texts_of
from kassa.reports.localization import Texts
from kassa.reports.typesetting.blocks import Block
from kassa.reports.typesetting.page import Page

TEXTS = Path(__file__).with_name("texts")
BREAKDOWN_TEXTS = Path(__file__).parents[1] / "breakdown" / "texts"


class Source(NamedTuple):
    """A document that the PDF is made of, and the digest of its bytes."""

    name: str
    sha256: str


def sheet_of(pages: Mapping[ReportName, Page], sources: Sequence[Source]) -> dict[str, Any]:
    """Return what the layout prints: the summary first, then every other page as a chapter.

    What proves the summary, its ledger and what follows that, stands at the end, beside the digests
    of what the document is made of.
    """
    summary = pages[ReportName.SUMMARY]
    texts = Texts(summary.language, TEXTS)
    lead, rest, proof = _parted(summary.blocks, Texts(summary.language, BREAKDOWN_TEXTS))
    script = texts_of(texts.language)
    return {
        "language": str(script["typst"]),
        "region": str(script.get("region", "")),
        "merchant": summary.merchant,
        "days": summary.days,
        "title": _capital(summary.title),
        "span": summary.span,
        "status": summary.status,
        "status_text": summary.status_text,
        "notes": list(summary.notes),
        "lead": _stepped(lead),
        "summary": _stepped(rest),
        "chapters": [
            {
                "title": _capital(page.title),
                "blocks": _stepped(page.blocks),
                "notes": list(page.notes[1:]),
            }
            for name, page in pages.items()
            if name is not ReportName.SUMMARY
        ],
        "proof": _stepped(proof),
        "sources": [one._asdict() for one in sources],
        "texts": {
            "contents": texts("pdf.contents"),
            "proof": texts("pdf.proof"),
            "sources": texts("pdf.sources"),
            "page": texts("pdf.page", page="{page}", pages="{pages}"),
        },
    }


def _parted(blocks: Sequence[Block], texts: Texts) -> tuple[list[Block], list[Block], list[Block]]:
    """Part a summary's first section and its charts from the rest, and that from what proves it.

    The proof begins where its ledger's heading stands.
    """
    sections = _sections(blocks)
    headed = [str(section[0].get("text")) for section in sections]
    at = headed.index(ledger) if (ledger := texts("sections.ledger")) in headed else len(sections)
    first = sections[0] if sections else []
    charts = [one for one in sections[1:at] if one[0].get("text") == texts("sections.chart")]
    rest = [one for one in sections[1:at] if one not in charts]
    return [*first, *_joined(charts)], _joined(rest), _joined(sections[at:])


def _sections(blocks: Sequence[Block]) -> list[list[Block]]:
    """Part blocks where headings stand; what comes before the second is one section."""
    sections: list[list[Block]] = []
    for block in blocks:
        if not sections or (block["kind"] == "heading" and len(sections[-1]) > 1):
            sections.append([])
        sections[-1].append(block)
    return sections


def _joined(sections: Sequence[Sequence[Block]]) -> list[Block]:
    return [block for section in sections for block in section]


def _stepped(blocks: Sequence[Block]) -> list[Block]:
    """Let headings step down one level at a time, as a tagged PDF must have them."""
    level, stepped = 1, []
    for block in blocks:
        if block["kind"] == "heading":
            level = min(int(block["level"]), level + 1)
            stepped.append(block | {"level": level})
        elif block["kind"] == "cards":
            inner = [_below(card, level) for card in block["cards"]]
            stepped.append(block | {"cards": inner})
        else:
            stepped.append(block)
    return stepped


def _below(card: Sequence[Block], level: int) -> list[Block]:
    """Let what a card is headed by be below the heading that the card stands under."""
    return [one | {"level": level + 1} if one["kind"] == "heading" else one for one in card]


def _capital(title: str) -> str:
    """Return a title as it heads a chapter; some reports are called by a word in a sentence."""
    return title[:1].upper() + title[1:]

"""The same page by reportlab: texts, table, totals, code; neither PDF/A, nor tagged, nor with XML.

It runs in an environment of its own, and is given what stands on the page as JSON, ready to print.
"""

import io
import json
import sys
import time
from typing import Any

from reportlab.graphics.barcode.qr import QrCodeWidget  # type: ignore[import-not-found]
from reportlab.graphics.shapes import Drawing  # type: ignore[import-not-found]
from reportlab.lib import colors  # type: ignore[import-not-found]
from reportlab.lib.pagesizes import A4  # type: ignore[import-not-found]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-not-found]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-not-found]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-not-found]
from reportlab.platypus import (  # type: ignore[import-not-found]
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

FONT = "Source"
TEXT = ParagraphStyle("text", fontName=FONT, fontSize=9.5, leading=12)
TITLE = ParagraphStyle("title", fontName=FONT, fontSize=22, leading=28, textColor="#1f4b7a")
LINED = [
    ("FONT", (0, 0), (-1, -1), FONT, 9),
    ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
    ("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.lightgrey),
]


def main(font: str, file: str) -> None:
    """Write each page; print the CPU seconds of one."""
    pdfmetrics.registerFont(TTFont(FONT, font))
    with open(file, encoding="utf-8") as pages:
        every: list[dict[str, Any]] = json.load(pages)
    written(every[0])
    began = time.process_time()
    for one in every[1:]:
        size = written(one)
    cpu_s = (time.process_time() - began) / (len(every) - 1)
    print(json.dumps({"cpu_s": cpu_s, "bytes": size}))


def written(one: dict[str, Any]) -> int:
    """Write a page; return its bytes."""
    pdf = io.BytesIO()
    page = SimpleDocTemplate(pdf, pagesize=A4, title=one["title"])
    parties = [[Paragraph(text, TEXT) for text in one["parties"]]]
    code = Drawing(90, 90)
    code.add(QrCodeWidget(one["code"], barLevel="M", barWidth=85, barHeight=85))
    page.build([
        Paragraph(one["title"], TITLE),
        Table(parties, style=LINED[:1]),
        Table(one["facts"], style=LINED),
        Spacer(1, 12),
        Table([[Paragraph(row[0], TEXT), *row[1:]] for row in one["rows"]],
              colWidths=[170, 70, 70, 60, 80], style=LINED, repeatRows=1),
        Spacer(1, 12),
        Table(one["totals"], style=LINED, hAlign="RIGHT"),
        Table(one["payment"], style=LINED),
        code,
    ])  # fmt: skip
    return len(pdf.getvalue())


if __name__ == "__main__":
    main(*sys.argv[1:])

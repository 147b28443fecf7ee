"""The typesetter: typst turns an invoice's record into a PDF/A-3 document, always the same bytes.

Fonts come from packages of the documents layer, never from the system. PDF/A forbids a glyph
that no font has: such a character becomes the printer's 〓 instead of costing an invoice.
"""

import json
from datetime import UTC, datetime, time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst

from kassa.billing.invoices.invoice import Invoice
from kassa.core.money_texts import printed
from kassa.platform.telemetry import logger

LAYOUTS = Path(__file__).with_name("layouts")
FONT_PACKAGES = ("fontpkg_source_sans_3", "pylopdf_fonts_jp")
STANDARDS: Any = ["a-3a", "ua-1"]
MISSING = "〓"
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], MISSING)


def typeset(invoice: Invoice) -> bytes:
    """Return the invoice's document; its date is the invoice's, so its bytes never change."""
    at = datetime.combine(invoice.issued_on, time(12), UTC)
    fields = _readable(_fields(invoice))
    pdf = _compiler().compile(
        str(LAYOUTS / "invoice.typ"),
        format="pdf",
        sys_inputs={"invoice": fields},
        pdf_standards=STANDARDS,
        timestamp=at,
    )
    assert isinstance(pdf, bytes), "one PDF, whatever its pages"
    return pdf


@cache
def _compiler() -> typst.Compiler:
    folders = [_folder(package) for package in FONT_PACKAGES]
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=folders
    )
    return typst.Compiler(root=str(LAYOUTS), font_paths=fonts)


def _folder(package: str) -> str:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"the documents layer has no {package}")
    return str(Path(spec.origin).parent)


def _fields(invoice: Invoice) -> str:
    """Return what the layout prints, as JSON; markup in it stays text."""
    lines = [
        {
            "description": line.description,
            "quantity": str(line.quantity),
            "unit_price": printed(line.unit_price) if line.unit_price else "",
            "amount": printed(line.amount),
        }
        for line in invoice.lines
    ]
    fields = {
        "number": invoice.number_printed,
        "language": invoice.language,
        "issued_on": invoice.issued_on.isoformat(),
        "paid_on": invoice.paid_on.isoformat(),
        "merchant": invoice.merchant.name or invoice.merchant.merchant_id,
        "address": list(invoice.merchant.address),
        "tax_id": invoice.merchant.tax_id,
        "order_id": invoice.order_id or "",
        "customer_id": invoice.customer_id or "",
        "payment_id": invoice.payment_id,
        "method": invoice.method or "",
        "lines": lines,
        "total": printed(invoice.total),
        "currency": invoice.total.currency,
    }
    return json.dumps(_without_controls(fields), ensure_ascii=False)


def _without_controls(value: Any) -> Any:
    """Replace control characters, wherever in what is said; none can be printed."""
    if isinstance(value, dict):
        return {name: _without_controls(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_without_controls(part) for part in value]
    return value.translate(_CONTROLS)


def _readable(text: str) -> str:
    """Replace the characters that no font has."""
    unusual = {character for character in text if ord(character) > 0x7E}
    missing = sorted(character for character in unusual if not _has_glyph(character))
    if missing:
        logger.warning("glyphs missing", characters=[f"U+{ord(c):04X}" for c in missing])
    return text.translate({ord(character): MISSING for character in missing})


@cache
def _has_glyph(character: str) -> bool:
    """Try the typesetter itself: a character without a glyph doesn't pass as PDF/A."""
    page = '#set document(title: "t")\n#set text(font: ("Source Sans 3", "Noto Sans JP"))\n'
    source = page + f'#text("\\u{{{ord(character):x}}}")'
    try:
        _compiler().compile(source.encode(), format="pdf", pdf_standards=["a-3b"], timestamp=0)
    except typst.TypstError:
        return False
    return True

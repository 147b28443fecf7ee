"""Typeset an export as the PDF that a person reads."""

from pathlib import Path

from kassa.billing.typeset.engine import FONT_PACKAGES, typesetter
from kassa.privacy.export import CustomerExport, printed

LAYOUTS = Path(__file__).with_name("layouts")


def typeset_export(export: CustomerExport) -> bytes:
    """Return an export as PDF/A-3a and PDF/UA-1; the same export gives the same bytes."""
    typesets = typesetter(LAYOUTS, FONT_PACKAGES)
    data = {"data": typesets.as_json(printed(export))}
    return typesets.pdf("export.typ", data, export.made_at.date())

"""Typeset a document: what was worked out becomes a PDF that people read and programs understand.

The bytes follow from what goes in, its day included, and from the versions of typesetter and fonts
alone. With an electronic invoice (CII) attached, the PDF is a Factur-X or ZUGFeRD invoice.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import segno
import typst

from kassa.billing.documents.draft import Draft
from kassa.billing.documents.totals import Document
from kassa.billing.typeset import facturx, letters
from kassa.billing.typeset.branding import Branding
from kassa.billing.typeset.engine import FONT_PACKAGES, Typesetter, typesetter
from kassa.billing.typeset.fields import document_fields, wording_of
from kassa.billing.typeset.letters import Letter, Reminder, Statement
from kassa.billing.typeset.payment_qr import Transfer, payload_of, transfer_of
from kassa.billing.typeset.texts import Wording
from kassa.core.errors import InvalidRequest
from kassa.platform.telemetry import logger

LAYOUTS = Path(__file__).with_name("layouts")
PLAIN = Branding()
_DARK = re.compile(rb"\x01+").finditer  # modules of a row of a QR code that stand side by side


class Sheet(NamedTuple):
    """Everything that is typeset: which layout, with what, on which day."""

    layout: str
    data: dict[str, Any]
    on: date
    attachment: bytes | None = None


def typeset_document(
    document: Document,
    number: str,
    branding: Branding = PLAIN,
    attachment: bytes | None = None,
    layouts: Path = LAYOUTS,
) -> bytes:
    """Return an invoice, a credit note or a receipt as PDF/A-3a and PDF/UA-1."""
    return as_pdf(document_sheet(document, number, branding, attachment), layouts)


def document_sheet(
    document: Document, number: str, branding: Branding = PLAIN, attachment: bytes | None = None
) -> Sheet:
    """Return what an invoice, a credit note or a receipt is typeset from."""
    wording = wording_of(document.draft, branding.local_years)
    fields = document_fields(document, number, wording)
    data = sheet_data(fields, wording, branding)
    if fields["payment"] and branding.has_payment_qr:
        data |= payment_qr(transfer_of(document, number), wording)
    data |= {"attachment": attachment is not None, "attachment_name": facturx.FILE_NAME}
    return Sheet("document.typ", data, document.draft.issued_on, attachment)


def typeset_letter(
    letter: Reminder | Statement, branding: Branding = PLAIN, layouts: Path = LAYOUTS
) -> bytes:
    """Return a reminder or a statement of account as PDF/A-3a and PDF/UA-1."""
    return as_pdf(letter_sheet(letter, branding), layouts)


def letter_sheet(letter: Reminder | Statement, branding: Branding = PLAIN) -> Sheet:
    """Return what a reminder or a statement of account is typeset from."""
    wording = Wording(letter.languages, local_years=branding.local_years)
    if isinstance(letter, Reminder):
        fields = letters.reminder_fields(letter, wording)
    else:
        fields = letters.statement_fields(letter, wording)
    data = sheet_data(fields, wording, branding)
    if fields["payment"] and branding.has_payment_qr:
        data |= payment_qr(letters.transfer_of(letter), wording)
    return Sheet("letter.typ", data, letter.issued_on)


def payment_qr(transfer: Transfer, wording: Wording) -> dict[str, Any]:
    """Return the QR code of a transfer and what it says to who can't see it, where there is one."""
    code = payload_of(transfer)
    if code is None:
        return {}
    amount = wording.locale.money(transfer.minor, transfer.currency)
    alt = wording.phrase("sentences", "qr", amount=amount)[0]
    return {"qr": qr_svg(code), "qr_alt": alt, "qr_is_swiss": code.startswith("SPC\n")}


def sheet_data(fields: Mapping[str, Any], wording: Wording, branding: Branding) -> dict[str, Any]:
    """Return what every layout reads: a document's fields, the texts, and the merchant's look."""
    look = branding.model_dump(exclude={"logo"}) | {"logo_format": branding.logo_format}
    look |= {"footer": branding.footer or "", "closing": branding.closing or ""}
    name = fields["seller"]["name"]
    return {
        "document": dict(fields),
        "labels": wording.labels(),
        "page": wording.phrase("sentences", "page", page="{page}", pages="{pages}"),
        "script": wording.script,
        "second_script": wording.second_script,
        "look": look,
        "logo": list(branding.logo) if branding.logo else None,
        "logo_alt": wording.phrase("sentences", "logo", name=name)[0],
        "qr": None,
        "qr_alt": "",
        "qr_is_swiss": False,
    }


def as_pdf(sheet: Sheet, layouts: Path = LAYOUTS) -> bytes:
    """Return a sheet as PDF; a logo that isn't a picture is left out, and logged."""
    machine = typesetter(layouts, FONT_PACKAGES)
    try:
        pdf = machine.pdf(sheet.layout, inputs_of(sheet, machine), sheet.on)
    except typst.TypstError:
        if sheet.data["logo"] is None:
            raise
        logger.exception("logo left out")
        plain = sheet._replace(data=sheet.data | {"logo": None})
        pdf = machine.pdf(sheet.layout, inputs_of(plain, machine), sheet.on)
    return facturx.with_metadata(pdf) if sheet.attachment is not None else pdf


def as_pictures(sheet: Sheet, layouts: Path = LAYOUTS, ppi: float = 110.0) -> list[bytes]:
    """Return the pages of a sheet as PNG."""
    machine = typesetter(layouts, FONT_PACKAGES)
    return machine.pictures(sheet.layout, inputs_of(sheet, machine), ppi)


def refuse_unprintable(draft: Draft | Letter) -> None:
    """Refuse what no font can print, field by field; of a capture 〓 stands there instead.

    Raises InvalidRequest. Fonts are those of Latin, Greek, Cyrillic, Thai, Chinese, Japanese and
    Korean; a person writes a name of another script, or an emoji, in one of them.
    """
    machine = typesetter(LAYOUTS, FONT_PACKAGES)
    found = machine.unprintable(draft.model_dump(mode="json", exclude_none=True))
    if found:
        problems = [f"{place}: no font has {_named(missing)}" for place, missing in found.items()]
        raise InvalidRequest("; ".join(problems))


def _named(characters: Iterable[str]) -> str:
    return " ".join(f"{one} (U+{ord(one):04X})" for one in characters)


def missing_characters(sheet: Sheet, layouts: Path = LAYOUTS) -> list[str]:
    """Return what of a sheet no font can print."""
    return typesetter(layouts, FONT_PACKAGES).missing(sheet.data)


def inputs_of(sheet: Sheet, machine: Typesetter) -> dict[str, str]:
    """Return a sheet as layouts take it: JSON, and the attached invoice as it is."""
    inputs = {"data": machine.as_json(sheet.data)}
    if sheet.attachment is not None:
        inputs["attachment"] = sheet.attachment.decode("utf-8")
    return inputs


def qr_svg(code: str) -> str:
    """Return a QR code as SVG; its error correction is the level that payments' standards ask.

    Readers take any of the eight masks. To weigh them all takes a third as long as typesetting
    the whole document, so it is always the same.
    """
    rows = segno.make_qr(code, error="m", encoding="utf-8", boost_error=False, mask=0).matrix
    runs = ((one.start(), at, len(one[0])) for at, row in enumerate(rows) for one in _DARK(row))
    path = "".join(f"M{x} {y}h{width}v1h-{width}z" for x, y, width in runs)
    size = f'viewBox="0 0 {len(rows)} {len(rows)}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><path d="{path}"/></svg>'

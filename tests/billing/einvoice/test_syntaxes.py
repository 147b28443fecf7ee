"""CII and Finvoice say what UBL says: the same amounts, in another syntax."""

from decimal import Decimal

import pytest
from lxml import etree

from kassa.billing.einvoice.cii import cii_bytes
from kassa.billing.einvoice.finvoice import finvoice_bytes
from kassa.billing.einvoice.profiles import EN16931, FINVOICE
from kassa.billing.einvoice.ubl import ubl_bytes
from tests.conformance.einvoices.cases import Case, cases

EUROPEAN = [case for case in cases() if EN16931 in case.profiles]
FINNISH = [case for case in cases() if FINVOICE in case.profiles]


def amounts(written: bytes, names: str) -> list[Decimal]:
    """Return every amount of some elements, in the order of the document."""
    found = etree.fromstring(written).xpath(
        " | ".join(f"//*[local-name()='{name}']" for name in names.split())
    )
    return [abs(Decimal(one.text.replace(",", "."))) for one in found]


SAME = {
    "LineExtensionAmount": "LineTotalAmount",
    "PriceAmount": "ChargeAmount",
    "BaseQuantity": "BasisQuantity",
    "InvoicedQuantity CreditedQuantity": "BilledQuantity",
    "TaxableAmount": "BasisAmount",
    "PayableAmount": "DuePayableAmount",
    "Amount": "ActualAmount",
}


@pytest.mark.parametrize("case", EUROPEAN, ids=lambda case: case.name)
def test_ubl_and_cii_have_the_same_amounts(case: Case) -> None:
    ubl, cii = ubl_bytes(case.document, "2026-1"), cii_bytes(case.document, "2026-1")

    for one, other in SAME.items():
        assert sorted(amounts(ubl, one)) == sorted(amounts(cii, other)), one


@pytest.mark.parametrize("case", FINNISH, ids=lambda case: case.name)
def test_finvoice_has_the_amounts_of_ubl(case: Case) -> None:
    ubl, finvoice = ubl_bytes(case.document, "2026-1"), finvoice_bytes(case.document, "2026-1")

    for one, other in {
        "PayableAmount": "EpiInstructedAmount",
        "TaxableAmount": "VatBaseAmount",
        "PriceAmount": "UnitPriceNetAmount",
        "TaxInclusiveAmount": "InvoiceTotalVatIncludedAmount",
    }.items():
        assert amounts(ubl, one) == amounts(finvoice, other), one


def test_a_finnish_credit_note_is_negative_all_through() -> None:
    (case,) = [one for one in FINNISH if one.name == "FI net credit note"]
    root = etree.fromstring(finvoice_bytes(case.document, "2026-1"))
    totals = [one for one in root.iter() if one.tag.endswith("Amount") and "Price" not in one.tag]

    assert totals
    assert [one.tag for one in totals if not one.text.startswith("-")] == []
    assert root.findtext("InvoiceDetails/OriginalInvoiceNumber") == "2026-000122"


def test_finvoice_writes_letters_that_its_encoding_lacks() -> None:
    (case,) = [one for one in FINNISH if one.name == "letters"]
    written = finvoice_bytes(case.document, "2026-1")

    assert written.startswith(b'<?xml version="1.0" encoding="ISO-8859-15"?>')
    assert etree.fromstring(written).findtext("InvoiceRow/ArticleName") == case.draft.lines[0].name

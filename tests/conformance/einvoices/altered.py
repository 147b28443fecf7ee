"""Sound files with one element changed after they were written, and the rule that must see it.

The model can't give wrong sums, so only so is the judge seen to look at them.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from lxml import etree

from kassa.billing.documents.totals import worked_out
from kassa.billing.einvoice.cii import cii_bytes
from kassa.billing.einvoice.finvoice import finvoice_bytes
from kassa.billing.einvoice.ubl import ubl_bytes
from tests.conformance.einvoices.cases import european
from tests.support.billing import line

WRITERS = {"EN 16931 UBL": ubl_bytes, "EN 16931 CII": cii_bytes, "Finvoice 3.0": finvoice_bytes}
MORE = None  # a sum, two more than it was: some rules let it differ by one
REMOVED = ""

ALTERED = (
    ("EN 16931 UBL", "LegalMonetaryTotal/PayableAmount", MORE, "BR-CO-16"),
    ("EN 16931 UBL", "LegalMonetaryTotal/TaxInclusiveAmount", MORE, "BR-CO-15"),
    ("EN 16931 UBL", "LegalMonetaryTotal/LineExtensionAmount", MORE, "BR-CO-10"),
    ("EN 16931 UBL", "LegalMonetaryTotal/TaxExclusiveAmount", MORE, "BR-CO-13"),
    ("EN 16931 UBL", "TaxTotal/TaxAmount", MORE, "BR-CO-14"),
    ("EN 16931 UBL", "TaxSubtotal/TaxAmount", MORE, "BR-S-09"),
    ("EN 16931 UBL", "TaxSubtotal/TaxableAmount", MORE, "BR-S-08"),
    ("EN 16931 UBL", "InvoiceLine/LineExtensionAmount", "1.234", "BR-DEC-23"),
    ("EN 16931 UBL", "Invoice/ID", REMOVED, "BR-02"),
    ("EN 16931 UBL", "Invoice/InvoiceTypeCode", "999", "BR-CL-01"),
    ("EN 16931 UBL", "Invoice/DocumentCurrencyCode", "USD", "BR-CO-15"),
    ("EN 16931 UBL", "Price/PriceAmount", "-1.00", "BR-27"),
    ("EN 16931 CII", "*/DuePayableAmount", MORE, "BR-CO-16"),
    ("EN 16931 CII", "*/GrandTotalAmount", MORE, "BR-CO-15"),
    ("EN 16931 CII", "ExchangedDocument/ID", REMOVED, "BR-02"),
    ("EN 16931 CII", "ApplicableTradeTax/CalculatedAmount", MORE, "BR-S-09"),
    ("Finvoice 3.0", "InvoiceDetails/InvoiceTypeCode", "XYZ", "XSD"),
    ("Finvoice 3.0", "EpiDetails/EpiIdentificationDetails", REMOVED, "XSD"),
)


def altered(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Write every altered file; yield it with the set of rules and the rule that must see it."""
    document = worked_out(european([line(1999, "25.5"), line(500, "10")]))
    for at, (rule_set, place, text, rule) in enumerate(ALTERED):
        root = etree.fromstring(WRITERS[rule_set](document, "2026-1"))
        _change(_element(root, place), text)
        path = folder / f"altered-{at}.xml"
        path.write_bytes(etree.tostring(root))
        yield path, rule_set, rule


def _element(root: etree._Element, place: str) -> etree._Element:
    parent, name = place.split("/")
    above = "*" if parent == "*" else f"*[local-name()='{parent}']"
    return root.xpath(f"//{above}/*[local-name()='{name}']")[0]


def _change(element: etree._Element, text: str | None) -> None:
    if text == REMOVED:
        element.getparent().remove(element)
    else:
        element.text = text or str(Decimal(element.text) + 2)

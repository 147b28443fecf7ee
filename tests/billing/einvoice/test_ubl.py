"""UBL says what the document worked out says, to the minor unit, and nothing empty."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.documents.lines import Adjustment
from kassa.billing.documents.totals import Document, worked_out
from kassa.billing.einvoice.profiles import PROFILES, Profile
from kassa.billing.einvoice.ubl import ubl_bytes
from tests.support.billing import draft, line

CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"


def read(document: Document, **more: Profile) -> etree._Element:
    return etree.fromstring(ubl_bytes(document, "2026-1", **more))


def fact(root: etree._Element, path: str) -> list[str]:
    """Return the texts at a path of local names."""
    found = root.xpath("/".join(f"*[local-name()='{name}']" for name in path.split("/")))
    return [one.text for one in found]


@given(
    lines=st.lists(
        st.builds(
            line,
            st.integers(0, 10**7),
            st.sampled_from(["0", "8", "10", "14", "25.5"]),
            quantity=st.decimals("0.001", "999", places=3),
        ),
        min_size=1,
        max_size=6,
    ),
    inclusive=st.booleans(),
    currency=st.sampled_from(["EUR", "JPY", "HKD"]),
)
def test_amounts_read_back_are_those_of_the_document(
    lines: list, inclusive: bool, currency: str
) -> None:
    document = worked_out(draft(lines, prices_include_tax=inclusive, currency=currency))
    root = read(document)
    unit = Decimal(1) if currency == "JPY" else Decimal("0.01")

    nets = [Decimal(one) for one in fact(root, "InvoiceLine/LineExtensionAmount")]
    tax = [Decimal(one) for one in fact(root, "TaxTotal/TaxSubtotal/TaxAmount")]
    (payable,) = fact(root, "LegalMonetaryTotal/PayableAmount")
    assert sum(nets) == document.net_minor * unit
    assert sum(tax) == document.tax_minor * unit
    assert sum(nets) + sum(tax) == Decimal(payable) == document.payable_minor * unit


@given(st.integers(1, 10**6), st.decimals("0.001", "999", places=3))
def test_a_price_with_tax_is_that_of_the_whole_quantity(minor: int, quantity: Decimal) -> None:
    document = worked_out(draft([line(minor, quantity=quantity)], prices_include_tax=True))
    root = read(document)

    (base,) = fact(root, "InvoiceLine/Price/BaseQuantity")
    assert Decimal(base) == quantity
    assert fact(root, "InvoiceLine/Price/PriceAmount") == fact(
        root, "InvoiceLine/LineExtensionAmount"
    )


def test_a_line_that_is_given_away_has_its_price_and_its_discount() -> None:
    gift = Adjustment(percent=Decimal(100), reason="Gift")
    given = draft([line(124_00, adjustments=(gift,))], prices_include_tax=True)
    root = read(worked_out(given))

    assert fact(root, "InvoiceLine/Price/PriceAmount") == ["100.00"]
    assert fact(root, "InvoiceLine/AllowanceCharge/Amount") == ["100.00"]
    assert fact(root, "InvoiceLine/LineExtensionAmount") == ["0.00"]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda one: one.name)
@pytest.mark.parametrize("kind", [DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE])
def test_nothing_empty_is_written(profile: Profile, kind: DocumentKind) -> None:
    preceding = {"number": "2026-1", "issued_on": date(2026, 11, 2)}
    root = read(worked_out(draft([line(100)], kind=kind, preceding=preceding)), profile=profile)

    assert [one.tag for one in root.iter() if not len(one) and not one.text] == []


def test_a_credit_note_has_positive_amounts_and_names_what_it_gives_back_of() -> None:
    preceding = {"number": "2026-1", "issued_on": date(2026, 11, 2)}
    document = worked_out(
        draft([line(1000)], kind=DocumentKind.CREDIT_NOTE, preceding=preceding, reason="Broken")
    )
    root = read(document)

    assert etree.QName(root).localname == "CreditNote"
    assert fact(root, "CreditNoteTypeCode") == ["381"]
    assert fact(root, "BillingReference/InvoiceDocumentReference/ID") == ["2026-1"]
    assert fact(root, "LegalMonetaryTotal/PayableAmount") == ["12.40"]
    assert fact(root, "CreditNoteLine/CreditedQuantity") == ["1"]
    assert fact(root, "Note") == ["Broken"]


def test_the_same_document_gives_the_same_bytes() -> None:
    document = worked_out(draft([line(1000), line(5, "14")]))

    assert ubl_bytes(document, "2026-1") == ubl_bytes(document, "2026-1")


def test_a_number_without_its_country_is_no_vat_number() -> None:
    document = worked_out(draft([line(1000)], seller={**_seller(), "tax_id": "0105556000001"}))

    schemes = read(document).iter(f"{CAC}PartyTaxScheme")
    ids = [(one.find(f"{CBC}CompanyID").text, one.find(f".//{CBC}ID").text) for one in schemes]
    assert ids == [("0105556000001", "TAX"), ("DE136695976", "VAT")]


def _seller() -> dict[str, object]:
    return draft([line(1)]).seller.model_dump()

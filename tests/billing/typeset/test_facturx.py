"""The electronic invoice inside a PDF is found, whole, and the metadata name it."""

import io

from pypdf import PdfReader

from kassa.billing.typeset import facturx
from kassa.billing.typeset.typeset_document import typeset_document
from tests.support.printed_documents import document

CII = (
    '<?xml version="1.0" encoding="UTF-8"?><rsm:CrossIndustryInvoice>äß</rsm:CrossIndustryInvoice>'
)


def test_the_attached_invoice_is_the_same_bytes() -> None:
    reader = PdfReader(io.BytesIO(typeset_document(document("fi"), "1", attachment=CII.encode())))

    assert reader.attachments == {facturx.FILE_NAME: [CII.encode()]}
    (attached,) = reader.root_object["/AF"]
    assert attached.get_object()["/AFRelationship"] == "/Alternative"


def test_the_metadata_name_file_and_profile_and_keep_what_stood() -> None:
    plain = typeset_document(document("fi"), "1")
    pdf = typeset_document(document("fi"), "1", attachment=CII.encode())
    xmp = PdfReader(io.BytesIO(pdf)).root_object["/Metadata"].get_object().get_data().decode()

    for text in ("fx:ConformanceLevel>EN 16931<", "fx:DocumentFileName>factur-x.xml<"):
        assert text in xmp
    assert f"pdfaSchema:namespaceURI>{facturx.NAMESPACE}<" in xmp
    assert "<pdfaid:part>3</pdfaid:part>" in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert b"fx:ConformanceLevel" not in plain


def test_what_stood_in_the_pdf_stays_byte_for_byte() -> None:
    before = typeset_document(document("fi"), "1")
    after = facturx.with_metadata(before, "BASIC")

    assert after.startswith(before)
    assert len(PdfReader(io.BytesIO(after), strict=True).pages) == 1


def test_a_name_that_looks_like_pdf_leads_nothing_astray() -> None:
    name = "/Metadata 1 0 R >> trailer startxref 7 %%EOF"
    seller = document("fi").draft.seller.model_copy(update={"name": name})
    pdf = typeset_document(document("fi", seller=seller), "1", attachment=CII.encode())

    assert PdfReader(io.BytesIO(pdf), strict=True).attachments
    assert PdfReader(io.BytesIO(pdf)).metadata.author == name  # type: ignore[union-attr]

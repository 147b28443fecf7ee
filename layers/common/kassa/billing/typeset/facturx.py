"""Say in a PDF's own metadata that an electronic invoice is attached: Factur-X, ZUGFeRD.

The typesetter attaches the file but writes no metadata of ours, so they are added as PDF itself
provides for: what stands is kept, byte for byte, and a newer version of one object is appended
(ISO 32000-1, 7.5.6, incremental updates).
"""

import re
from typing import NamedTuple

FILE_NAME = "factur-x.xml"
NAMESPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PROPERTIES = {
    "DocumentFileName": "Which attached file is the electronic invoice",
    "DocumentType": "What kind of business document that file is",
    "Version": "Version of the schema that the file follows",
    "ConformanceLevel": "Profile of the schema that the file follows",
}
_SCHEMAS = b"<pdfaExtension:schemas><rdf:Bag>"
_END = b"</rdf:RDF>"


class _Place(NamedTuple):
    """Where a PDF's metadata stand, and what its last trailer says."""

    number: int  # of the metadata object
    xmp: bytes
    trailer: bytes
    startxref: int


def with_metadata(pdf: bytes, profile: str = "EN 16931") -> bytes:
    """Return a PDF whose metadata name the attached electronic invoice and its profile."""
    place = _find(pdf)
    xmp = place.xmp.replace(_SCHEMAS, _SCHEMAS + _schema(), 1)
    xmp = xmp.replace(_END, _description(profile) + _END, 1)
    body = b"\n%d 0 obj\n<</Length %d/Type/Metadata/Subtype/XML>>\nstream\n%s\nendstream\nendobj\n"
    pdf += body % (place.number, len(xmp), xmp)
    offset = pdf.rindex(b"\n%d 0 obj" % place.number) + 1
    entry = b"xref\n%d 1\n%010d 00000 n\r\n" % (place.number, offset)
    trailer = place.trailer[: place.trailer.rindex(b">>")] + b"/Prev %d>>" % place.startxref
    return pdf + entry + b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (trailer, len(pdf))


def _find(pdf: bytes) -> _Place:
    """Follow the PDF's own table of objects; whatever a text in it says, it can't lead astray."""
    tail = pdf[pdf.rindex(b"trailer") :]
    trailer = tail[len(b"trailer") : tail.index(b"startxref")].strip()
    (startxref,) = re.findall(rb"startxref\s+(\d+)", tail)
    offsets = [int(row) for row in re.findall(rb"(\d{10}) \d{5} [nf]", pdf[int(startxref) :])]
    (root,) = re.findall(rb"/Root (\d+) 0 R", trailer)
    catalog = pdf[offsets[int(root)] :]
    (number,) = re.findall(rb"/Metadata (\d+) 0 R", catalog[: catalog.index(b"endobj")])
    stored = pdf[offsets[int(number)] :]
    (length,) = re.findall(rb"/Length (\d+)", stored[: stored.index(b"stream")])
    begin = stored.index(b"stream") + len(b"stream")
    begin += 2 if stored[begin : begin + 2] == b"\r\n" else 1
    return _Place(int(number), stored[begin : begin + int(length)], trailer, int(startxref))


def _schema() -> bytes:
    """Return the description of our properties: PDF/A has one for each that isn't its own."""
    properties = "".join(
        '<rdf:li rdf:parseType="Resource"><pdfaProperty:category>external</pdfaProperty:category>'
        f"<pdfaProperty:description>{text}</pdfaProperty:description>"
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType></rdf:li>"
        for name, text in _PROPERTIES.items()
    )
    return (
        '<rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI>"
        "<pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
    ).encode()


def _description(profile: str) -> bytes:
    return (
        f'<rdf:Description rdf:about="" xmlns:fx="{NAMESPACE}">'
        "<fx:DocumentType>INVOICE</fx:DocumentType>"
        f"<fx:DocumentFileName>{FILE_NAME}</fx:DocumentFileName>"
        "<fx:Version>1.0</fx:Version>"
        f"<fx:ConformanceLevel>{profile}</fx:ConformanceLevel></rdf:Description>"
    ).encode()

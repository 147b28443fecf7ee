"""Every form in which a case is written, and the sets of rules that judge it."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.documents.totals import Document
from kassa.billing.einvoice.cii import cii_bytes
from kassa.billing.einvoice.finvoice import finvoice_bytes
from kassa.billing.einvoice.profiles import EN16931, FINVOICE, JP_PINT, PEPPOL, XRECHNUNG, Profile
from kassa.billing.einvoice.ubl import ubl_bytes
from tests.conformance.einvoices.judge import Failure

NUMBER = "2026-000123"
UBL = {EN16931: ("EN 16931 UBL",), PEPPOL: ("EN 16931 UBL", "XRechnung UBL")}
UBL |= {XRECHNUNG: ("EN 16931 UBL", "XRechnung UBL"), JP_PINT: ("EN 16931 UBL",)}
FACTUR_X = ("Factur-X EN 16931 schema", "Factur-X EN 16931", "EN 16931 CII")
CII = {EN16931: FACTUR_X, XRECHNUNG: ("EN 16931 CII", "XRechnung CII")}

# Rules of Europe that Japan has none of: its registration number begins with T, its reduced rate
# is category AA, and what is exempt needs no reason.
NOT_JAPANESE = {"BR-CO-09", "BR-CL-17", "BR-CL-18", "BR-E-10", "BR-G-10", "BR-O-10", "BR-G-02"}


class Form(NamedTuple):
    """A file, and the sets of rules that judge it."""

    path: Path
    profile: Profile
    rule_sets: tuple[str, ...]

    def concerns(self, failure: Failure) -> bool:
        """Tell what this form must hold to, where a set of rules is that of another profile."""
        if self.profile is PEPPOL and failure.rule_set == "XRechnung UBL":
            return failure.id.startswith("PEPPOL")  # the part of Peppol's own that it repeats
        return not (self.profile is JP_PINT and failure.id in NOT_JAPANESE)


def forms(
    name: str,
    document: Document,
    profiles: tuple[Profile, ...],
    folder: Path,
    *,
    only_ubl: bool = False,
) -> Iterator[Form]:
    """Write a document for each profile, and yield what was written."""
    stem = name.replace(" ", "-")
    credits = document.draft.kind is DocumentKind.CREDIT_NOTE
    schema = "UBL 2.1 CreditNote" if credits else "UBL 2.1 Invoice"
    for profile in profiles:
        if profile in UBL:
            path = folder / f"{stem}.{profile.name}.ubl.xml"
            path.write_bytes(ubl_bytes(document, NUMBER, profile))
            yield Form(path, profile, (schema, *UBL[profile]))
        if profile in CII and not only_ubl:
            path = folder / f"{stem}.{profile.name}.cii.xml"
            path.write_bytes(cii_bytes(document, NUMBER, profile))
            yield Form(path, profile, CII[profile])
        if profile is FINVOICE:
            path = folder / f"{stem}.finvoice.xml"
            path.write_bytes(finvoice_bytes(document, NUMBER))
            yield Form(path, profile, ("Finvoice 3.0",))

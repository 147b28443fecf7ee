"""A worked-out document in each of its forms: as PDF, and as electronic invoice."""

from collections.abc import Mapping

from kassa.billing.documents.totals import Document
from kassa.billing.einvoice.forms import electronic_forms
from kassa.billing.seller.profile import SellerProfile
from kassa.billing.typeset.typeset_document import typeset_document
from kassa.platform.telemetry import logger, metrics


def print_forms(document: Document, seller: SellerProfile, number: str) -> dict[str, bytes]:
    """Return a document as PDF, and as electronic invoice (xml) where no rule is broken."""
    forms = electronic_forms(document, number, seller.profile_name)
    pdf = {"pdf": typeset_document(document, number, seller.branding, attachment=forms.cii)}
    rules = sorted({one.rule for one in forms.problems})
    if forms.xml is None:
        logger.warning("no electronic invoice", invoice_number=number, rules=rules)
        return pdf
    if rules:
        logger.info("electronic invoice of no network", invoice_number=number, rules=rules)
    return {"xml": forms.xml} | pdf


def count_missing(forms: Mapping[str, bytes]) -> None:
    """Count a document with tax that has no electronic form; to be called once a document."""
    if "xml" not in forms:
        metrics.add_metric(name="ElectronicInvoiceMissing", unit="Count", value=1)

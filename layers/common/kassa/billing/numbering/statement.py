"""What a worked-out document states, as it is kept with its number."""

from typing import Any

from kassa.billing.documents.totals import Document
from kassa.billing.numbering.record import Statement, TaxSum


def stated(document: Document, source_id: str, **fields: Any) -> Statement:
    """State what a document comes to; `fields` are ids and the content's digest."""
    draft = document.draft
    known = {
        "kind": draft.kind,
        "source_id": source_id,
        "currency": draft.currency,
        "net_minor": document.net_minor,
        "taxes": tax_sums(document),
        "gross_minor": document.gross_minor,
        "order_id": draft.order_id,
        "preceding": draft.preceding.number if draft.preceding else None,
    }
    return Statement.model_validate(known | fields)


def tax_sums(document: Document) -> tuple[TaxSum, ...]:
    """Return what a document says of each rate of tax."""
    return tuple(
        TaxSum(
            category=one.tax.category.value,
            rate=f"{one.tax.rate.normalize():f}",
            net_minor=one.net_minor,
            tax_minor=one.tax_minor,
        )
        for one in document.taxes
    )

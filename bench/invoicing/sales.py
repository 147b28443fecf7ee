"""Invoices as a shop's orders would have them: no two with the same texts or amounts."""

from datetime import date
from typing import Any

from kassa.billing.documents.draft import Draft
from kassa.billing.documents.totals import worked_out
from kassa.billing.typeset.fields import document_fields, wording_of
from kassa.billing.typeset.parties import Fact
from kassa.billing.typeset.payment_qr import payload_of, transfer_of
from tests.support.printed_documents import sold

LINES = 12


def draft_text(tag: str, number: int) -> str:
    """Return one sale as JSON: twelve lines, two discounts, a charge on the whole."""
    lines: list[dict[str, Any]] = []
    for at, line in enumerate(sold(tag, LINES).lines):
        price_minor = 1_000 + (number * 7_919 + at * 104_729) % 90_000
        more = {"name": f"{line.name} {number}-{at}", "unit_price_minor": price_minor}
        lines.append(line.model_dump(mode="json", exclude_none=True) | more)
    shipping = {"is_charge": True, "amount_minor": 490, "reason": f"Posti {number}"}
    sale = sold(tag, 1, issued_on=date(2026, 11, 21), order_id=f"A-{number}")
    fields = sale.model_dump(mode="json", exclude_none=True)
    fields["seller"] |= {"registration_id": "0112038-9"}
    fields |= {"lines": lines, "adjustments": [shipping], "remittance": f"R-{number}"}
    return Draft.model_validate(fields).model_dump_json(exclude_none=True)


def page(tag: str, number: int) -> dict[str, Any]:
    """Return what stands on an invoice's page, ready to print."""
    document = worked_out(Draft.model_validate_json(draft_text(tag, number)))
    fields = document_fields(document, str(number), wording_of(document.draft, local_years=False))
    columns = ("description", "quantity", "unit_price", "tax", "amount")
    cells = ("name", "quantity", "unit_price", "tax", "amount")
    parties = [[one["name"], *one["address"]] for one in (fields["buyer"], fields["seller"])]
    return {
        "title": f"{fields['title'][0]} {number}",
        "parties": ["<br/>".join(one) for one in parties],
        "facts": [_texts(fact) for fact in fields["facts"]],
        "rows": [
            [fields["columns"][key][0] for key in columns],
            *([line[key] for key in cells] for line in fields["lines"]),
        ],
        "totals": [[row["label"][0], row["value"]] for row in fields["totals"]],
        "payment": [_texts(fact) for fact in fields["payment"]["accounts"][0]],
        "code": payload_of(transfer_of(document, str(number))),
    }


def _texts(fact: Fact) -> list[str]:
    label, value = fact
    return [label[0], value if isinstance(value, str) else value[0]]

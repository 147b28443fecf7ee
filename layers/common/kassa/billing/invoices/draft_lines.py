"""The lines of an invoice that is paid later, as its draft was stored."""

from kassa.billing.documents.lines import Line
from kassa.billing.documents.totals import entered_minor
from kassa.billing.invoices.view import ShownLine
from kassa.core import stored
from kassa.core.model import Model
from kassa.core.money import Money


class PricedDraft(Model):
    """What is read of a stored draft to show its lines; each of them says its tax."""

    currency: str
    lines: tuple[Line, ...]


def draft_lines(draft: str) -> tuple[ShownLine, ...]:
    """Return the lines of a stored draft with what each comes to, in the prices it was sent in."""
    content = stored.read_text(PricedDraft, draft)
    return tuple(_shown(line, content.currency) for line in content.lines)


def _shown(line: Line, currency: str) -> ShownLine:
    price = Money(amount_minor=line.unit_price_minor, currency=currency)
    is_whole = line.quantity == line.quantity.to_integral_value()
    return ShownLine(
        description=line.name,
        quantity=int(line.quantity) if is_whole else f"{line.quantity.normalize():f}",
        unit_price=price if line.price_quantity == 1 else None,
        amount=Money(amount_minor=entered_minor(line), currency=currency),
    )

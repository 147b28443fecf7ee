"""How documents look on a screen of 80 columns: a list of them, and one with what became of it."""

from collections.abc import Sequence

from rich.markup import escape

from cli.listing import Listing
from cli.output import amount, instant, say
from kassa.billing.invoices.view import InvoiceView, ShownEntry
from kassa.billing.numbering.record import TaxSum
from kassa.core.money import Money


def documents_listing(found: Sequence[InvoiceView]) -> Listing:
    """Return a list of documents."""
    columns = ["Number", "Issued", "Due", "State", "Total>", "Owed>"]
    listing = Listing("", columns, {"Number"})
    for one in found:
        owed = amount(_money(one, one.open_minor)) if one.open_minor else "–"
        due = one.due_on.isoformat() if one.due_on else "–"
        listing.add_row(
            one.number, one.issued_on.isoformat(), due, one.state.value, amount(one.total), owed
        )
    return listing


def say_document(one: InvoiceView) -> None:
    """Say what a document states and what became of it."""
    say(f"[bold]{one.number}[/bold], {one.kind.replace('_', ' ')}: {one.state}")
    say(f"{amount(one.total)}, issued on {one.issued_on}")
    for line in _facts(one):
        say(line)
    for shown in one.lines:
        say(f"  {shown.quantity} × {escape(shown.description)}: {amount(shown.amount)}")
    for tax in one.taxes:
        say(_tax(one, tax))
    for entry in one.entries:
        say(_entry(entry))
    if one.void is not None:
        say(f"Void since {instant(one.void.at)} UTC, by {escape(one.void.by)}:")
        say(f"  {escape(one.void.reason)}")
    if one.document_sha256 is None:
        say("Its document isn't stored yet.", style="yellow")


def _facts(one: InvoiceView) -> list[str]:
    """Return what is known of a document, a line each."""
    owed = amount(_money(one, one.open_minor)) if one.open_minor else None
    payment = "/".join(part for part in (one.gateway, one.account, one.payment_id) if part)
    known = {
        "Owed": owed,
        "Due on": one.due_on,
        "Promised by": one.promised_on,
        "Paid on": one.paid_on,
        "Payment": payment,
        "Order": one.order_id,
        "Customer": one.customer_id,
        "Gives back of": one.preceding,
        "Credit notes": ", ".join(one.credit_notes),
        "Payment link": one.payment_url,
    }
    return [f"{name}: {escape(str(value))}" for name, value in known.items() if value]


def _entry(entry: ShownEntry) -> str:
    payment = "/".join(part for part in (entry.gateway, entry.account, entry.payment_id) if part)
    named = payment or entry.credit_note
    by = f", {escape(named)}" if named else ""
    return f"  {instant(entry.at)} {entry.kind.replace('_', ' ')}: {amount(entry.amount)}{by}"


def _tax(one: InvoiceView, tax: TaxSum) -> str:
    net, of_it = (amount(_money(one, minor)) for minor in (tax.net_minor, tax.tax_minor))
    return f"  Tax {tax.category} {tax.rate}%: {of_it} on {net}"


def _money(one: InvoiceView, minor: int) -> Money:
    return Money(amount_minor=minor, currency=one.total.currency)

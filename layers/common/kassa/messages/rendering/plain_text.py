"""The plain-text part of a mail: the same words as its HTML, laid out for reading as they are."""

from collections.abc import Iterator

from kassa.messages.rendering.content import Content, Row
from kassa.messages.templates.brand import Brand

_SPACES = str.maketrans(dict.fromkeys("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}", " "))
SIGNATURE = "-- "  # what follows is the footer, as mail readers have it


def plain_text(content: Content, brand: Brand) -> str:
    """Return the text of a mail, with a blank line between its parts and one at its end."""
    parts = [*_body(content), _closing(content, brand)]
    return with_plain_spaces("\n\n".join(filter(None, parts))) + "\n"


def with_plain_spaces(text: str) -> str:
    """Return a text with spaces where a page would keep a line together."""
    return text.translate(_SPACES)


def _body(content: Content) -> Iterator[str]:
    yield content.greeting
    yield from content.paragraphs
    if content.code:
        yield f"    {content.code}"
    yield _rows(content.rows)
    yield _invoices(content)
    if content.button:
        yield f"{content.button.label}:\n{content.button.link}"
    if content.document_link:
        yield f"{content.common['open_document']}:\n{content.document_link}"
    for bank in content.banks:
        yield f"{content.common['bank_transfer']}\n{_rows(bank)}"
    yield from content.notes


def _invoices(content: Content) -> str:
    lines = []
    for one in content.invoices:
        due = f"{content.labels['due_on']} {one.due_on}"
        lines.append(f"* {one.number}, {due}: {one.open}")
        lines += [f"  {one.link}"] if one.link else []
    lines += [f"  {extra.label}: {extra.value}" for extra in content.extras]
    lines += [f"{content.common['total']}: {total}" for total in content.totals]
    return "\n".join(lines)


def _closing(content: Content, brand: Brand) -> str:
    common = content.common
    lines = [common["closing"], brand.name, "", SIGNATURE, *footer(content, brand)]
    if content.unsubscribe_link:
        lines += ["", f"{common['unsubscribe']}:", content.unsubscribe_link]
    return "\n".join(lines)


def footer(content: Content, brand: Brand) -> list[str]:
    """Return what stands at the end of every mail: who wrote it, and how they are reached."""
    reached = " · ".join(filter(None, (brand.phone, brand.email, brand.website)))
    seller = ", ".join((brand.name, *brand.address))
    own = brand.footer.splitlines() if brand.footer else []
    return list(filter(None, (content.contact, seller, brand.tax_id, reached, *own)))


def _rows(rows: list[Row]) -> str:
    return "\n".join(f"{row.label}: {row.value}" for row in rows)

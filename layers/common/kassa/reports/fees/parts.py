"""Parts of the page: a currency's card with the ledger's proof, and tables.

Bars are SVG drawn by hand; each bar's figure stands beside it as text.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from html import escape
from typing import NamedTuple

from kassa.reports.fees.analysis import CurrencyFees, effective
from kassa.reports.fees.headlines import Texts

WIDTH, ROW = 380, 44  # of the viewBox; a row is a line of text and a bar
BAR, BASELINE = 14, 16


Row = tuple[str, tuple[str, ...]]


class _Bar(NamedTuple):
    """One bar: what it is of, how long (below zero: none), and its figure in words."""

    name: str
    length: Decimal
    figure: str


def cards(currencies: Sequence[CurrencyFees], texts: Texts) -> str:
    """Return a card for each currency."""
    if not currencies:
        return f'<p class="empty">{escape(texts("sections.empty"))}</p>'
    return (
        f"<h2>{escape(texts('sections.cost'))}</h2>"
        f'<p class="note">{escape(texts("sections.cost_note"))}</p>'
        f'<div class="cards">{"".join(_card(each, texts) for each in currencies)}</div>'
    )


def _card(each: CurrencyFees, texts: Texts) -> str:
    places = sorted(
        {(one.gateway, one.account) for one in each.segments}
        | {(one.gateway, one.account) for one in each.beside}
    )
    rows = [_account_bar(each, place, texts) for place in places]
    proven = each.unproven_minor or each.booked_minor
    kind, mark = ("good", "✓")
    if each.unproven_minor:
        kind, mark = ("bad", escape(texts("sections.not_in_ledger")))
    title = texts("sections.fees_in", currency=each.currency)
    ledger = texts("sections.ledger", postings=texts.number(each.postings))
    return (
        '<section class="card">'
        f'<div><span class="currency">{each.currency}</span><span class="net">'
        f"<small>{texts.effective(each.percent)}</small>"
        f"{texts.amount(each.fee_minor, each.currency)}</span>"
        f"</div><h3>{escape(texts('sections.by_account'))}</h3>{_bars(title, rows)}"
        f'<p class="note">{escape(ledger)}'
        f' <span class="{kind}">{mark} {texts.amount(proven, each.currency)}</span></p></section>'
    )


def _account_bar(each: CurrencyFees, place: tuple[str, str], texts: Texts) -> _Bar:
    of = [one for one in each.segments if (one.gateway, one.account) == place]
    beside = [one for one in each.beside if (one.gateway, one.account) == place]
    gross_minor = sum(one.gross_minor for one in of)
    fee_minor = sum(one.fee_minor for one in of) + sum(one.fee_minor for one in beside)
    percent = effective(fee_minor, gross_minor)
    figure = f"{texts.effective(percent)} · {texts.amount(fee_minor, each.currency)}"
    return _Bar("/".join(place), max(percent or Decimal(0), Decimal(0)), figure)


def _bars(title: str, rows: Sequence[_Bar]) -> str:
    """Draw bars below each other, the longest across the whole width."""
    longest = max((row.length for row in rows), default=Decimal(0)) or Decimal(1)
    drawn = "".join(_bar(number, row, row.length / longest) for number, row in enumerate(rows))
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {max(len(rows), 1) * ROW}" role="img">'
        f"<title>{escape(title)}</title>{drawn}</svg>"
    )


def _bar(number: int, row: _Bar, part: Decimal) -> str:
    top = number * ROW
    width = max(part * WIDTH, Decimal(2))
    return (
        f'<text x="0" y="{top + BASELINE}">{escape(row.name)}</text>'
        f'<text x="{WIDTH}" y="{top + BASELINE}" text-anchor="end">{escape(row.figure)}</text>'
        f'<rect class="bar" x="0" y="{top + BASELINE + 6}" width="{width:.2f}" height="{BAR}"'
        f' rx="2"/>'
    )


def table(heads: Sequence[str], rows: Iterable[Row]) -> str:
    """Return a table whose rows are cards on a phone: each cell has its head."""
    body = "".join(_table_row(first, zip(others, heads[1:], strict=True)) for first, others in rows)
    cells = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    return (
        f'<div class="scroll"><table class="stack"><thead><tr>{cells}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def row(first: str, others: Iterable[str]) -> Row:
    """Return a row: its head, which is escaped later, and cells of HTML."""
    return first, tuple(others)


def _table_row(first: str, others: Iterable[tuple[str, str]]) -> str:
    cells = "".join(f'<td data-head="{escape(head)}">{other}</td>' for other, head in others)
    return f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>'

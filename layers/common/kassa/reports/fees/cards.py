"""A currency's card on the page: what payments cost, by account, with the ledger's proof beside.

Bars are SVG drawn by hand; each bar's figure stands beside it as text.
"""

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import NamedTuple

from kassa.core.money_texts import written
from kassa.reports.fees.analysis import CurrencyFees, effective
from kassa.reports.fees.headlines import rate_words

WIDTH, ROW = 380, 44  # of the viewBox; a row is a line of text and a bar
BAR, BASELINE = 14, 16


class _Bar(NamedTuple):
    """One bar: what it is of, how long (below zero: none), and its figure in words."""

    name: str
    length: Decimal
    figure: str


def cards(currencies: Sequence[CurrencyFees]) -> str:
    """Return a card for each currency."""
    if not currencies:
        return '<p class="empty">No balance moved: every figure is zero.</p>'
    return (
        "<h2>What payments cost</h2>"
        '<p class="note">The effective rate: all fees of an account, of what was charged.</p>'
        f'<div class="cards">{"".join(map(_card, currencies))}</div>'
    )


def _card(each: CurrencyFees) -> str:
    places = sorted(
        {(one.gateway, one.account) for one in each.segments}
        | {(one.gateway, one.account) for one in each.beside}
    )
    rows = [_account_bar(each, place) for place in places]
    kind, mark = ("bad", "Not in the ledger:") if each.unproven_minor else ("good", "✓")
    proof = f"{mark} {written(each.unproven_minor or each.booked_minor, each.currency)}"
    return (
        '<section class="card">'
        f'<div><span class="currency">{each.currency}</span><span class="net">'
        f"<small>{rate_words(each.percent)}</small>{written(each.fee_minor, each.currency)}</span>"
        f"</div><h3>Effective rate by account</h3>{_bars(f'Fees in {each.currency}', rows)}"
        f'<p class="note">Ledger, {each.postings:,} postings to gateway fees:'
        f' <span class="{kind}">{proof}</span></p></section>'
    )


def _account_bar(each: CurrencyFees, place: tuple[str, str]) -> _Bar:
    of = [one for one in each.segments if (one.gateway, one.account) == place]
    beside = [one for one in each.beside if (one.gateway, one.account) == place]
    gross_minor = sum(one.gross_minor for one in of)
    fee_minor = sum(one.fee_minor for one in of) + sum(one.fee_minor for one in beside)
    percent = effective(fee_minor, gross_minor)
    figure = f"{rate_words(percent)} · {written(fee_minor, each.currency)}"
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

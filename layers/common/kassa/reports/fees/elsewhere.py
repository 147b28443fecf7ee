"""The same payments elsewhere, on the page: what they would have cost, and the route to add."""

import json
from collections.abc import Iterator
from html import escape

from kassa.core.money import Money, to_decimal
from kassa.reports.fees.contracts.regions import Region
from kassa.reports.fees.fit import FEES_MIN
from kassa.reports.fees.headlines import Texts, what
from kassa.reports.fees.parts import Row, row, table
from kassa.reports.fees.report import FeeReport
from kassa.reports.fees.savings import Alternative


def elsewhere(report: FeeReport, texts: Texts) -> str:
    """Return the part of the page; nothing where no other contract has a price."""
    found = [one for each in report.currencies for one in each.alternatives]
    if not found:
        return ""
    rows = [_alternative_row(one, texts) for one in found]
    changes = "".join(_change(one, texts) for one in found if one.yearly_minor > 0)
    names = ("payments", "now", "instead", "cost", "would_cost", "saved", "pays_from")
    heads = [texts(f"columns.{name}") for name in names]
    note = escape(texts("sections.elsewhere_note"), quote=False)
    return (
        f'<h2>{escape(texts("sections.elsewhere"))}</h2><p class="note">{note}</p>'
        f"{table(heads, rows)}{changes}"
    )


def _alternative_row(one: Alternative, texts: Texts) -> Row:
    currency, saved = one.currency, one.yearly_minor
    is_enough = one.charges >= FEES_MIN
    year = texts.amount(saved, currency) if is_enough else texts("columns.not_enough")
    pays_from = (
        "–" if one.break_even_minor is None else texts.amount(one.break_even_minor, currency)
    )
    cells = (
        f"{one.gateway}/{one.account}",
        f"{one.to_gateway}/{one.to_account}",
        texts.amount(one.cost_minor, currency),
        texts.amount(one.would_cost_minor, currency),
        f'<span class="{"good" if saved > 0 else "soft"}">{year}</span>',
        pays_from,
    )
    return row(f"{what(one, texts)} ({texts.number(one.charges)})", cells)


def _change(one: Alternative, texts: Texts) -> str:
    route = escape("\n".join(route_lines(one)))
    tried = "<br>".join(f"<code>{escape(line)}</code>" for line in commands(one))
    to = f"{one.to_gateway}/{one.to_account}"
    return (
        f"<h3>{escape(texts('sections.add_route', what=what(one, texts), to=to))}</h3>"
        '<pre style="overflow-x:auto;margin:4px 0;padding:10px 12px;border:1px solid var(--line);'
        f'border-radius:6px;font-size:12.5px">{route}</pre><p class="note">{tried}</p>'
    )


def route_lines(one: Alternative) -> Iterator[str]:
    """Yield the route as YAML, one field a line, to stand among the merchant's others."""
    for number, (name, value) in enumerate(one.route.items()):
        text = value if isinstance(value, str) else json.dumps(value)
        yield f"{'- ' if not number else '  '}{name}: {text}"


def commands(one: Alternative) -> Iterator[str]:
    """Yield what shows where such a payment would go, and what puts it into effect."""
    typical = one.gross_minor // max(one.charges, 1)
    amount = to_decimal(Money(amount_minor=typical, currency=one.currency))
    country = ""
    if one.regions == (Region.DOMESTIC,):
        country = f" --country {one.route['countries']['allow'][0]}"
    paid = f"--amount {amount:f} --currency {one.paid_currency} --method {one.method}{country}"
    yield f"kassa routes try {paid} --file routes.yaml"
    yield "kassa routes save routes.yaml"

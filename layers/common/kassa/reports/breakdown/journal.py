"""The proof below a summary: corrections, both journals, and that each adds up."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from kassa.core.postings import Account
from kassa.reports.breakdown.breakdown import Breakdown
from kassa.reports.breakdown.lines import AMOUNTS
from kassa.reports.breakdown.localization import Texts
from kassa.reports.breakdown.tables import (
    Cell,
    Cells,
    amount_cells,
    figure_heads,
    row,
    section,
    table,
)
from kassa.reports.rates.rates import Converted
from kassa.reports.report import Report
from kassa.reports.summary.accrual import ROWS, Accrual
from kassa.reports.summary.summary import CurrencySummary

Each = TypeVar("Each")
ABREAST = 5  # currencies in one table: more are wider than a sheet of paper


def converted(found: Breakdown, texts: Texts) -> str:
    """Show all currencies in one, by which rates, and what has none."""
    made = found.conversion
    if made is None:
        return ""
    heads = [texts("columns.currency"), texts("columns.rate"), *figure_heads(AMOUNTS, texts)]
    rows = [_converted_row(part, made.currency, texts) for part in made.parts]
    foot = []
    if made.totals is not None:
        sums = amount_cells(made.totals, made.currency, texts)
        base = Cell(texts.quote(made.base), "words") if made.base else ""
        foot = [row(texts("columns.converted", currency=made.currency), base, *sums)]
    note = texts("sections.converted_note", currency=made.currency)
    if made.missing:
        missing = texts("sections.no_rate", currencies=", ".join(made.missing))
        note = f"{missing} {note}"
    return section(texts("sections.converted"), note, table(heads, rows, foot))


def _converted_row(part: Converted, to: str, texts: Texts) -> Cells:
    quote = Cell(texts.quote(part.quote), "words") if part.quote else "–"
    if part.amounts is None:
        return row(part.currency, quote, *("–" for _ in AMOUNTS))
    return row(part.currency, quote, *amount_cells(part.amounts, to, texts))


def corrections(report: Report, texts: Texts) -> str:
    """Return what came late for earlier periods; a window corrects none, so it says nothing."""
    if report.period.last:
        return ""
    heads = [texts("columns.period"), *figure_heads(AMOUNTS, texts)]
    rows = [
        row(
            f"{correction.day} · {each.currency}",
            *(_amount(getattr(each, name).amount_minor, each.currency, texts) for name in AMOUNTS),
        )
        for correction in report.corrections
        for each in correction.currencies
    ]
    title = texts("sections.corrections")
    if not rows:
        return section(title, texts("sections.no_corrections"), " ")
    return section(title, texts("sections.corrections_note"), table(heads, rows))


def ledger(report: Report, found: Breakdown, texts: Texts) -> str:
    """Return what each account got and gave, and that all adds up to zero."""
    tables = (_ledger(some, found, texts) for some in _abreast(report.currencies))
    return section(texts("sections.ledger"), texts("sections.ledger_note"), "".join(tables))


def _ledger(currencies: Sequence[CurrencySummary], found: Breakdown, texts: Texts) -> str:
    used = [name for name in Account if any(name in each.accounts for each in currencies)]
    rows = [
        row(
            texts.name("accounts", account),
            *(_amount(each.accounts.get(account, 0), each.currency, texts) for each in currencies),
        )
        for account in used
    ]
    sums = [_proof(each.imbalance, each.currency, texts) for each in currencies]
    cuts = [
        _proof(found.unproven.get(each.currency, 0), each.currency, texts) for each in currencies
    ]
    foot = [row(texts("columns.sum"), *sums), row(texts("sections.proven"), *cuts)]
    return table([texts("columns.account"), *(each.currency for each in currencies)], rows, foot)


def invoices(report: Report, texts: Texts) -> str:
    """Return what documents moved, where any did."""
    tables = (_invoices(some, texts) for some in _abreast(report.accrual or ()))
    return section(texts("sections.invoices"), texts("sections.invoices_note"), "".join(tables))


def _invoices(accruals: Sequence[Accrual], texts: Texts) -> str:
    used = [name for name in ROWS if any(name in each.accounts for each in accruals)]
    rows = [row(texts.name("accounts", name), *_of(accruals, name, texts)) for name in used]
    foot = [
        row(texts("columns.sum"), *(_proof(e.imbalance, e.currency, texts) for e in accruals)),
        row(texts("columns.owed"), *(_proof(e.unproven, e.currency, texts) for e in accruals)),
        row(
            texts("columns.unapplied"),
            *(_amount(-each.unapplied_minor, each.currency, texts) for each in accruals),
        ),
    ]
    return table([texts("columns.account"), *(each.currency for each in accruals)], rows, foot)


def _abreast(every: Sequence[Each]) -> Iterator[Sequence[Each]]:
    for start in range(0, len(every), ABREAST):
        yield every[start : start + ABREAST]


def _of(accruals: Sequence[Accrual], account: Account, texts: Texts) -> list[Cell]:
    return [_amount(each.accounts.get(account, 0), each.currency, texts) for each in accruals]


def _amount(minor: int, currency: str, texts: Texts) -> Cell:
    return Cell(texts.amount(minor, currency), "" if minor else "zero")


def _proof(minor: int, currency: str, texts: Texts) -> Cell:
    amount = texts.amount(minor, currency)
    return Cell(f"{texts('columns.out')} {amount}", "bad") if minor else Cell(f"✓ {amount}", "good")

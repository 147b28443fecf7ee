"""The proof below a summary: corrections, both journals, and that each adds up."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from kassa.core.postings import Account
from kassa.reports.breakdown.breakdown import Breakdown
from kassa.reports.breakdown.lines import AMOUNTS
from kassa.reports.breakdown.tables import (
    Cell,
    Cells,
    amount_cells,
    row,
    section,
    table,
)
from kassa.reports.breakdown.words import Words
from kassa.reports.rates.rates import Converted
from kassa.reports.report import Report
from kassa.reports.summary.accrual import ROWS, Accrual
from kassa.reports.summary.summary import CurrencySummary

Each = TypeVar("Each")
ABREAST = 5  # currencies in one table: more are wider than a sheet of paper


def converted(found: Breakdown, words: Words) -> str:
    """Show all currencies in one, by which rates, and what has none."""
    made = found.conversion
    if made is None:
        return ""
    heads = [words(f"columns.{name}") for name in ("currency", "rate", *AMOUNTS)]
    rows = [_converted_row(part, made.currency, words) for part in made.parts]
    foot = []
    if made.totals is not None:
        sums = amount_cells(made.totals, made.currency, words)
        base = Cell(words.quote(made.base), "words") if made.base else ""
        foot = [row(words("columns.converted", currency=made.currency), base, *sums)]
    note = words("sections.converted_note", currency=made.currency)
    if made.missing:
        missing = words("sections.no_rate", currencies=", ".join(made.missing))
        note = f"{missing} {note}"
    return section(words("sections.converted"), note, table(heads, rows, foot))


def _converted_row(part: Converted, to: str, words: Words) -> Cells:
    quote = Cell(words.quote(part.quote), "words") if part.quote else "–"
    if part.amounts is None:
        return row(part.currency, quote, *("–" for _ in AMOUNTS))
    return row(part.currency, quote, *amount_cells(part.amounts, to, words))


def corrections(report: Report, words: Words) -> str:
    """Return what came late for earlier periods."""
    heads = [words(f"columns.{name}") for name in ("period", *AMOUNTS)]
    rows = [
        row(
            f"{correction.day} · {each.currency}",
            *(_amount(getattr(each, name).amount_minor, each.currency, words) for name in AMOUNTS),
        )
        for correction in report.corrections
        for each in correction.currencies
    ]
    title = words("sections.corrections")
    if not rows:
        return section(title, words("sections.no_corrections"), " ")
    return section(title, words("sections.corrections_note"), table(heads, rows))


def ledger(report: Report, found: Breakdown, words: Words) -> str:
    """Return what each account got and gave, and that all adds up to zero."""
    tables = (_ledger(some, found, words) for some in _abreast(report.currencies))
    return section(words("sections.ledger"), words("sections.ledger_note"), "".join(tables))


def _ledger(currencies: Sequence[CurrencySummary], found: Breakdown, words: Words) -> str:
    used = [name for name in Account if any(name in each.accounts for each in currencies)]
    rows = [
        row(
            words.name("accounts", account),
            *(_amount(each.accounts.get(account, 0), each.currency, words) for each in currencies),
        )
        for account in used
    ]
    sums = [_proof(each.imbalance, each.currency, words) for each in currencies]
    cuts = [
        _proof(found.unproven.get(each.currency, 0), each.currency, words) for each in currencies
    ]
    foot = [row(words("columns.sum"), *sums), row(words("sections.proven"), *cuts)]
    return table([words("columns.account"), *(each.currency for each in currencies)], rows, foot)


def invoices(report: Report, words: Words) -> str:
    """Return what documents moved, where any did."""
    tables = (_invoices(some, words) for some in _abreast(report.accrual or ()))
    return section(words("sections.invoices"), words("sections.invoices_note"), "".join(tables))


def _invoices(accruals: Sequence[Accrual], words: Words) -> str:
    used = [name for name in ROWS if any(name in each.accounts for each in accruals)]
    rows = [row(words.name("accounts", name), *_of(accruals, name, words)) for name in used]
    foot = [
        row(words("columns.sum"), *(_proof(e.imbalance, e.currency, words) for e in accruals)),
        row(words("columns.owed"), *(_proof(e.unproven, e.currency, words) for e in accruals)),
        row(
            words("columns.unapplied"),
            *(_amount(-each.unapplied_minor, each.currency, words) for each in accruals),
        ),
    ]
    return table([words("columns.account"), *(each.currency for each in accruals)], rows, foot)


def _abreast(every: Sequence[Each]) -> Iterator[Sequence[Each]]:
    for start in range(0, len(every), ABREAST):
        yield every[start : start + ABREAST]


def _of(accruals: Sequence[Accrual], account: Account, words: Words) -> list[Cell]:
    return [_amount(each.accounts.get(account, 0), each.currency, words) for each in accruals]


def _amount(minor: int, currency: str, words: Words) -> Cell:
    return Cell(words.amount(minor, currency), "" if minor else "zero")


def _proof(minor: int, currency: str, words: Words) -> Cell:
    amount = words.amount(minor, currency)
    return Cell(f"{words('columns.out')} {amount}", "bad") if minor else Cell(f"✓ {amount}", "good")

"""The page of customers: their worth, their return and their silence, each with its rule."""

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape

from kassa.archive.manifests import Manifest
from kassa.reports.breakdown.tables import Cell, row, section, table
from kassa.reports.customers.report import (
    REGULARS_MIN,
    SEGMENTS_MIN,
    WORTH_MIN,
    Cohort,
    Customers,
    Group,
    Refunded,
)
from kassa.reports.words import Words

SHOWN = 12  # of the newest cohorts, and months of their ages
RULES = ("net", "worth", "cohorts", "segments", "risks", "refunds", "people", "known")


def headlines(found: Sequence[Customers], words: Words) -> list[str]:
    """Return what is said first of each currency."""
    return [
        words(
            "first.active",
            currency=each.currency,
            active=words.number(each.active),
            new=words.number(each.new),
            customers=words.number(each.customers),
        )
        for each in found
    ] or [words("first.none")]


def page(manifest: Manifest, found: Sequence[Customers], words: Words) -> str:
    """Return the report's part of the page; everything from outside is escaped."""
    first = "".join(f"<li>{escape(line)}</li>" for line in headlines(found, words))
    parts = [f"<ol>{first}</ol>"]
    if manifest.is_imported:
        parts.append(f'<p class="note">{escape(words("notes.imported"))}</p>')
    parts += [part for each in found for part in _currency(each, words)]
    rows = [(words(f"names.{name}"), words(f"rules.{name}")) for name in RULES]
    shown = "".join(f"<p><b>{escape(name)}</b>: {escape(rule)}</p>" for name, rule in rows)
    return "\n".join([*parts, f"<h2>{escape(words('sections.rules'))}</h2>{shown}"])


def _currency(each: Customers, words: Words) -> Iterator[str]:
    yield section(words("sections.worth", currency=each.currency), "", _worth(each, words))
    of_customers = {"cohorts": False, "cohort_money": True}
    for name, is_money in of_customers.items():
        yield section(words(f"sections.{name}"), "", _cohorts(each, words, is_money))
    few = words("notes.too_few", least=SEGMENTS_MIN, known=words.number(each.customers))
    shown = _groups(each.segments, "segments", each, words)
    yield section(words("sections.segments"), "" if shown else few, shown or " ")
    known = words.number(sum(one.customers for one in each.risks))
    few = words("notes.too_few_regulars", least=REGULARS_MIN, known=known)
    shown = _groups(each.risks, "risks", each, words)
    yield section(words("sections.risks"), "" if shown else few, shown or " ")
    yield section(words("sections.at_risk"), "", _silent(each, words))
    yield section(words("sections.refunds"), "", _refunds(each, words))


def _worth(each: Customers, words: Words) -> str:
    few = words("notes.too_few", least=WORTH_MIN, known=words.number(each.customers))
    figures = {"mean": each.mean_minor, "median": each.median_minor}
    rows = [
        row(words(f"worth.{name}"), _money(minor, each, words, few))
        for name, minor in figures.items()
    ]
    for aged in each.worth:
        if aged.customers:
            few = words("notes.too_few", least=WORTH_MIN, known=words.number(aged.customers))
            name = words("worth.after", months=aged.months + 1)
            rows.append(row(name, _money(aged.mean_minor, each, words, few)))
    rows.append(row(words("worth.all"), words.money(each.net_minor, each.currency)))
    if each.nobody_minor:
        rows.append(row(words("worth.nobody"), words.money(each.nobody_minor, each.currency)))
    return table([words("columns.figure"), words("columns.value")], rows)


def _money(minor: int | None, each: Customers, words: Words, few: str) -> Cell:
    if minor is None:
        return Cell(few, "words zero")
    return Cell(words.money(minor, each.currency))


def _cohorts(each: Customers, words: Words, is_money: bool) -> str:
    """Return cohorts by age: which part paid again, or what was left of each payer by then."""
    shown = each.cohorts[-SHOWN:]
    newest = max((_month(one.month) + one.months[-1].age for one in shown), default=0)
    known = {one.month: newest - _month(one.month) for one in shown}  # months of age
    ages = range(min(SHOWN, max(known.values(), default=0) + 1))
    heads = [words("columns.first"), words("columns.customers"), *(f"+{age}" for age in ages)]
    rows = [
        row(
            words.month(one.month),
            words.number(one.customers),
            *(
                _cell(one, age, each, words, is_money) if age <= known[one.month] else ""
                for age in ages
            ),
        )
        for one in shown
    ]
    return table(heads, rows).replace('<table class="stack">', "<table>")


def _month(day: date) -> int:
    return day.year * 12 + day.month


def _cell(one: Cohort, age: int, each: Customers, words: Words, is_money: bool) -> str:
    if not one.customers:
        return ""
    if is_money:
        net_minor = sum(month.net_minor for month in one.months if month.age <= age)
        return words.amount(round(net_minor / one.customers), each.currency)
    return words.rate(sum(m.customers for m in one.months if m.age == age) / one.customers)


def _groups(groups: Sequence[Group], names: str, each: Customers, words: Words) -> str:
    heads = [words(f"columns.{name}") for name in ("group", "customers", "year")]
    rows = [
        row(
            words(f"{names}.{one.name}"),
            words.number(one.customers),
            words.money(one.year_minor, each.currency),
        )
        for one in groups
    ]
    return table(heads, rows)


def _silent(each: Customers, words: Words) -> str:
    heads = [words(f"columns.{name}") for name in ("customer", "last", "gap", "silent", "year")]
    rows = [
        row(
            one.customer_id,
            words.short_day(one.last_paid_on),
            words("notes.days", days=one.gap_days),
            words("notes.days", days=one.silent_days),
            words.money(one.year_minor, each.currency),
        )
        for one in (each.at_risk if each.risks else ())
    ]
    return table(heads, rows)


def _refunds(each: Customers, words: Words) -> str:
    names = ("span", "ratio", "refunded", "captured", "times")
    heads = [words(f"columns.{name}") for name in names]
    spans: dict[str, Refunded] = {"month": each.month, "year": each.year}
    rows = [
        row(
            words(f"spans.{name}"),
            "–" if one.of_money is None else words.rate(one.of_money),
            words.money(one.refunded_minor, each.currency),
            words.money(one.captured_minor, each.currency),
            f"{words.number(one.refunds)} / {words.number(one.payments)}",
        )
        for name, one in spans.items()
    ]
    return table(heads, rows)

"""The page of customers: their worth, their return and their silence, each with its rule."""

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape

from kassa.archive.manifests import Manifest
from kassa.reports.breakdown.tables import Cell, row, section, table
from kassa.reports.customers.receivables import SHOWN as OWED
from kassa.reports.customers.receivables import Owed
from kassa.reports.customers.report import (
    REGULARS_MIN,
    SEGMENTS_MIN,
    WORTH_MIN,
    Cohort,
    Customers,
    Group,
    Refunded,
)
from kassa.reports.localization import Texts

SHOWN = 12  # of the newest cohorts, and months of their ages
RULES = ("net", "worth", "cohorts", "segments", "risks", "refunds", "people", "known")


def headlines(found: Sequence[Customers], texts: Texts) -> list[str]:
    """Return what is said first of each currency."""
    return [_headline(each, texts) for each in found] or [texts("first.none")]


def _headline(each: Customers, texts: Texts) -> str:
    if each.customers == 0 and each.nobody_minor:
        return texts("first.unnamed", currency=each.currency)
    return texts(
        "first.active",
        currency=each.currency,
        active=texts.number(each.active),
        new=texts.number(each.new),
        customers=texts.number(each.customers),
    )


def page(manifest: Manifest, found: Sequence[Customers], owed: Owed | None, texts: Texts) -> str:
    """Return the report's part of the page; everything from outside is escaped."""
    first = "".join(f"<li>{escape(line)}</li>" for line in headlines(found, texts))
    parts = [f"<ol>{first}</ol>"]
    if manifest.is_imported:
        parts.append(f'<p class="note">{escape(texts("notes.imported"))}</p>')
    parts += [part for each in found for part in _currency(each, texts)]
    parts.append(_receivables(owed, texts) if owed else "")
    rows = [(texts(f"names.{name}"), texts(f"rules.{name}")) for name in RULES]
    shown = "".join(f"<p><b>{escape(name)}</b>: {escape(rule)}</p>" for name, rule in rows)
    return "\n".join([*parts, f"<h2>{escape(texts('sections.rules'))}</h2>{shown}"])


def _currency(each: Customers, texts: Texts) -> Iterator[str]:
    yield section(texts("sections.worth", currency=each.currency), "", _worth(each, texts))
    of_customers = {"cohorts": False, "cohort_money": True}
    for name, is_money in of_customers.items():
        yield section(texts(f"sections.{name}"), "", _cohorts(each, texts, is_money))
    few = texts("notes.too_few", least=SEGMENTS_MIN, known=texts.number(each.customers))
    shown = _groups(each.segments, "segments", each, texts)
    yield section(texts("sections.segments"), "" if shown else few, shown or " ")
    known = texts.number(each.regulars)
    few = texts("notes.too_few_regulars", least=REGULARS_MIN, known=known)
    shown = _groups(each.risks, "risks", each, texts)
    yield section(texts("sections.risks"), "" if shown else few, shown or " ")
    yield section(texts("sections.at_risk"), "", _silent(each, texts))
    yield section(texts("sections.refunds"), "", _refunds(each, texts))


def _worth(each: Customers, texts: Texts) -> str:
    few = texts("notes.too_few", least=WORTH_MIN, known=texts.number(each.customers))
    figures = {"mean": each.mean_minor, "median": each.median_minor}
    rows = [
        row(texts(f"worth.{name}"), _money(minor, each, texts, few))
        for name, minor in figures.items()
    ]
    for aged in each.worth:
        if aged.customers:
            few = texts("notes.too_few", least=WORTH_MIN, known=texts.number(aged.customers))
            name = texts.counted("worth.after", aged.months + 1)
            rows.append(row(name, _money(aged.mean_minor, each, texts, few)))
    rows.append(row(texts("worth.all"), texts.money(each.net_minor, each.currency)))
    others = {"nobody": each.nobody_minor, "elsewhere": each.elsewhere_minor}
    rows += [
        row(texts(f"worth.{name}"), texts.money(minor, each.currency))
        for name, minor in others.items()
        if minor
    ]
    return table([texts("columns.figure"), texts("columns.value")], rows)


def _money(minor: int | None, each: Customers, texts: Texts, few: str) -> Cell:
    if minor is None:
        return Cell(few, "words zero")
    return Cell(texts.money(minor, each.currency))


def _cohorts(each: Customers, texts: Texts, is_money: bool) -> str:
    """Return cohorts by age: which part paid again, or what was left of each payer by then."""
    shown = each.cohorts[-SHOWN:]
    newest = max((_month(one.month) + one.months[-1].age for one in shown), default=0)
    known = {one.month: newest - _month(one.month) for one in shown}  # months of age
    ages = range(min(SHOWN, max(known.values(), default=0) + 1))
    heads = [texts("columns.first"), texts("columns.customers"), *(f"+{age}" for age in ages)]
    rows = [
        row(
            texts.month(one.month),
            texts.number(one.customers),
            *(
                _cell(one, age, each, texts, is_money) if age <= known[one.month] else ""
                for age in ages
            ),
        )
        for one in shown
    ]
    return table(heads, rows).replace('<table class="stack">', "<table>")


def _month(day: date) -> int:
    return day.year * 12 + day.month


def _cell(one: Cohort, age: int, each: Customers, texts: Texts, is_money: bool) -> str:
    if not one.customers:
        return ""
    if is_money:
        net_minor = sum(month.net_minor for month in one.months if month.age <= age)
        return texts.amount(round(net_minor / one.customers), each.currency)
    return texts.rate(sum(m.customers for m in one.months if m.age == age) / one.customers)


def _groups(groups: Sequence[Group], names: str, each: Customers, texts: Texts) -> str:
    heads = [texts(f"columns.{name}") for name in ("group", "customers", "year")]
    rows = [
        row(
            texts(f"{names}.{one.name}"),
            texts.number(one.customers),
            texts.money(one.year_minor, each.currency),
        )
        for one in groups
    ]
    return table(heads, rows)


def _silent(each: Customers, texts: Texts) -> str:
    heads = [texts(f"columns.{name}") for name in ("customer", "last", "gap", "silent", "year")]
    rows = [
        row(
            one.customer_id,
            texts.short_day(one.last_paid_on),
            texts("notes.days", days=one.gap_days),
            texts("notes.days", days=one.silent_days),
            texts.money(one.year_minor, each.currency),
        )
        for one in (each.at_risk if each.risks else ())
    ]
    return table(heads, rows)


def _receivables(owed: Owed, texts: Texts) -> str:
    """Show what is owed by age, in each currency."""
    names = [texts("columns.currency"), *(texts(f"ages.{name}") for name in OWED)]
    rows = [
        row(
            each.currency,
            *(texts.amount(getattr(each, f"{name}_minor"), each.currency) for name in OWED),
        )
        for each in owed.ageing or ()
    ]
    title = texts("sections.receivables", day=texts.short_day(owed.as_of))
    key = "notes.owed" if rows else "notes.owed_unknown" if owed.ageing is None else "notes.settled"
    return section(title, texts(key), table(names, rows) or " ")


def _refunds(each: Customers, texts: Texts) -> str:
    names = ("span", "ratio", "refunded", "captured", "times")
    heads = [texts(f"columns.{name}") for name in names]
    spans: dict[str, Refunded] = {"month": each.month, "year": each.year}
    rows = [
        row(
            texts(f"spans.{name}"),
            "–" if one.of_money is None else texts.rate(one.of_money),
            texts.money(one.refunded_minor, each.currency),
            texts.money(one.captured_minor, each.currency),
            f"{texts.number(one.refunds)} / {texts.number(one.payments)}",
        )
        for name, one in spans.items()
    ]
    return table(heads, rows)

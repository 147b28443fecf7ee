"""How what is owed looks on a screen of 80 columns: by age, by customer, by invoice."""

from collections.abc import Sequence
from datetime import date

from rich.markup import escape

from cli.listing import Listing
from cli.output import amount
from kassa.billing.receivables.ageing import Age, Ageing, OpenItem
from kassa.core.money import Money

AGES = {
    Age.NOT_DUE: "Not due",
    Age.DAYS_1_30: "1–30 days",
    Age.DAYS_31_60: "31–60 days",
    Age.DAYS_61_90: "61–90 days",
    Age.OVER_90: "Over 90 days",
}


def sums_listing(sums: Sequence[Ageing], title: str) -> Listing:
    """Return currencies beside each other: amounts of two are in no sum."""
    listing = Listing(title, ["", *(f"{one.currency}>" for one in sums)], {""})
    for age, name in AGES.items():
        listing.add_row(name, *(_plain(one.minor_of(age), one.currency) for one in sums))
    listing.add_row("Owed", *(_plain(one.open_minor, one.currency) for one in sums))
    listing.add_row("  overdue", *(_plain(one.overdue_minor, one.currency) for one in sums))
    if any(one.credit_minor for one in sums):
        credits = (_plain(-one.credit_minor, one.currency) for one in sums)
        listing.add_row("Customers' credits", *credits)
    return listing


def customers_listing(of: dict[str | None, tuple[Ageing, ...]], currency: str) -> Listing:
    """Return what each customer owes in a currency."""
    columns = ["Customer", *(f"{name.removesuffix(' days')}>" for name in AGES.values()), "Credit>"]
    listing = Listing(currency, columns, {"Customer"})
    for customer_id, sums in of.items():
        for one in (each for each in sums if each.currency == currency):
            ages = (_plain(one.minor_of(age), currency) for age in Age)
            name = escape(customer_id or "without an id")
            listing.add_row(name, *ages, _plain(-one.credit_minor, currency))
    return listing


def open_listing(title: str, found: Sequence[OpenItem]) -> Listing:
    """Return open invoices, one a row."""
    columns = ["Number", "Customer", "Due", "Late>", "Promised", "Owed>"]
    listing = Listing(title, columns, {"Number"})
    for one in found:
        listing.add_row(
            one.number,
            escape(one.customer_id or "–"),
            str(one.due_on),
            _days(one.days_past_due),
            _day(one.promised_on),
            amount(Money(amount_minor=one.open_minor, currency=one.currency)),
        )
    return listing


def _plain(minor: int, currency: str) -> str:
    """Return an amount whose currency stands elsewhere; nothing as a dash."""
    if not minor:
        return "–"
    return amount(Money(amount_minor=minor, currency=currency)).removesuffix(f" {currency}")


def _days(days: int) -> str:
    return str(days) if days else "–"


def _day(day: date | None) -> str:
    return str(day) if day else "–"

"""Find all that a text names, of what whoever asks may see."""

from collections.abc import Callable, Iterator

from kassa.console.forms import money_in
from kassa.console.search import find_ids, find_listed
from kassa.console.search.hit import Hit

# What somebody must be able to open, and where the text may be known there.
IDS: tuple[tuple[str, Callable[[str], Iterator[Hit]]], ...] = (
    ("GET /console/payments", find_ids.find_payments),
    ("GET /console/refunds", find_ids.find_refund),
    ("GET /console/invoices", find_ids.find_invoice),
    ("GET /console/customers", find_ids.find_customers),
    ("GET /console/payouts", find_listed.find_payouts),
)


def find_hits(text: str, may: Callable[[str], bool]) -> list[Hit]:
    """Return what a text names; an event only where nothing else is called so."""
    money = money_in(text)
    if money is not None:
        return list(find_listed.find_of_amount(money, may))
    found = [hit for route, find in IDS if may(route) for hit in find(text)]
    if not found and may("GET /console/payments"):
        found = list(find_ids.find_event(text))
    return list(dict.fromkeys(found))

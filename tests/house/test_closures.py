"""What each handler loads: known, and nothing of rooms it has no business in."""

import json
from typing import Any

from tests.house.closures import CLOSURES, as_text, closures

KNOWN: dict[str, dict[str, Any]] = json.loads(CLOSURES.read_text())


def test_the_list_of_what_handlers_load_is_current() -> None:
    """If this fails, look at the difference, and write it by `python -m tests.house.closures`."""
    assert as_text(closures()) == CLOSURES.read_text()


def rooms(function: str) -> set[str]:
    """Return the rooms that a handler loads something of."""
    return {module.split(".")[1] for module in KNOWN[function]["modules"]}


def test_who_books_loads_nothing_of_refunds_checkout_or_invoices() -> None:
    assert rooms("book_event") == {"core", "platform", "gateways", "intake", "ledger", "orders"}


def test_who_receives_webhooks_loads_nothing_that_reads_them() -> None:
    assert rooms("receive_webhook") == {"core", "platform", "gateways", "intake"}
    assert not [one for one in KNOWN["receive_webhook"]["modules"] if one.endswith(".events")]

"""The form of routes: a row a route, lists apart by commas, costs as people write them."""

from collections.abc import Iterator, Mapping
from typing import Any

from kassa.console.pages.rules.rows import Row, filled_rows, listed, whole, with_rows
from kassa.core.errors import InvalidRequest
from kassa.core.money import Money
from kassa.refunds.policy import cells
from kassa.refunds.policy.phrases import amount_text

ROUTE = "route"
PARTS = ("gateway", "account", "methods", "currencies", "allow", "deny", "permille", "fixed")
EMPTY: Mapping[str, Row] = {ROUTE: dict.fromkeys((*PARTS, "priority"), "")}


def fields_of(document: Mapping[str, Any]) -> dict[str, str]:
    """Return routes as their form shows them."""
    return with_rows({}, ROUTE, [_row(one) for one in document["routes"]])


def document_of(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the routes that a form says, as a person writes them."""
    return {"routes": [dict(_route(row)) for row in filled_rows(fields, ROUTE)]}


def _row(route: Mapping[str, Any]) -> Row:
    cost, countries = route.get("cost") or {}, route.get("countries") or {}
    fixed = [amount_text(minor, one) for one, minor in (cost.get("fixed_minor") or {}).items()]
    return {
        "gateway": route["gateway"],
        "account": route.get("account", "main"),
        "methods": ", ".join(route.get("methods", ())),
        "currencies": ", ".join(route.get("currencies", ())),
        "allow": ", ".join(countries.get("allow", ())),
        "deny": ", ".join(countries.get("deny", ())),
        "permille": str(cost.get("permille", "")),
        "fixed": ", ".join(fixed),
        "priority": str(route.get("priority") or ""),
    }


def _route(row: Row) -> Iterator[tuple[str, Any]]:
    yield "gateway", row.get("gateway", "")
    if account := row.get("account"):
        yield "account", account
    for name in ("methods", "currencies"):
        if values := listed(row.get(name, "")):
            yield name, values
    countries = {name: listed(row.get(name, "")) for name in ("allow", "deny")}
    if any(countries.values()):
        yield "countries", countries
    if row.get("permille") or row.get("fixed"):
        yield "cost", _cost(row)
    if priority := row.get("priority"):
        yield "priority", whole(priority)


def _cost(row: Row) -> dict[str, Any]:
    fixed = dict(map(_fixed, listed(row.get("fixed", ""))))
    return {"permille": row.get("permille") or "0"} | ({"fixed_minor": fixed} if fixed else {})


def _fixed(text: str) -> tuple[str, Any]:
    """Return a fixed cost by its currency; what is no amount stays as it is, to be refused."""
    try:
        amount: Money = cells.money(text, "fixed")
    except InvalidRequest:
        return text, text
    return amount.currency, amount.amount_minor

"""Routes of orders, as a kind of rules: read, tried and saved by their own operations."""

from collections.abc import Sequence
from typing import Any

from kassa.checkout.routing.route_order import offered, route_input
from kassa.checkout.routing.routes import Routes, default_routes, read_routes
from kassa.checkout.routing.routing import RoutingInput
from kassa.checkout.routing.save_routes import save_routes
from kassa.checkout.routing.store import SavedRoutes
from kassa.console.forms import money_in
from kassa.console.pages.rules import mistakes, routes_form, trial
from kassa.console.pages.rules.kind import Checked, Document, Kind, Saver, Trying, Version
from kassa.core.errors import InvalidRequest, RoutesRefused
from kassa.gateways.submissions import PaymentMethod
from kassa.platform import clock
from kassa.platform.settings import settings


def _document(routes: Routes) -> Document:
    return {
        "routes": [
            one.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
            | {"gateway": one.gateway, "account": one.account}
            for one in routes.routes
        ]
    }


def _versions() -> Sequence[Version]:
    saved = SavedRoutes(settings().merchant_id).listed()
    return [
        Version(one.version, one.saved_at, one.saved_by, _document(one))
        for one in saved
        if one.saved_at is not None
    ]


def _check(document: Document) -> Checked:
    try:
        routes = read_routes(document, offered(), 0, clock.now())
    except RoutesRefused as refused:
        return Checked(mistakes.by_place(refused.wrong), None)
    return Checked(mistakes.Found(), _document(routes))


def _save(document: Document, saver: Saver) -> int:
    saved = save_routes(document, settings().merchant_id, saver.fresh(), saver.time_left_s)
    return saved.routes.version


def _attempt(document: Document, trying: Trying) -> dict[str, Any]:
    query = trying.query
    shown: dict[str, Any] = {
        "methods": [one.value for one in PaymentMethod],
        "asked": {name: query.get(name, "") for name in ("amount", "country", "method")},
        "routing": None,
    }
    if not query.get("amount"):
        return shown
    amount = money_in(query["amount"])
    if amount is None:
        raise InvalidRequest("amount: write it with its currency, such as 80.00 EUR")
    method = query.get("method", "")
    asked = RoutingInput(
        amount,
        PaymentMethod(method) if method in set(PaymentMethod) else None,
        query.get("country", "").strip().upper()[:2] or None,
    )
    routes = read_routes(document, offered(), 0, clock.now()).routes
    return shown | {"routing": trial.routing(route_input(asked, routes), amount, trying.texts)}


KIND = Kind(
    name="routes",
    empty=routes_form.EMPTY,
    versions=_versions,
    start=lambda: _document(default_routes(settings().gateway_accounts)),
    fields_of=routes_form.fields_of,
    document_of=routes_form.document_of,
    check=_check,
    save=_save,
    attempt=_attempt,
)

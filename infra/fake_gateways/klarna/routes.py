"""Which path does what, and what each answers: many of Klarna's answers are empty."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from infra.fake_gateways.kit.answers import Answer, Body
from infra.fake_gateways.klarna import disputes, orders, pages, settlements
from infra.fake_gateways.klarna.account import Account
from infra.fake_gateways.klarna.errors import Refusal

Act = Callable[[Account, str, Body], Any]
_ORDERS = "/ordermanagement/v1/orders"
_SETTLEMENTS = "/settlements/v1"
_DISPUTES = "/v4/payment/disputes"


class Route(NamedTuple):
    """A path, what it does, and the status of its answer."""

    method: str
    path: str
    act: Act
    status: int = 200


_ROUTES = [
    Route("POST", "/payments/v1/sessions", pages.create_session),
    Route("POST", "/hpp/v1/sessions", pages.create_page, 201),
    Route("GET", "/hpp/v1/sessions/ID", pages.read_page),
    Route("DELETE", "/hpp/v1/sessions/ID", pages.disable_page, 204),
    Route("GET", f"{_ORDERS}/ID", orders.read),
    Route("POST", f"{_ORDERS}/ID/captures", orders.capture, 201),
    Route("POST", f"{_ORDERS}/ID/refunds", orders.refund, 201),
    Route("POST", f"{_ORDERS}/ID/acknowledge", orders.acknowledge, 204),
    Route("POST", f"{_ORDERS}/ID/cancel", orders.cancel, 204),
    Route("POST", f"{_ORDERS}/ID/release-remaining-authorization", orders.release, 204),
    Route("GET", f"{_SETTLEMENTS}/payouts", settlements.list_payouts),
    Route("GET", f"{_SETTLEMENTS}/payouts/ID", settlements.read_payout),
    Route("GET", f"{_SETTLEMENTS}/transactions", settlements.list_transactions),
    Route("GET", _DISPUTES, disputes.listed),
    Route("GET", f"{_DISPUTES}/ID", disputes.read),
    Route("POST", f"{_DISPUTES}/ID/attachments", disputes.attach, 201),
    Route("POST", f"{_DISPUTES}/ID/represent", disputes.represent),
    Route("POST", f"{_DISPUTES}/ID/accept-loss", disputes.accept_loss),
]
_PATTERNS = [(route, re.compile(route.path.replace("ID", r"([^/]+)"))) for route in _ROUTES]
_NAMED = {"captures": "Capture-Id", "refunds": "Refund-Id"}
_KEYS = {"captures": "capture_id", "refunds": "refund_id"}


def executed(account: Account, method: str, path: str, params: Body) -> Answer:
    """Do what a path does, and answer as Klarna does."""
    for route, pattern in _PATTERNS:
        found = pattern.fullmatch(path) if route.method == method else None
        if found:
            made = route.act(account, found[1] if found.groups() else "", params)
            return _answer(route, path, made)
    raise Refusal("NOT_FOUND", f"No such path: {method} {path}", 404)


def _answer(route: Route, path: str, made: Any) -> Answer:
    kind = route.path.rpartition("/")[2]
    if kind in _NAMED:  # created, empty, and named by the headers alone
        name = made[_KEYS[kind]]
        return Answer(201, {}, {"Location": f"{path}/{name}", _NAMED[kind]: name}, "")
    if route.status == 204:
        return Answer(204, {}, text="")
    return Answer(route.status, made)

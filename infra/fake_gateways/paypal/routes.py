"""Which request does what: one table of PayPal's paths."""

import re
from collections.abc import Callable
from typing import NamedTuple

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.paypal import notifications, reports
from infra.fake_gateways.paypal.account import HOUR_S, Account, copied
from infra.fake_gateways.paypal.errors import missing
from infra.fake_gateways.paypal.objects import disputes, orders, refunds

DAY_S = 24 * HOUR_S
Act = Callable[[Account, str, Body], Body]


class Route(NamedTuple):
    """One kind of request; for so long its PayPal-Request-Id is remembered."""

    method: str
    pattern: re.Pattern[str]
    act: Act
    status: int = 200
    remembered_s: int = 0


def _route(method: str, path: str, act: Act, status: int = 200, remembered_s: int = 0) -> Route:
    pattern = re.compile(path.replace("{id}", "([A-Za-z0-9-]+)"))
    return Route(method, pattern, act, status, remembered_s)


def _capture(account: Account, capture_id: str, params: Body) -> Body:
    return account.find("captures", capture_id)


def _of_first_generation(account: Account, refund_id: str) -> Body:
    found = account.find("reversals", refund_id)
    if "state" not in found:
        raise missing()
    return found


ROUTES = (
    _route(
        "POST",
        "/v2/checkout/orders",
        lambda account, _, params: orders.shown(account, orders.create(account, params)),
        status=201,
        remembered_s=6 * HOUR_S,
    ),
    _route(
        "GET",
        "/v2/checkout/orders/{id}",
        lambda account, order_id, _: orders.shown(account, orders.find(account, order_id)),
    ),
    _route(
        "POST",
        "/v2/checkout/orders/{id}/capture",
        lambda account, order_id, _: orders.shown(account, orders.capture(account, order_id)),
        status=201,
        remembered_s=6 * HOUR_S,
    ),
    _route("GET", "/v2/payments/captures/{id}", _capture),
    _route(
        "POST",
        "/v2/payments/captures/{id}/refund",
        lambda account, capture_id, params: refunds.shown(
            refunds.create(account, capture_id, params)
        ),
        status=201,
        remembered_s=45 * DAY_S,
    ),
    _route(
        "GET",
        "/v2/payments/refunds/{id}",
        lambda account, refund_id, _: refunds.shown(refunds.find(account, refund_id)),
    ),
    _route(
        "GET", "/v1/payments/sale/{id}", lambda account, sale_id, _: account.find("sales", sale_id)
    ),
    _route(
        "GET",
        "/v1/payments/refund/{id}",
        lambda account, refund_id, _: refunds.shown(_of_first_generation(account, refund_id)),
    ),
    _route(
        "GET", "/v1/customer/disputes", lambda account, _, query: disputes.listed(account, query)
    ),
    _route(
        "GET",
        "/v1/customer/disputes/{id}",
        lambda account, dispute_id, _: account.find("disputes", dispute_id),
    ),
    _route("POST", "/v1/customer/disputes/{id}/provide-evidence", disputes.answer),
    _route("POST", "/v1/customer/disputes/{id}/accept-claim", disputes.accept),
    _route(
        "GET",
        "/v1/reporting/transactions",
        lambda account, _, query: reports.listed(account, query),
    ),
    _route(
        "GET", "/v1/reporting/balances", lambda account, _, query: reports.balance(account, query)
    ),
    _route(
        "GET",
        "/v1/notifications/webhooks-events",
        lambda account, _, query: notifications.listed(account, query),
    ),
    _route(
        "GET",
        "/v1/notifications/webhooks-events/{id}",
        lambda account, event_id, _: notifications.find(account, event_id),
    ),
    _route(
        "POST",
        "/v1/notifications/webhooks-events/{id}/resend",
        lambda account, event_id, _: notifications.resend(account, event_id),
        status=202,
    ),
)


def route_of(method: str, path: str) -> tuple[Route, str]:
    """Return who answers a request, and the id in its path."""
    for route in ROUTES:
        found = route.pattern.fullmatch(path)
        if found and route.method == method:
            return route, found[1] if found.groups() else ""
    raise missing()


def minimal(body: Body) -> Body:
    """Return what PayPal answers unless a representation is requested."""
    return {name: copied(body[name]) for name in ("id", "status", "links") if name in body}

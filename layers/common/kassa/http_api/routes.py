"""The routes of the API behind the authorizer, and the scopes of which one is enough for each.

A test holds this against the template. A route that isn't here is closed to every key.
"""

import re

from kassa.core.callers import Scope

SCOPES = {
    "GET /payments": {Scope.PAYMENTS_READ},
    "GET /payments/{gateway}/{account}/{payment_id}": {Scope.PAYMENTS_READ},
    "POST /payments/manual": {Scope.PAYMENTS_WRITE},
    "POST /payments/manual/{payment_id}/apply": {Scope.PAYMENTS_WRITE},
    "POST /payments/manual/{payment_id}/refund": {Scope.PAYMENTS_WRITE},
    "POST /payments/manual/{payment_id}/reverse": {Scope.PAYMENTS_WRITE},
    "GET /events": {Scope.EVENTS_READ},
    "GET /imports": {Scope.EVENTS_READ},
    "GET /events/{event_id}": {Scope.EVENTS_READ},
    "GET /reports": {Scope.REPORTS_READ},
    "GET /reports/today": {Scope.REPORTS_READ},
    "GET /reports/{period}/{day}": {Scope.REPORTS_READ},
    "GET /reports/{period}/{day}/status": {Scope.REPORTS_READ},
    "POST /reports/window": {Scope.REPORTS_READ},  # of what may be read: it changes no books
    "GET /reports/{period}/{day}/figures/{figure}": {Scope.REPORTS_READ},
    "POST /refunds": {Scope.REFUNDS_WRITE},
    "GET /refunds": {Scope.REFUNDS_READ},
    "GET /refunds/{refund_request_id}": {Scope.REFUNDS_READ},
    "POST /refunds/{refund_request_id}/{action}": {Scope.REFUNDS_DECIDE},
    "GET /disputes": {Scope.DISPUTES_READ},
    "GET /disputes/{gateway}/{account}/{dispute_id}": {Scope.DISPUTES_READ},
    "POST /disputes/{gateway}/{account}/{dispute_id}/{action}": {Scope.DISPUTES_WRITE},
    "POST /orders": {Scope.ORDERS_WRITE},
    "POST /orders/{order_id}/send-link": {Scope.ORDERS_WRITE},
    "POST /orders/{order_id}/attempts/{number}/resolve": {Scope.ORDERS_RESOLVE},
    "GET /orders": {Scope.ORDERS_READ},
    "GET /invoices": {Scope.INVOICES_READ},
    "GET /invoices/{number}": {Scope.INVOICES_READ},
    "GET /receivables": {Scope.INVOICES_READ},
    "GET /customers/{customer_id}/statement": {Scope.INVOICES_READ},
    "POST /invoices/{number}/receipt": {Scope.INVOICES_WRITE},
    "POST /invoices": {Scope.INVOICES_WRITE},
    "POST /invoices/{number}/{action}": {Scope.INVOICES_DECIDE},
    "GET /orders/{order_id}": {Scope.ORDERS_READ},
    "GET /policies": {Scope.POLICIES_READ},
    "GET /policies/{version}": {Scope.POLICIES_READ},
    "POST /policies": {Scope.POLICIES_WRITE},
    "POST /policies/try": {Scope.POLICIES_READ},
    "GET /reminders/preview": {Scope.INVOICES_READ},
    "GET /reminders/policy": {Scope.POLICIES_READ},
    "PUT /reminders/policy": {Scope.POLICIES_WRITE},
    "POST /reminders/policy/try": {Scope.POLICIES_READ},
    "POST /reminders/pause": {Scope.INVOICES_DECIDE},
    "POST /reminders/resume": {Scope.INVOICES_DECIDE},
    "GET /reminders/customers/{customer_id}": {Scope.INVOICES_READ},
    "GET /seller": {Scope.INVOICES_READ},
    "PUT /seller": {Scope.SELLER_WRITE},
    "GET /message-settings": {Scope.DELIVERIES_READ},
    "PUT /message-settings": {Scope.SELLER_WRITE},
    "GET /fee-contracts": {Scope.REPORTS_READ},
    "PUT /fee-contracts": {Scope.POLICIES_WRITE},
    "GET /report-assumptions": {Scope.REPORTS_READ},
    "PUT /report-assumptions": {Scope.POLICIES_WRITE},
    "GET /gateway-cases": {Scope.REPORTS_READ},
    "PUT /gateway-cases/{gateway}/{case_id}": {Scope.POLICIES_WRITE},
    "GET /anomalies/marks": {Scope.REPORTS_READ},
    "PUT /anomalies/{anomaly_id}/mark": {Scope.POLICIES_WRITE},
    "GET /deliveries": {Scope.DELIVERIES_READ},
    "GET /deliveries/{delivery_id}": {Scope.DELIVERIES_READ},
    "POST /deliveries/{delivery_id}/redrive": {Scope.DELIVERIES_WRITE},
    "GET /suppressions": {Scope.DELIVERIES_READ},
    "POST /suppressions/lift": {Scope.DELIVERIES_WRITE},
    "POST /webhook-endpoints": {Scope.WEBHOOKS_WRITE},
    "GET /webhook-endpoints": {Scope.WEBHOOKS_READ},
    "GET /webhook-endpoints/{endpoint_id}": {Scope.WEBHOOKS_READ},
    "PATCH /webhook-endpoints/{endpoint_id}": {Scope.WEBHOOKS_WRITE},
    "DELETE /webhook-endpoints/{endpoint_id}": {Scope.WEBHOOKS_WRITE},
    "POST /webhook-endpoints/{endpoint_id}/rotate": {Scope.WEBHOOKS_WRITE},
    "POST /webhook-endpoints/{endpoint_id}/test": {Scope.WEBHOOKS_WRITE},
    "POST /webhook-endpoints/{endpoint_id}/replay": {Scope.WEBHOOKS_WRITE},
    "GET /customers/{customer_id}/export": {Scope.CUSTOMERS_EXPORT},
    "POST /customers/{customer_id}/erase": {Scope.CUSTOMERS_ERASE},
    "GET /openapi.json": set(Scope),
}


def methods_of(path: str) -> list[str]:
    """Return the methods that some route takes at a path."""
    routes = (route.partition(" ") for route in SCOPES)
    return sorted({method for method, _, route in routes if _is_at(route, path)})


def _is_at(route: str, path: str) -> bool:
    pattern = re.sub(r"\{\w+\}", "[^/]+", route.replace(".", r"\."))
    return re.fullmatch(pattern, path) is not None

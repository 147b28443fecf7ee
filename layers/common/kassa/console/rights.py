"""What somebody needs to see a screen, or to act on one: the scope that the API asks for the same.

Rights are a person's roles as they stand at that request. A route that isn't here is closed to all;
`None` is for everybody who is signed in.
"""

from kassa.core.callers import Scope

SCOPES: dict[str, Scope | None] = {
    "GET /console": Scope.REPORTS_READ,
    "GET /console/refunds": Scope.REFUNDS_READ,
    "GET /console/refunds/<refund_request_id>": Scope.REFUNDS_READ,
    "POST /console/refunds/<refund_request_id>/<action>": Scope.REFUNDS_DECIDE,
    "GET /console/payments": Scope.PAYMENTS_READ,
    "GET /console/payments/totals": Scope.PAYMENTS_READ,
    "GET /console/payments/files/<form>": Scope.PAYMENTS_READ,
    "POST /console/payments/save": Scope.PAYMENTS_READ,
    "POST /console/payments/forget": Scope.PAYMENTS_READ,
    "GET /console/payments/<gateway>/<account>/<payment_id>": Scope.PAYMENTS_READ,
    "POST /console/payments/<gateway>/<account>/<payment_id>/refund": Scope.REFUNDS_WRITE,
    "POST /console/payments/<gateway>/<account>/<payment_id>/note": Scope.PAYMENTS_WRITE,
    "GET /console/payments/<gateway>/<account>/<payment_id>/events/<event_id>": Scope.EVENTS_READ,
    "GET /console/disputes": Scope.DISPUTES_READ,
    "GET /console/disputes/<gateway>/<account>/<dispute_id>": Scope.DISPUTES_READ,
    "POST /console/disputes/<gateway>/<account>/<dispute_id>/<action>": Scope.DISPUTES_WRITE,
    "GET /console/customers": Scope.PAYMENTS_READ,
    "GET /console/customers/<customer_id>": Scope.PAYMENTS_READ,
    "POST /console/customers/<customer_id>/erase": Scope.CUSTOMERS_ERASE,
    "GET /console/customers/<customer_id>/export": Scope.CUSTOMERS_EXPORT,
    "GET /console/invoices": Scope.INVOICES_READ,
    "GET /console/invoices/<number>": Scope.INVOICES_READ,
    "POST /console/invoices/<number>/<action>": Scope.INVOICES_DECIDE,
    "GET /console/reports": Scope.REPORTS_READ,
    "POST /console/reports/<action>": Scope.SELLER_WRITE,
    "GET /console/reports/<period>/<name>": Scope.REPORTS_READ,
    "GET /console/reports/<period>/<name>/<figure>": Scope.REPORTS_READ,
    "GET /console/alerts": Scope.REPORTS_READ,
    "GET /console/alerts/<anomaly_id>": Scope.REPORTS_READ,
    "POST /console/alerts/<anomaly_id>/mark": Scope.POLICIES_WRITE,
    "GET /console/health": Scope.DELIVERIES_READ,
    "POST /console/health/<queue>": Scope.DELIVERIES_WRITE,
    "POST /console/health/deliveries/<delivery_id>/redrive": Scope.DELIVERIES_WRITE,
    "GET /console/payouts": Scope.REPORTS_READ,
    "GET /console/payouts/<gateway>/<account>/<payout_id>": Scope.PAYMENTS_READ,
    "GET /console/rules": Scope.POLICIES_READ,
    "GET /console/rules/<kind>": Scope.POLICIES_READ,
    "POST /console/rules/<kind>/begin": Scope.POLICIES_WRITE,
    "GET /console/rules/<kind>/<person_id>": Scope.POLICIES_WRITE,
    "GET /console/rules/<kind>/<person_id>/try": Scope.POLICIES_WRITE,
    "POST /console/rules/<kind>/<person_id>/<action>": Scope.POLICIES_WRITE,
    "GET /console/audit": Scope.AUDIT_READ,
    "GET /console/settings": Scope.WEBHOOKS_READ,
    "GET /console/settings/gateways/<gateway>/<account>": Scope.WEBHOOKS_READ,
    "GET /console/settings/people": Scope.PEOPLE_WRITE,
    "POST /console/settings/people/create": Scope.PEOPLE_WRITE,
    "POST /console/settings/people/<person_id>/<action>": Scope.PEOPLE_WRITE,
    "GET /console/settings/people/<person_id>": Scope.PEOPLE_WRITE,
    "GET /console/settings/keys": Scope.KEYS_WRITE,
    "POST /console/settings/keys/create": Scope.KEYS_WRITE,
    "POST /console/settings/keys/<key_id>/revoke": Scope.KEYS_WRITE,
    "GET /console/search": None,  # of what whoever asks may open
    "GET /console/help": None,
    "POST /console/help/tour": None,
    "GET /console/glossary": None,
    "GET /console/when-down": None,
    "GET /console/feedback": None,
    "POST /console/feedback": None,
    "POST /console/language": None,
    "POST /console/sign-out": None,
}

SCREENS = {  # in the order of the navigation: what leads to each
    "today": "GET /console",
    "refunds": "GET /console/refunds",
    "payments": "GET /console/payments",
    "disputes": "GET /console/disputes",
    "invoices": "GET /console/invoices",
    "customers": "GET /console/customers",
    "payouts": "GET /console/payouts",
    "alerts": "GET /console/alerts",
    "reports": "GET /console/reports",
    "health": "GET /console/health",
    "rules": "GET /console/rules",
    "audit": "GET /console/audit",
    "settings": "GET /console/settings",
}


def may(scopes: frozenset[Scope], route: str) -> bool:
    """Tell whether somebody with these scopes may use a route."""
    if route not in SCOPES:
        return False
    scope = SCOPES[route]
    return scope is None or scope in scopes

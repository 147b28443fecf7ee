"""Which modules serve which screen, by the part of the address behind /console/.

A screen is loaded when it is asked for first: whoever opens one waits for its rooms alone.
"""

from importlib import import_module

from aws_lambda_powertools.event_handler.api_gateway import Router

SCREENS = {
    "": ("serve_today",),
    "refunds": ("serve_refunds",),
    "payments": (
        "payments.serve_payments",
        "payments.serve_payment",
        "payments.serve_payment_files",
        "payments.serve_event",
        "payments.serve_note",
    ),
    "disputes": ("serve_disputes",),
    "reports": ("serve_reports", "serve_report_mails"),
    "invoices": ("serve_invoices",),
    "customers": ("serve_customers",),
    "alerts": ("serve_alerts",),
    "health": ("serve_health",),
    "payouts": ("serve_payouts",),
    "search": ("serve_search",),
    "rules": ("rules.serve_rules",),
    "audit": ("serve_audit",),
    "settings": ("settings.serve_settings", "settings.serve_people", "settings.serve_keys"),
    "help": ("help.serve_help",),
    "glossary": ("help.serve_glossary",),
    "when-down": ("help.serve_when_down",),
    "feedback": ("help.serve_feedback",),
}


def routes_of(path: str) -> tuple[str, list[Router]]:
    """Return the screen that an address is of, and its routes: none where there is no such."""
    screen = path.removeprefix("/console").strip("/").partition("/")[0]
    named = SCREENS.get(screen, ())
    return screen, [import_module(f"{__package__}.{one}").routes for one in named]

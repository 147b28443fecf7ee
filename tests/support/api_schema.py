"""What schemathesis holds against an operation of the API: in process and on a stack that runs."""

from collections.abc import Callable
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from kassa.http_api.routes import SCOPES
from tests.support.template import PORTAL

LABELS = sorted({*SCOPES, *PORTAL} - {"GET /openapi.json"})  # all but the description itself
EXAMPLED = ["POST /orders", "POST /policies", "POST /policies/try", "POST /refunds"]

load_all_checks()
IGNORED_AUTH = CHECKS.get_one("ignored_auth")
# Whether a body that fits the schema is also accepted depends on what the books hold.
LEFT_OUT = [CHECKS.get_one("positive_data_acceptance")]

Send = Callable[[schemathesis.Case], object]


def operations(schema: Any) -> dict[str, Any]:
    """Return the operations of a description by their method and path."""
    return {found.ok().label: found.ok() for found in schema.get_all_operations()}


def send_drawn(operation: Any, mode: GenerationMode, examples: int, send: Send) -> None:
    """Ask with as many requests as are to be drawn, the same ones each time."""

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def sent(case: schemathesis.Case) -> None:
        # An object in a query is sent as text, and a text like that may be an order's id.
        assume(not any(isinstance(value, dict) for value in (case.query or {}).values()))
        send(case)

    sent()

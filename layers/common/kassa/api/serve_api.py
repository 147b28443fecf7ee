"""The read API: what is read and listed has modules of its own, and its description is here."""

import json
from pathlib import Path as File
from typing import Any

from kassa.api import (
    events as serve_events,
)
from kassa.api import (
    payments as serve_payments,
)
from kassa.api import (
    refunds as serve_refunds,
)
from kassa.checkout import serve_orders
from kassa.http_api.api import resolver
from kassa.reports.reading import serve_reports

DESCRIPTION = File(__file__).parents[1] / "openapi.json"  # written by infra/openapi.py

api = resolver()
api.include_router(serve_payments.routes)
api.include_router(serve_refunds.routes)
api.include_router(serve_orders.routes)
api.include_router(serve_events.routes)
api.include_router(serve_reports.routes)


@api.get("/openapi.json", include_in_schema=False)
def get_openapi() -> dict[str, Any]:
    """Return what the API can do, in all its functions."""
    described: dict[str, Any] = json.loads(DESCRIPTION.read_text())
    return described

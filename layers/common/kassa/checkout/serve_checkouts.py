"""The route by which people resolve attempts that nobody knows of."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field

from kassa.checkout.resolve_by_person import resolve_by_person
from kassa.http_api.api import CONFLICT, NOT_FOUND, OK, an_id, caller, problem
from kassa.http_api.list_parameters import PLAIN_DIGITS
from kassa.orders.lifecycle import ATTEMPTS_MAX
from kassa.orders.resolutions import AttemptResolutionBody, ResolvedAttempt
from kassa.orders.store import Orders
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s

BUSY = {503: problem("Others keep changing the order: say it again after Retry-After seconds.")}

routes = Router()  # type: ignore[no-untyped-call]

OrderId = Annotated[str, an_id("The shop's own id, as it was sent.")]
Number = Annotated[
    int, Field(ge=1, le=ATTEMPTS_MAX), PLAIN_DIGITS, Path(description="The attempt's number.")
]


@routes.post(
    "/orders/<order_id>/attempts/<number>/resolve",
    operation_id="resolveAttempt",
    summary="Ask the gateway of an attempt, and say what became of it",
    tags=["orders"],
    responses=OK | NOT_FOUND | CONFLICT | BUSY,
)
def post_resolution(
    order_id: OrderId, number: Number, body: AttemptResolutionBody
) -> ResolvedAttempt:
    """Return what the gateway says; with an outcome, note that too, unless it contradicts."""
    left_s = time_left_s(routes.lambda_context)
    orders = Orders(settings().merchant_id)
    return resolve_by_person((order_id, number), body, caller(routes), orders, left_s)

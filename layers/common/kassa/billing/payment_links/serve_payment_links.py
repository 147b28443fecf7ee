"""The route by which a customer is sent the link to pay an order."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.billing.payment_links.send_payment_link import send_payment_link
from kassa.core.model import Model
from kassa.http_api.api import CONFLICT, NOT_FOUND, OK, an_id, caller, problem
from kassa.orders.views import RequestedLink
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s

BUSY = {503: problem("Others keep changing the order: ask again after Retry-After seconds.")}

routes = Router()  # type: ignore[no-untyped-call]

OrderId = Annotated[str, an_id("The shop's own id, as it was sent.")]


class LinkBody(Model):
    """Nothing is to be said: who is told, and how, stands with the order and the settings."""


@routes.post(
    "/orders/<order_id>/send-link",
    operation_id="sendPaymentLink",
    summary="Send a customer the link to pay an order",
    tags=["orders"],
    responses=OK | NOT_FOUND | CONFLICT | BUSY,
)
def post_link(order_id: OrderId, body: LinkBody) -> RequestedLink:
    """Have the order's customer told where they can pay it; repeated within minutes, once."""
    left_s = time_left_s(routes.lambda_context)
    return send_payment_link(order_id, settings().merchant_id, caller(routes), left_s)

"""POST /invoices/{number}/{action}: what a person decides about an issued document."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from kassa.billing.invoices.decide_invoice import InvoiceDecision, decide_invoice
from kassa.billing.invoices.parameters import InvoiceAction, Number
from kassa.billing.invoices.view import InvoiceView
from kassa.http_api.api import CONFLICT, NOT_FOUND, OK, answer, caller, resolver
from kassa.platform.telemetry import logger, time_left_s

api = resolver()


@api.post(
    "/invoices/<number>/<action>",
    operation_id="decideInvoice",
    summary="Void a document, or decide about what is owed of an invoice",
    responses=OK | NOT_FOUND | CONFLICT,
)
def post(number: Number, action: InvoiceAction, body: InvoiceDecision) -> InvoiceView:
    return decide_invoice((number, action), body, caller(api), time_left_s(api.lambda_context))


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return answer(api, event, context)

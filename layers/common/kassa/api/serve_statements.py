"""The route of a customer's statement of account: as JSON, as CSV, or as the letter they read."""

import base64
from enum import StrEnum
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from kassa.billing.statements.account import AccountStatement
from kassa.billing.statements.state_account import StatementRequest, state_account
from kassa.billing.statements.statement_csv import as_csv
from kassa.core.merchant import Merchant
from kassa.http_api.api import JSON, NAME_MAX, NOT_FOUND
from kassa.http_api.list_parameters import CalendarDay
from kassa.platform.settings import settings

routes = Router()  # type: ignore[no-untyped-call]


class Form(StrEnum):
    """How a statement is answered."""

    JSON = "json"
    CSV = "csv"
    PDF = "pdf"


CustomerId = Annotated[
    str, Path(description="The shop's id of the customer.", min_length=1, max_length=NAME_MAX)
]
From = Annotated[
    CalendarDay | None,
    Query(alias="from", description="The first day; without it, their first invoice's."),
]
Until = Annotated[CalendarDay | None, Query(description="The last day, included; today without.")]
Currency = Annotated[
    str | None,
    Query(description="Only this one, ISO 4217; a PDF is in one.", pattern="^[A-Z]{3}$"),
]
FormQuery = Annotated[Form, Query(alias="format", description="How it is answered.")]
TEXT: Any = {"schema": {"type": "string"}}
FILE: Any = {"schema": {"type": "string", "format": "binary"}}
ANSWER: Any = {
    200: {
        "description": "What was asked for.",
        "content": {
            JSON: {"model": AccountStatement},
            "text/csv": TEXT,
            "application/pdf": FILE,
        },
    }
}


@routes.get(
    "/customers/<customer_id>/statement",
    operation_id="getStatement",
    summary="A customer's account over some days: balances, movements, and what is open",
    tags=["receivables"],
    responses=ANSWER | NOT_FOUND,
)
def get_statement(
    customer_id: CustomerId,
    first: From = None,
    until: Until = None,
    currency: Currency = None,
    form: FormQuery = Form.JSON,
) -> Response[Any]:
    """Return it as of the end of the last day, by the merchant's calendar."""
    merchant = Merchant.from_settings(settings().model_dump())
    statement = state_account(merchant, StatementRequest(customer_id, first, until, currency))
    match form:
        case Form.JSON:
            return Response(200, JSON, statement)
        case Form.CSV:
            return _file("text/csv; charset=utf-8", as_csv(statement), f"{statement.until}.csv")
        case Form.PDF:
            from kassa.billing.statements import typeset_statement  # for PDFs alone: 0.3 s

            pdf = typeset_statement.typeset_statement(statement, merchant)
            text = base64.b64encode(pdf).decode()
            answer = _file("application/pdf", text, f"{statement.until}.pdf")
            answer.base64_encoded = True
            return answer


def _file(content_type: str, body: str, name: str) -> Response[Any]:
    headers = {"Content-Disposition": f'attachment; filename="statement-{name}"'}
    return Response(200, content_type, body, headers=headers)

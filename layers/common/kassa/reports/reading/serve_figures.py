"""The route that explains a figure of a report by the postings it is the sum of."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import Field

from kassa.http_api.api import NOT_FOUND, OK
from kassa.http_api.list_parameters import PLAIN_DIGITS, Account, Cursor, Gateway
from kassa.reports.reading.explain_figure import explain_figure
from kassa.reports.reading.figures import (
    POSTINGS_MAX,
    ExplainedFigure,
    FigureName,
    FigureRequest,
)
from kassa.reports.reading.parameters import ReportDay, ReportPeriod

routes = Router()  # type: ignore[no-untyped-call]

Figure = Annotated[FigureName, Path(description="Which figure of the transaction summary.")]
Currency = Annotated[
    str | None, Query(description="Only what is in it, ISO 4217.", pattern="^[A-Z]{3}$")
]
Limit = Annotated[
    int,
    Field(ge=1, le=POSTINGS_MAX),
    PLAIN_DIGITS,
    Query(description="How many postings at most."),
]


@routes.get(
    "/reports/<period>/<day>/figures/<figure>",
    operation_id="explainFigure",
    summary="The postings that a figure of a report is the sum of",
    tags=["reports"],
    responses=OK | NOT_FOUND,
)
def get_figure(
    period: ReportPeriod,
    day: ReportDay,
    figure: Figure,
    gateway: Gateway = None,
    account: Account = None,
    currency: Currency = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ExplainedFigure:
    """Return the figure with a page of its postings, from the files of the report's manifest.

    A period whose files take longer than half a minute is for `kassa report explain`.
    """
    return explain_figure(
        FigureRequest(
            figure=figure,
            day=day,
            period=period,
            gateway=gateway,
            account=account,
            currency=currency,
            cursor=cursor,
            limit=limit,
        )
    )

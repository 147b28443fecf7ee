"""The route that explains a figure of a report by the postings it is the sum of."""

from typing import Annotated

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import Field

from kassa.http_api.api import NOT_FOUND, OK
from kassa.http_api.list_parameters import PLAIN_DIGITS, Account, Cursor, Gateway, a_name
from kassa.reports.fees.contracts.regions import Region
from kassa.reports.reading.explain_figure import explain_figure
from kassa.reports.reading.figures import (
    POSTINGS_MAX,
    ExplainedFigure,
    FigureName,
    FigureRequest,
)
from kassa.reports.reading.parameters import ReportDay, ReportPeriod

routes = Router()  # type: ignore[no-untyped-call]

Figure = Annotated[
    FigureName,
    Path(description="Which figure: of the transaction summary, or `charged` of the fee analysis."),
]
Currency = Annotated[
    str | None, Query(description="Only what is in it, ISO 4217.", pattern="^[A-Z]{3}$")
]
Method = Annotated[str | None, a_name("Only what was paid by it, such as card; or unknown.")]
Brand = Annotated[str | None, a_name("Only what was paid by this brand of a method; or unknown.")]
Country = Annotated[
    str | None, a_name("Only payments from there, ISO 3166-1, as the report tells it; or unknown.")
]
Channel = Annotated[str | None, a_name("Only what was sold there, as orders say it; or unknown.")]
Product = Annotated[
    str | None, a_name("Only its share of each payment, as lines of orders name it; or unknown.")
]
Reason = Annotated[
    str | None, a_name("Only failed attempts for it, as the gateway calls it; or unknown.")
]
CardRegion = Annotated[
    Region | None, Query(description="Only what was charged for cards from there.")
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
    method: Method = None,
    brand: Brand = None,
    country: Country = None,
    channel: Channel = None,
    product: Product = None,
    region: CardRegion = None,
    reason: Reason = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ExplainedFigure:
    """Return the figure with a page of its postings, from the files of the report's manifest.

    A period whose files take longer than half a minute is for `kassa report explain`.
    """
    asked = {
        **{"figure": figure, "day": day, "period": period, "cursor": cursor, "limit": limit},
        **{"gateway": gateway, "account": account, "currency": currency},
        **{"method": method, "brand": brand, "region": region, "reason": reason},
        **{"country": country, "channel": channel, "product": product},
    }
    return explain_figure(FigureRequest.read(asked))

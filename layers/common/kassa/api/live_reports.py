"""The route of figures that go on: the merchant's day, as far as it went."""

from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.http_api.api import OK
from kassa.platform import clock
from kassa.reports.read_today import read_today
from kassa.reports.today import Today

routes = Router()  # type: ignore[no-untyped-call]


@routes.get(
    "/reports/today",
    operation_id="getToday",
    summary="Today's figures so far",
    tags=["reports"],
    responses=OK,
)
def get_today() -> Today:
    """Return the figures of the merchant's day, of all that is archived: seconds after booking."""
    return read_today(clock.now())

"""The route that has the report of a window built."""

from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.http_api.api import NOT_FOUND, OK
from kassa.platform import clock
from kassa.reports.reading.lists import ListedReport
from kassa.reports.windows.submit_window import submit_window
from kassa.reports.windows.window_request import WindowRequest

BUILT_LATER = {
    202: {
        "description": "It is being built; ask for its status.",
        "content": {"application/json": {"model": ListedReport}},
    }
}

routes = Router()  # type: ignore[no-untyped-call]


@routes.post(
    "/reports/window",
    operation_id="requestWindow",
    summary="Have the reports of a window built",
    tags=["reports"],
    responses=OK | BUILT_LATER | NOT_FOUND,
)
def post_window(body: WindowRequest) -> tuple[ListedReport, int]:
    """Build the reports of whole days, once: the same days again are answered with what stands.

    How long that takes depends on how much was booked; `GET /reports/window/{day}/status` says
    how it stands.
    """
    found, is_kept = submit_window(body, routes.lambda_context.function_name, clock.now())
    return found, 200 if is_kept else 202

"""Builds reports that are due, or one; explains a figure; alerts; compares archive and books."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.http_api.api import answer, resolver
from kassa.platform import clock
from kassa.platform.telemetry import logger, time_left_s
from kassa.reports.build_report import build_report
from kassa.reports.keep_current import keep_current
from kassa.reports.reading import serve_figures
from kassa.reports.reading.explain_figure import explain_figure
from kassa.reports.reading.figures import FigureRequest
from kassa.reports.report import ReportRequest
from kassa.reports.windows import serve_windows

api = resolver(serve_figures.routes, serve_windows.routes)


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    if "routeKey" in event:
        return answer(api, event, context)
    if "figure" in event:
        return explain_figure(FigureRequest.read(event)).model_dump(mode="json")
    if "day" in event:
        return build_report(ReportRequest.read(event), clock.now()).model_dump(mode="json")
    return keep_current(time_left_s(context)).model_dump(mode="json")

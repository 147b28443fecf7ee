"""What stood out: anomalies with their reasons, and whether somebody says that they are expected.

A mark is the API's own operation (the marks of anomalies): what it is about is decided there.
"""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.audit.trail import Actor
from kassa.console.days import beside, days_until
from kassa.console.pages import alerts as alerts_page
from kassa.console.pages.band_chart import FIGURE_OF, Usual, chart
from kassa.console.render import page, redirect
from kassa.console.visit import time_zone, visit_of
from kassa.core.errors import InvalidRequest
from kassa.core.periods import day_of
from kassa.platform import clock
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.settings import settings
from kassa.platform.telemetry import time_left_s
from kassa.reports.anomalies.finding import Finding
from kassa.reports.anomalies.look_up import found_on, look_up
from kassa.reports.anomalies.store import Marks
from kassa.reports.reading.store import read_days, read_days_like

routes = Router()  # type: ignore[no-untyped-call]
DAYS = 14  # that one page goes back
RESERVE_S = 1.0  # kept back for answering
MARK = "/console/alerts/<anomaly_id>/mark"


@routes.get("/console/alerts")
def get_alerts() -> Response[str]:
    """Show what stood out on the last two weeks, or on those before a day, newest first."""
    visit, zone = visit_of(routes), time_zone()
    today = day_of(clock.now(), str(zone))
    days = days_until(visit.query, today, DAYS)
    entered = Marks(settings().merchant_id).read()
    shown: dict[str, Any] = {
        "days": [
            (
                visit.texts.day(day),
                [alerts_page.row(one, entered.of(one.anomaly_id), visit.texts, zone) for one in of],
            )
            for day, of in found_on(days).items()
            if of
        ],
        "alerts_a_day": entered.alerts_a_day,
        **beside(days, today, visit.texts),
    }
    return page(visit, "alerts.html", "alerts", **shown)


@routes.get("/console/alerts/<anomaly_id>")
def get_alert(anomaly_id: str) -> Response[str]:
    """Show an anomaly with its reasons, its figure beside what is usual, and what is behind it."""
    visit, finding = visit_of(routes), look_up(anomaly_id)
    mark = Marks(settings().merchant_id).read().of(anomaly_id)
    shown = alerts_page.shown(finding, mark, visit.texts, time_zone())
    more: dict[str, Any] = {
        "chart": chart(finding, _usual(finding), visit.texts),
        "may_mark": visit.may(f"POST {MARK}"),
    }
    return page(visit, "alert.html", "alerts", **shown, **more)


@routes.post(MARK)
def post_mark(anomaly_id: str) -> Response[str]:
    """Say that an anomaly is expected, or that it isn't."""
    visit, finding = visit_of(routes), look_up(anomaly_id)
    stated, reason = visit.form.get("is_expected", ""), visit.form.get("reason", "")
    if stated not in ("yes", "no"):
        raise InvalidRequest("is_expected: choose one of those that are offered")
    marks, by = Marks(settings().merchant_id), Actor.of(visit.signed_in.caller)
    left_s = time_left_s(routes.lambda_context)
    retry_on_conflict(lambda: marks.mark(finding, stated == "yes", reason, by), left_s, RESERVE_S)
    return redirect(f"/console/alerts/{anomaly_id}")


def _usual(finding: Finding) -> Usual:
    """Return the same weekday's summaries of weeks before, where the anomaly has such a figure."""
    if finding.kind not in FIGURE_OF or finding.currency is None:
        return Usual((), None)
    day = finding.found_on
    before = reversed(read_days_like(day))
    return Usual(tuple(before), next(iter(read_days([day])), None))

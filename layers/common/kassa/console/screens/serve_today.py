"""Today's screen: what is read for it."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.console.help import tour_store
from kassa.console.pages import today as today_page
from kassa.console.pages.today import DayRead
from kassa.console.reading.read_dead_letters import dead_letters
from kassa.console.reading.read_first_steps import read_first_steps
from kassa.console.render import page
from kassa.console.visit import time_zone, visit_of
from kassa.core.periods import day_of
from kassa.disputes.store import Disputes
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings
from kassa.refunds.lists import RefundQueues
from kassa.reports.anomalies import alerted_store
from kassa.reports.reading.store import read_days_like, read_today

routes = Router()  # type: ignore[no-untyped-call]
WAITING_MAX = 30  # of those that wait, so many are read; beyond, the page says "more"


@routes.get("/console")
def get_today() -> Response[str]:
    """Show the day so far, what waits for a person, and what stood out; at first, what to do."""
    visit, now, merchant_id = visit_of(routes), clock.now(), settings().merchant_id
    day = day_of(now, str(time_zone()))
    waiting = RefundQueues().to_decide(PageRequest(None, WAITING_MAX))
    alerts = alerted_store.days(merchant_id, [day])[day].alerts
    read = DayRead(
        today=read_today(now),
        waiting=waiting.cases,
        has_more=waiting.has_more,
        like=tuple(read_days_like(day)),
        alerts=tuple((one.finding, one.alerted_at) for one in alerts),
        dead=sum(one.waiting for one in dead_letters()),
        disputes=Disputes(merchant_id).unanswered(WAITING_MAX),
    )
    shown = today_page.shown(read, visit.texts, now, time_zone())
    shown["first_steps"] = read_first_steps(now)
    shown["tour"] = tour_store.steps_for(visit.signed_in.person.person_id)
    return page(visit, "today.html", "today", **shown)

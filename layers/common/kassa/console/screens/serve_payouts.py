"""Payouts: what gateways sent to the bank, day by day, and one with its events and postings."""

from datetime import timedelta

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from kassa.console.days import beside, days_until
from kassa.console.pages import payouts as payout_page
from kassa.console.pages.payments.payment import PaymentRead
from kassa.console.render import page
from kassa.console.visit import time_zone, visit_of
from kassa.core.periods import day_of
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.lists.events import EventLists
from kassa.platform import clock
from kassa.reports.reading.store import read_days

routes = Router()  # type: ignore[no-untyped-call]
DAYS = 28  # that one page goes back
CLEARING_DAYS = 90  # whose reports say what is still in clearing


@routes.get("/console/payouts")
def get_payouts() -> Response[str]:
    """Show what was paid out on four weeks, as each day's report has it, newest first."""
    visit, zone = visit_of(routes), time_zone()
    today = day_of(clock.now(), str(zone))
    if visit.query.get("show") == "clearing":
        newest_first = (today - timedelta(days=n) for n in range(1, CLEARING_DAYS + 1))
        tiles = payout_page.clearing(read_days(newest_first), today, visit.texts)
        count = visit.texts.number(CLEARING_DAYS)
        return page(visit, "clearing.html", "payouts", tiles=tiles, days=count)
    days = days_until(visit.query, today, DAYS)
    rows = payout_page.rows(read_days(days), visit.texts)
    return page(visit, "payouts.html", "payouts", rows=rows, **beside(days, today, visit.texts))


@routes.get("/console/payouts/<gateway>/<account>/<payout_id>")
def get_payout(gateway: str, account: str, payout_id: str) -> Response[str]:
    """Show a payout: how it stands, and each event that reported it with what it moved."""
    visit, kind = visit_of(routes), SubjectKind.PAYOUT
    subject = Subject(gateway=gateway, account=account, kind=kind, subject_id=payout_id)
    history = EventLists().history(subject)
    read = PaymentRead(subject, history.state, history.headroom_minor, history.events)
    shown = payout_page.shown(read, visit.texts, time_zone())
    return page(visit, "payout.html", "payouts", **shown)

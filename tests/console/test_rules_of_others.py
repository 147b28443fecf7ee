"""Routes and reminders in the console: all that they can say goes through their forms."""

import html

import pytest

from kassa.billing.reminders.policy.store import SavedReminderPolicies
from kassa.checkout.routing.store import SavedRoutes
from tests.support.console_pages import opened as opened
from tests.support.rule_writer import Writer
from tests.support.rule_writer import finance as finance

pytestmark = pytest.mark.usefixtures("opened", "stack")


def test_routes_are_written_tried_and_saved(finance: Writer) -> None:
    finance.begin("routes")
    row = {
        "route.0.gateway": "stripe", "route.0.account": "main", "route.0.methods": "card",
        "route.0.currencies": "EUR, USD", "route.0.deny": "RU", "route.0.permille": "14.5",
        "route.0.fixed": "0.25 EUR", "route.0.priority": "5",
    }  # fmt: skip
    finance.act("write", "routes", **row)
    assert "14.5 ‰ + 0.25 EUR" in finance.draft("routes").text
    tried = finance.get(
        f"/console/rules/routes/{finance.person_id}/try?amount=100.00+EUR&country=FI"
    )
    assert "costs 1.70 EUR" in tried.text
    assert finance.get(f"/console/rules/routes/{finance.person_id}/try?amount=x").status == 400
    assert finance.act("save", "routes", **row).status == 303

    newest = SavedRoutes("main").newest()
    assert newest is not None
    assert newest.saved_by == finance.person_id
    assert str(newest.routes[0].cost.permille if newest.routes[0].cost else "") == "14.5"
    assert "Fina" in finance.get("/console/rules/routes").text
    finance.begin("routes")
    assert "This says the same as the newest version." in finance.draft("routes").text


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("gateway", "nobody", "opens no pages"),
        ("methods", "cash", "routes.0.methods"),
        ("currencies", "euro", "routes.0.currencies"),
        ("permille", "x", "must be a whole number"),
        ("fixed", "1", "routes.0.cost"),
        ("priority", "x", "routes.0.priority"),
    ],
)
def test_a_route_that_cant_be_is_named_at_its_row(
    finance: Writer, field: str, value: str, says: str
) -> None:
    finance.begin("routes")
    row = {"route.0.gateway": "stripe", f"route.0.{field}": value}
    finance.act("write", "routes", **row)
    body = finance.draft("routes").body

    assert says in html.unescape(body.partition('class="ruled wrong"')[2])
    finance.act("save", "routes", **row)
    assert SavedRoutes("main").newest() is None


FEES = {
    "fee.0.name": "recovery", "fee.0.currency": "EUR", "fee.0.after_days": "1",
    "fee.0.fixed": "40.00 EUR", "fee.0.buyers": "businesses",
    "fee.1.name": "by-amount", "fee.1.currency": "USD", "fee.1.after_days": "21",
    "fee.1.tiers": "up to 100.00 USD: 5.00 USD; 15.00 USD", "fee.1.buyers": "all",
    "fee_caps": "50.00 EUR", "interest_annual_percent": "10.15", "interest_from_days": "1",
    "interest_buyers": "businesses", "interest_least": "1.00 EUR",
    "abandoned_after_hours": "24", "abandoned_until_hours": "72",
    "thresholds": "5.00 EUR, 500 JPY", "due_from": "2026-11-01",
    "window_days": "mon, fri",
}  # fmt: skip


def test_all_that_reminders_can_say_goes_through_the_form(finance: Writer) -> None:
    finance.begin("reminders")
    finance.act("write", "reminders", **(finance.form("reminders") | FEES))
    shown = finance.draft("reminders")
    assert "nothing is wrong with it" in shown.text, shown.text
    finance.act("save", "reminders", **finance.form("reminders"))

    saved = SavedReminderPolicies("main").newest()
    assert saved is not None
    assert saved.saved_by == finance.person_id
    assert [fee.name for fee in saved.late_fees] == ["recovery", "by-amount"]
    assert len(saved.late_fees[1].tiers) == 2
    assert saved.interest is not None
    assert str(saved.interest.annual_percent) == "10.15"
    assert saved.abandoned is not None
    assert len(saved.window.days) == 2
    finance.begin("reminders")
    assert "This says the same as the newest version." in finance.draft("reminders").text
    tried = finance.get(f"/console/rules/reminders/{finance.person_id}/try")
    assert "Nobody would have been reminded." in tried.text
    assert "recovery" in finance.get("/console/rules/reminders").text


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("step.0.days", "x", "isn't a whole number"),
        ("step.0.name", "A B", "can't be a name"),
        ("fee.0.fixed", "40", "isn't an amount"),
        ("window_from", "9", "isn't a time like 09:00"),
        ("interest_annual_percent", "x", "isn't a percentage"),
    ],
)
def test_reminders_that_cant_be_are_named_where_they_stand(
    finance: Writer, field: str, value: str, says: str
) -> None:
    finance.begin("reminders")
    finance.act("write", "reminders", **(finance.form("reminders") | FEES | {field: value}))

    assert says in finance.draft("reminders").text
    finance.act("save", "reminders")
    assert SavedReminderPolicies("main").newest() is None

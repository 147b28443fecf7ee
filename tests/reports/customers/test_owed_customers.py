"""What a month's report of customers keeps of receivables: as they were at the month's end."""

from datetime import UTC, date, datetime

from kassa.billing.receivables.receivable import EntryKind
from kassa.core.periods import Period, PeriodKind
from kassa.reports.customers.store import inputs
from tests.support.aws_stack import FakeClock, Stack
from tests.support.open_invoices import enter, issue

DECEMBER = Period.of(date(2026, 12, 1), "UTC", PeriodKind.MONTHLY)


def test_what_is_kept_is_what_was_owed_when_the_month_ended(
    stack: Stack, fake_clock: FakeClock
) -> None:
    late = issue(50_00, "A-1")  # due on 5 December
    issue(20_00, "A-2", due_on=date(2027, 1, 15))
    fake_clock.at = datetime(2027, 1, 1, 1, tzinfo=UTC)
    kept = inputs(DECEMBER)

    (ageing,) = kept["ageing"]
    assert kept["as_of"] == "2026-12-31"
    owed = {name: minor for name, minor in ageing.items() if minor and name != "currency"}
    assert owed == {"not_due_minor": 20_00, "days_1_30_minor": 50_00, "open_minor": 70_00}

    paid_at = datetime(2027, 1, 2, 9, tzinfo=UTC)
    enter(late, EntryKind.SETTLED, 50_00, "pi_1", paid_at)
    fake_clock.at = datetime(2027, 1, 3, 1, tzinfo=UTC)
    assert inputs(DECEMBER) == kept


def test_while_a_month_goes_on_it_is_yesterday_s(stack: Stack, fake_clock: FakeClock) -> None:
    fake_clock.at = datetime(2026, 12, 9, 1, tzinfo=UTC)

    assert inputs(DECEMBER) == {"as_of": "2026-12-08", "ageing": []}

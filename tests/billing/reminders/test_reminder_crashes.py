"""send_reminders that dies at a side effect, loses races or comes twice: told once all the same."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import time, timedelta
from typing import Any

import pytest

from kassa.billing.receivables.receivable import EntryKind, Receivable
from kassa.billing.receivables.store import Receivables
from kassa.billing.reminders.store import Reminded, Stage
from kassa.core.errors import NotPublished
from kassa.platform import aws
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.crashes import WRITES, Crash, Effects
from tests.support.open_invoices import issue, pay
from tests.support.reminders import DUE, OPERATOR, handle, pause, published_facts, rule, run

FIRST, SECOND = "2026-00000001", "2026-00000002"
DAY = timedelta(days=1)
FEE = {"name": "recovery", "currency": "EUR", "after_days": 1, "fixed": "40.00 EUR"}
K = EntryKind
SIDE_EFFECTS = {*WRITES, "put_events", "put_object"}


class Counted:
    """A client whose side effects are counted, and at one of which the process ends."""

    def __init__(self, client: Any, effects: Effects) -> None:
        self._client, self._effects = client, effects

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        return self._counted(name, call) if name in SIDE_EFFECTS else call

    def _counted(self, name: str, call: Any) -> Any:
        def write(**arguments: Any) -> Any:
            self._effects.before(name)
            try:
                return call(**arguments)
            finally:
                self._effects.after()

        return write


@contextmanager
def effects(crash_at: int = 0, is_done: bool = False) -> Iterator[Effects]:
    counted = Effects(crash_at, is_done)
    services = ("dynamodb", "events", "s3")
    aws.install({name: Counted(aws.client(name), counted) for name in services})
    try:
        yield counted
    finally:
        aws.install({})


@pytest.fixture
def owed(stack: Stack) -> Stack:
    """Let two customers owe an invoice each, of which late fees and interest are charged."""
    rule(late_fees=[FEE], interest={"annual_percent": 10}, abandoned={"after_hours": 1})
    issue(3650_00, "first", due_on=DUE)
    issue(3650_00, "second", customer_id="customer-2", due_on=DUE)
    stack.published()
    return stack


def receivable(number: str) -> Receivable:
    return Receivables("main").of_number(number).receivable


def ends(stack: Stack, fake_clock: FakeClock) -> tuple[Any, ...]:
    """Run once more, hours later; return all that was published, each once, and what is owed."""
    run(fake_clock, DUE + 3 * DAY, time(12))
    facts: dict[str, Any] = {}
    for one in stack.published():
        fact_id, detail = one["detail"]["metadata"]["fact_id"], one["detail"]["data"]
        assert facts.setdefault(fact_id, detail) == detail  # the same, word for word
    said = sorted((one["fact"], str(one.get("customer_id"))) for one in facts.values())
    amounts = sorted(str(one.get("amounts")) for one in facts.values())
    return said, amounts, [receivable(one).open_minor for one in (FIRST, SECOND)]


@pytest.mark.parametrize("is_done", [False, True])
def test_whatever_it_dies_at_each_is_told_and_charged_once(
    stack: Stack, fake_clock: FakeClock, is_done: bool
) -> None:
    wanted: tuple[Any, ...] | None = None
    for crash_at in range(40):
        died = crashed_run(stack, fake_clock, crash_at, is_done)
        found = ends(stack, fake_clock)
        wanted = wanted or found
        assert found == wanted, f"died at effect {crash_at}"
        if crash_at and not died:
            break
    assert crash_at > 12  # each write, each publication and each record
    assert [one[0] for one in wanted[0]].count("ReminderDue") == 2


def crashed_run(stack: Stack, fake_clock: FakeClock, crash_at: int, is_done: bool) -> bool:
    """Begin anew with an empty table, and let a run die; tell whether it did."""
    empty(stack)
    rule(late_fees=[FEE], interest={"annual_percent": 10})
    issue(3650_00, "first", due_on=DUE)
    issue(3650_00, "second", customer_id="customer-2", due_on=DUE)
    stack.published()
    try:
        with effects(crash_at, is_done):
            run(fake_clock, DUE + 3 * DAY)
    except Crash:
        return True
    return False


def empty(stack: Stack) -> None:
    client = aws.client("dynamodb")
    for item in stack.items():
        client.delete_item(TableName=stack.table, Key={name: item[name] for name in ("PK", "SK")})


def test_the_bus_that_takes_nothing_ends_the_run_and_all_is_told_by_the_next(
    owed: Stack, fake_clock: FakeClock
) -> None:
    class Refusing:
        def put_events(self, Entries: list[dict[str, str]]) -> dict[str, Any]:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "Throttled"}]}

    aws.install({"events": Refusing()})
    with pytest.raises(NotPublished):
        run(fake_clock, DUE)
    aws.install({})
    run(fake_clock, DUE, time(10))

    assert sorted(one["customer_id"] for one in published_facts(owed)) == [
        "customer-1",
        "customer-2",
    ]


def test_runs_at_once_tell_each_customer_once(owed: Stack, fake_clock: FakeClock) -> None:
    run(fake_clock, DUE - 5 * DAY)  # nothing is due
    fake_clock.at += 8 * DAY
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: handle(Context()), range(6)))
    run(fake_clock, DUE + 3 * DAY, time(12))

    facts = [one["detail"]["metadata"]["fact_id"] for one in owed.published()]
    assert len({one for one in facts if "rem_" in one}) == 2
    fees = [one for one in receivable(FIRST).entries if one.kind is K.LATE_FEE]
    assert len(fees) == 1


def test_a_run_whose_time_is_over_goes_on_in_the_next_hour(
    stack: Stack, fake_clock: FakeClock
) -> None:
    rule()
    for number in range(100):
        issue(10_00, f"s{number}", customer_id=f"customer-{number}", due_on=DUE)
    stack.published()

    class Running(Context):
        """Has time for some customers, and then for none."""

        calls = 0

        def get_remaining_time_in_millis(self) -> int:
            self.calls += 1
            return 60_000 if self.calls < 60 else 5_000

    fake_clock.at = fake_clock.at.replace(month=12, day=5, hour=9)
    first = handle(Running())["reminded"]
    run(fake_clock, DUE, time(10))
    again = run(fake_clock, DUE, time(11))

    assert 40 < first < 80
    assert again["reminded"] == 0
    assert len({one["customer_id"] for one in published_facts(stack)}) == 100


def test_what_is_paid_between_the_record_and_its_charges_is_neither_charged_nor_told(
    owed: Stack, fake_clock: FakeClock
) -> None:
    try:
        with effects(crash_at=1, is_done=True):
            run(fake_clock, DUE + 3 * DAY)
    except Crash:
        pay(FIRST, 3650_00, "p1")
    run(fake_clock, DUE + 3 * DAY, time(12))

    assert [one["customer_id"] for one in published_facts(owed)] == ["customer-2"]
    assert [one.kind for one in receivable(FIRST).entries] == [K.ISSUED, K.SETTLED]
    [dropped] = Reminded("main").reminders_of("customer-1")
    assert dropped.stage is Stage.DROPPED


def test_a_pause_that_is_said_while_a_customer_is_decided_of_wins(
    owed: Stack, fake_clock: FakeClock
) -> None:
    class Racing(Counted):
        """Lets a person pause the customer just before their reminder is written."""

        def __getattr__(self, name: str) -> Any:
            if name == "transact_write_items" and not self._effects.seen:
                self._effects.seen.append(name)
                aws.install({})
                pause(until=DUE + 9 * DAY, customer_id="customer-1")
            return getattr(self._client, name)

    aws.install({"dynamodb": Racing(aws.client("dynamodb"), Effects())})
    fake_clock.at = fake_clock.at.replace(month=12, day=5)
    counts = handle(Context())

    assert (counts["reminded"], counts["failed"]) == (1, 1)
    assert [one["customer_id"] for one in published_facts(owed)] == ["customer-2"]
    run(fake_clock, DUE, time(12))
    assert published_facts(owed) == []


def test_what_one_customer_fails_at_keeps_no_other_and_is_tried_again(
    owed: Stack, fake_clock: FakeClock
) -> None:
    key = {"PK": {"S": "REMINDERS#main#customer-1"}, "SK": {"S": "CUSTOMER"}}
    spoilt = {"version": {"N": "1"}, "document": {"S": '{"reminded_on": "nonsense"}'}}
    aws.client("dynamodb").put_item(TableName=owed.table, Item=key | spoilt)
    counts = run(fake_clock, DUE)
    aws.client("dynamodb").delete_item(TableName=owed.table, Key=key)
    again = run(fake_clock, DUE, time(12))

    assert (counts["reminded"], counts["failed"]) == (1, 1)
    assert (again["reminded"], again["failed"]) == (1, 0)
    assert OPERATOR.name not in str(published_facts(owed))

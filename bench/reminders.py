"""Measures a day's run of reminders over 100,000 open invoices of 20,000 customers.

The table is made up as it is read, so what is measured is the run's own memory. Requests are
counted; how long they take is the network's.
"""

import os
import resource
import time
from bisect import bisect_right
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bench.row import Row
from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.record import Entry as NumberEntry
from kassa.billing.numbering.record import hashed, text_of
from kassa.billing.receivables.items import Terms, fields_of, to_be_paid
from kassa.billing.reminders.policy.model import DEFAULT_STEPS, ReminderPolicy, Window
from kassa.billing.reminders.send_reminders import send_reminders
from kassa.core import stored
from kassa.platform import aws, clock, keys, table
from tests.support.fake_clock import FakeClock

INVOICES = int(os.environ.get("BENCH_OPEN_INVOICES", "100_000"))
CUSTOMERS = max(INVOICES // 5, 1)
NOW = datetime(2026, 12, 10, 9, tzinfo=UTC)
DAYS = 50  # over which they are due, around today
PAGE = 100


def measure() -> list[Row]:
    """Return what a run reads and writes for each invoice and reminder, and its memory."""
    os.environ |= {"TABLE_NAME": "bench", "BUS_NAME": "bench", "MERCHANT_ID": "main"}
    made = _Table()
    aws.install({"dynamodb": made, "events": _Bus()})
    clock.install(FakeClock(NOW))
    before_mib, began = _peak_mib(), time.process_time()
    counts = send_reminders(lambda: 900.0)
    cpu_s, peak_mib = time.process_time() - began, _peak_mib() - before_mib
    aws.install({})
    clock.install(None)
    name = f"reminders: {INVOICES:,} open invoices of {CUSTOMERS:,} customers"
    reads = made.calls["query"] + made.calls["batch_get_item"] + made.calls["get_item"]
    reminded = max(counts["reminded"], 1)
    listed = (
        -(-INVOICES // PAGE) * 2 + CUSTOMERS // PAGE
    )  # pages of the index, of what they lead to
    writes = made.calls["transact_write_items"] + made.calls["update_item"]
    return [
        Row(f"{name}: reminded", counts["reminded"], "customers"),
        Row(f"{name}: reads to list them", float(listed), "requests"),
        Row(f"{name}: reads of each reminder", (reads - listed) / reminded, "requests", 9.0),
        Row(f"{name}: writes of each reminder", writes / reminded, "requests", 2.0),
        Row(f"{name}: CPU", cpu_s, "s"),
        Row(f"{name}: memory", peak_mib, "MiB", 150.0),
    ]


class _Bus:
    """A bus that takes all."""

    def put_events(self, Entries: list[dict[str, str]]) -> dict[str, Any]:
        """Take facts."""
        return {"FailedEntryCount": 0, "Entries": [{} for _ in Entries]}


class _Table:
    """A table whose invoices are made up when they are read, and that forgets what is written."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        today = NOW.date()
        due = (_due_on(number, today) for number in range(1, INVOICES + 1))
        self._order = sorted((str(on), number) for number, on in enumerate(due, start=1))

    def query(self, **request: Any) -> dict[str, Any]:
        """Return a page of open invoices, the policy, or nothing."""
        self.calls["query"] += 1
        values = request["ExpressionAttributeValues"]
        if ":partition" in values:
            return {"Items": [table.typed(_policy())]}
        if values.get(":queue", {}).get("S") != keys.open_invoices("main"):
            return {"Items": []}
        start = int(request.get("ExclusiveStartKey", {}).get("at", {}).get("N", "0"))
        end = bisect_right(self._order, (values[":end"]["S"], 0))
        page = self._order[start : min(start + PAGE, end)]
        found = [table.key(keys.invoice("main", "2026", number)) for _, number in page]
        more = {"LastEvaluatedKey": {"at": {"N": str(start + PAGE)}}} if start + PAGE < end else {}
        return {"Items": found} | more

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:
        """Return invoices; of all else there is nothing."""
        self.calls["batch_get_item"] += 1
        wanted = [one["PK"]["S"] for one in RequestItems["bench"]["Keys"]]
        numbers = [int(one.rpartition("#")[2]) for one in wanted if one.startswith("INVOICE#")]
        return {"Responses": {"bench": [table.typed(_invoice(one)) for one in numbers]}}

    def get_item(self, **_: Any) -> dict[str, Any]:
        """Return nothing."""
        self.calls["get_item"] += 1
        return {}

    def __getattr__(self, name: str) -> Any:
        def write(**_: Any) -> dict[str, Any]:
            self.calls[name] += 1
            return {}

        return write


def _due_on(number: int, today: date) -> date:
    return today + timedelta(days=number * 7919 % DAYS - DAYS + 5)


def _invoice(number: int) -> table.Item:
    today = NOW.date()
    due_on = _due_on(number, today)
    of = NumberEntry(
        kind=DocumentKind.INVOICE,
        source_id=f"order:main:order-{number}",
        currency="EUR",
        gross_minor=100_00,
        customer_id=f"customer-{number % CUSTOMERS}",
        order_id=f"order-{number}",
        merchant_id="main",
        series="2026",
        number=number,
        issued_on=due_on - timedelta(days=14),
    )
    at = datetime.combine(of.issued_on, datetime.min.time(), UTC)
    text = text_of(of)
    return {
        **keys.invoice("main", "2026", number)._asdict(),
        **{"entry": text, "entry_hash": hashed(text), "documents": {}, "language": "en"},
        **fields_of(of, to_be_paid(of, Terms(due_on), at)),
    }


def _policy() -> table.Item:
    policy = ReminderPolicy(
        version=1, saved_at=NOW, saved_by="bench", steps=DEFAULT_STEPS, window=Window()
    )
    document = stored.text(policy, by_alias=True, exclude_none=True)
    return {"PK": "P", "SK": "V", "version": 1, "document": document}


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    for row in measure():
        print(row)

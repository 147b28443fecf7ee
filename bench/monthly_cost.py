"""What Kassa costs a month, idle included: counted calls and units times AWS's list prices.

`python -m bench.monthly_cost` prints the table; with `--write` it also goes into docs/cost.md.

Counted here, on our own table in memory: write units, table calls, facts and log bytes of booking
a payment's reference lifecycle, of an order's page and of refunds by policy and by a person.
Counted in template.yaml: alarms, dashboards, schedules, and each function's memory. Taken, and said
in the page: how long functions run, what lies in storage, how many custom metrics there are.

List prices of us-east-1 on demand, without free tier and tax, as of 2026-11.
"""

import argparse
import io
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import NamedTuple

from bench import cost, refunds
from tests.support.template import resources, value

PAGE = Path(__file__).parents[1] / "docs" / "cost.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
PAYMENTS = (0, 1_000, 10_000, 100_000, 1_000_000)  # a month
MONTH_S = 30 * 24 * 3600

USD = {  # each
    "HTTP API request": 1.00e-6,
    "Lambda request": 0.20e-6,
    "Lambda GB-second": 16.6667e-6,
    "SQS request": 0.40e-6,
    "EventBridge fact": 1.00e-6,
    "DynamoDB write unit": 0.625e-6,
    "DynamoDB read unit": 0.125e-6,
    "DynamoDB GB-month, restorable": 0.25 + 0.20,
    "S3 PUT": 5.00e-6,
    "S3 GB-month": 0.023,
    "log GB": 0.50 + 0.03,
    "custom metric": 0.30,
    "alarm": 0.10,
    "composite alarm": 0.50,
    "dashboard": 3.00,
    "secret": 0.40,
    "secret read": 0.05 / 10_000,
}
REFUNDED, BY_PEOPLE = 0.10, 0.02  # shares of payments; the reference lifecycle refunds one in ten
METRICS = 60  # custom metrics with their dimensions, for two gateway accounts
SECRETS = 6  # webhook and API secret of two gateway accounts; two that the stack draws itself
PAYMENT_KB, RAW_KB, PDF_KB = 9.0, 6.0, 60.0  # what a payment leaves in table, archive and documents
INVOICE_UNITS = 8  # series, number and pointer in one transaction, then its document
LOG_KB = 6.0  # of the functions beside booking
ANSWERING_S = 0.6  # waiting for a gateway's answer to a page or a refund
PER_RUN_S = {  # how long a run takes at the memory the template gives, network included
    "ReceiveWebhookFunction": 0.020,
    "BookEventFunction": 0.30,  # a batch of ten
    "GenerateInvoiceFunction": 0.35,
    "ArchiveFactsFunction": 0.90,  # a batch
    "OpenCheckoutFunction": ANSWERING_S + 0.1,
    "TrackOrderFunction": 0.10,
    "ApproveRefundFunction": 0.10,
    "DecideRefundFunction": 0.10,
    "PayRefundFunction": ANSWERING_S + 0.1,
    "WatchGatewaysFunction": 8.0,
    "BuildReportFunction": 20.0,
    "TypesetReportFunction": 6.0,
    "BuildHandoverFunction": 1.0,  # most find that the archive stands
    "ServeApiFunction": 0.10,
    "AuthorizeApiFunction": 0.02,
}
FACTS_A_BATCH, EVENTS_A_BATCH = 50, 10
WATCHES, REPORTS, HANDOVERS = MONTH_S / 300, 30, 3 * 24
LOOKS, LOOK_S, LOOK_UNITS = MONTH_S / 900, 0.5, 45  # at the day that goes on, and what is due
CHECK_S, CHECK_UNITS = 0.001, 1.5  # the archive beside the books: of a payment, and of an event
COLD_READS = 5_000  # a secret is read once in five minutes by each warm environment


class Line(NamedTuple):
    """How much of what is used a month."""

    what: str
    amount: float

    @property
    def usd(self) -> float:
        """Return what that costs."""
        return self.amount * USD[self.what]


class Counted(NamedTuple):
    """What one payment uses, as counted."""

    events: float
    write_units: float
    read_units: float
    facts: float
    log_kb: float
    refund_units: float
    order_units: float


def counted() -> Counted:
    """Count what booking, an order and refunds use, for one payment of the reference lifecycle."""
    with redirect_stdout(io.StringIO()):
        booked = cost.counted()
        policy, person = refunds.counted()
        order_units = float(_order_units())
    refund_units = REFUNDED * ((1 - BY_PEOPLE) * policy.units + BY_PEOPLE * person.units)
    return Counted(
        events=booked["events"],
        write_units=booked["units"] * booked["events"],
        read_units=2 * booked["events"],
        facts=booked["facts"] * booked["events"] + REFUNDED * policy.facts + 1,
        log_kb=booked["log_bytes"] * booked["events"] / 1000 + LOG_KB,
        refund_units=refund_units,
        order_units=order_units,
    )


def _order_units() -> int:
    """Return the write units of an order that gets its page and is paid."""
    from tests.support.order_scene import opened

    with opened() as scene:
        scene.post()
        page_units = scene.store.write_units
        facts = scene.capture("north", "pay_1")
        booked_units = scene.store.write_units
        scene.track(*facts)
        return page_units + scene.store.write_units - booked_units


def idle() -> Iterator[Line]:
    """Yield what a month costs in which nothing happens."""
    yield Line("alarm", len(resources("CloudWatch::Alarm")))
    yield Line("composite alarm", len(resources("CloudWatch::CompositeAlarm")))
    yield Line("dashboard", len(resources("CloudWatch::Dashboard")))
    yield Line("custom metric", METRICS)
    yield Line("secret", SECRETS)
    yield Line("secret read", COLD_READS)
    yield Line("Lambda request", WATCHES + LOOKS + HANDOVERS)
    looked_s = LOOKS * LOOK_S * _gb_s("BuildReportFunction") / PER_RUN_S["BuildReportFunction"]
    yield Line("Lambda GB-second", looked_s)
    yield Line("DynamoDB read unit", LOOKS * LOOK_UNITS)
    yield Line("S3 PUT", LOOKS * 2)  # the lists of a day's tallies cost as much
    yield Line("Lambda GB-second", WATCHES * _gb_s("WatchGatewaysFunction"))
    yield Line("Lambda GB-second", REPORTS * _gb_s("BuildReportFunction"))
    yield Line("Lambda GB-second", REPORTS * _gb_s("TypesetReportFunction"))
    yield Line("Lambda GB-second", HANDOVERS * _gb_s("BuildHandoverFunction"))
    yield Line("SQS request", len(resources("Lambda::EventSourceMapping")) * 3 * MONTH_S / 20)
    yield Line("DynamoDB read unit", WATCHES * 20)


def used(payments: int, one: Counted) -> Iterator[Line]:
    """Yield what so many payments a month use; storage is that of a year of such months."""
    events, facts = one.events * payments, one.facts * payments
    called, refunded = payments, REFUNDED * payments
    yield Line("HTTP API request", events + called + refunded * (1 + BY_PEOPLE))
    runs = {
        "ReceiveWebhookFunction": events,
        "BookEventFunction": events / EVENTS_A_BATCH,
        "GenerateInvoiceFunction": payments,
        "ArchiveFactsFunction": facts / FACTS_A_BATCH,
        "OpenCheckoutFunction": called,
        "TrackOrderFunction": 2 * called,
        "ApproveRefundFunction": refunded,
        "DecideRefundFunction": refunded * BY_PEOPLE,
        "PayRefundFunction": 3 * refunded,
        "AuthorizeApiFunction": called + refunded,
    }
    yield Line("Lambda request", sum(runs.values()))
    yield Line("Lambda GB-second", sum(n * _gb_s(name) for name, n in runs.items()))
    checked_s = CHECK_S * _gb_s("BuildReportFunction") / PER_RUN_S["BuildReportFunction"]
    yield Line("Lambda GB-second", payments * checked_s)
    yield Line("DynamoDB read unit", events * CHECK_UNITS)
    queued = events * (1 + 2 / EVENTS_A_BATCH) + facts * 2.2 + 3 * (2 * called + 3 * refunded)
    yield Line("SQS request", queued + 3 * payments)
    yield Line("EventBridge fact", facts)
    answered = 2
    units = one.write_units + one.refund_units + one.order_units + INVOICE_UNITS
    yield Line("DynamoDB write unit", payments * units)
    yield Line("DynamoDB read unit", payments * (one.read_units + answered))
    yield Line("DynamoDB GB-month, restorable", 12 * payments * PAYMENT_KB / 1e6)
    batched = 3 * facts / FACTS_A_BATCH  # a file, and what it adds to its quarter's live tally
    yield Line("S3 PUT", events / EVENTS_A_BATCH + payments + batched)
    yield Line("S3 GB-month", 12 * payments * (RAW_KB + PDF_KB) / 1e6)
    yield Line("log GB", payments * one.log_kb / 1e6)


def _gb_s(function: str) -> float:
    memory_mb = value(resources("Serverless::Function")[function].get("MemorySize", 128))
    return float(memory_mb) / 1024 * PER_RUN_S[function]


def month(payments: int, one: Counted) -> dict[str, float]:
    """Return what a month costs in USD, by what is used; its idle share included."""
    by_kind: dict[str, float] = dict.fromkeys(USD, 0.0)
    for line in (*idle(), *used(payments, one)):
        by_kind[line.what] += line.usd
    return by_kind


def page() -> str:
    """Return the table as Markdown."""
    one = counted()
    months = [month(payments, one) for payments in PAYMENTS]
    lines = [
        "| USD a month | " + " | ".join(f"{n:,}" if n else "idle" for n in PAYMENTS) + " |",
        "|---|" + "---:|" * len(PAYMENTS),
    ]
    for kind in USD:
        cells = " | ".join(f"{each[kind]:,.2f}" for each in months)
        lines.append(f"| {kind} | {cells} |")
    totals = [sum(each.values()) for each in months]
    lines.append("| **in all** | " + " | ".join(f"**{usd:,.2f}**" for usd in totals) + " |")
    each = " | ".join(
        f"{100 * usd / n:,.3f}" if n else "" for usd, n in zip(totals, PAYMENTS, strict=True)
    )
    lines.append(f"| cents a payment | {each} |")
    lines += [
        "",
        f"A payment has {one.events:.2f} events, {one.facts:.1f} facts and"
        f" {one.write_units + one.refund_units + one.order_units + INVOICE_UNITS:.0f}"
        " write units.",
    ]
    return "\n".join(lines)


def written(document: str, figures: str) -> str:
    """Return the page with new figures; raise ValueError where it has no place for them."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{PAGE.name} has no {BEGIN} … {END}")
    return f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}"


def main() -> int:
    """Print the table, and write it where that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.monthly_cost", description=__doc__)
    parser.add_argument("--write", action="store_true", help="also write docs/cost.md")
    figures = page()
    if parser.parse_args().write:
        PAGE.write_text(written(PAGE.read_text(), figures))
    sys.stdout.write(figures + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

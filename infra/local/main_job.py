"""The main job on real traffic: sell, let every event be booked, invoice, report, and look."""

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

from botocore.exceptions import BotoCoreError, ClientError

from cli.stack import Stack
from cli.trigger import send_trigger
from infra.local import observed
from infra.local.accounts import GATEWAY
from infra.local.observed import Books
from infra.local.shop import PAYOUT_EUR_MINOR, Sale, Shop, sell_everything
from infra.local.trouble import Trouble

BOOKING_S = 90.0
REST_S = 60.0
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """What the stack made of the shop's traffic."""

    sales: tuple[Sale, ...]
    payout_id: str
    books: Books
    invoices: tuple[Path, ...]
    report: tuple[Path, ...]
    unfinished: dict[str, int]  # messages in queues, dead letters included


def do_main_job(stack: Stack, output: Path, tell: Tell) -> Outcome:
    """Run the shop against the stack and gather what came of it."""
    shop = Shop(str(stack.gateway_url), stack.api_keys[GATEWAY])
    tell("waking what runs by the clock")
    with suppress(Trouble, BotoCoreError, ClientError):
        observed.invoke(stack, "WatchGatewaysFunction")  # before there is anything to pull
    meanwhile = Thread(target=wake, args=[stack], daemon=True)
    meanwhile.start()
    sales = sell_everything(shop, lambda order: tell(f"selling {order}"))
    payout_id = shop.pay_out(PAYOUT_EUR_MINOR)
    tell("sending what the gateway can't: charges, refunds, a dispute")
    for sale in sales:
        send_what_the_gateway_cannot(stack, sale)
    tell("booking")
    observed.wait_until(lambda: has_all(observed.read_books(stack), sales, payout_id), BOOKING_S)
    meanwhile.join()
    tell("pulling balance transactions")
    observed.invoke(stack, "WatchGatewaysFunction")
    tell("invoicing and archiving")
    observed.wait_until(lambda: observed.is_at_rest(stack), REST_S)
    tell("building today's report")
    today = build_todays_report(stack)
    tell("fetching documents")
    shutil.rmtree(output, ignore_errors=True)
    return Outcome(
        sales=tuple(sales),
        payout_id=payout_id,
        books=observed.read_books(stack),
        invoices=fetch(stack, "invoices/", output, ".pdf"),
        report=fetch(stack, f"reports/main/daily/{today}/", output, ""),
        unfinished=observed.messages(stack, stack.queues),
    )


def wake(stack: Stack) -> None:
    """Build a report once, so that the next start is quick; what fails, fails then."""
    with suppress(Trouble, BotoCoreError, ClientError):
        build_todays_report(stack)


def build_todays_report(stack: Stack) -> str:
    """Build the report of the day that goes on; return the day."""
    today = datetime.now(UTC).date().isoformat()
    request = json.dumps({"period": "daily", "day": today}).encode()
    observed.invoke(stack, "BuildReportFunction", request)
    return today


def send_what_the_gateway_cannot(stack: Stack, sale: Sale) -> None:
    """Send the events of a sale that localstripe has no notion of."""
    paid = [f"payment_intent={sale.payment_id}", f"currency={sale.order.currency.lower()}"]
    about = [*paid, f"charge={sale.charge_id}"]
    if sale.is_captured:  # the charge's own event; it adds nothing but how the customer paid
        amount = sale.order.amount_minor
        sets = [*paid, f"id={sale.charge_id}", f"amount={amount}", f"amount_captured={amount}"]
        send_trigger(stack, "charge.succeeded", sets)
    if sale.refund_id:
        refund = [*about, f"id={sale.refund_id}", f"amount={sale.order.refund_minor}"]
        for event in ("refund.created", "refund.updated"):
            send_trigger(stack, event, refund)
    if sale.order.is_disputed:
        dispute_id = f"du_{sale.payment_id.removeprefix('pi_')}"
        dispute = [*about, f"id={dispute_id}", f"amount={sale.order.amount_minor}"]
        for event in ("charge.dispute.created", "charge.dispute.funds_withdrawn"):
            send_trigger(stack, event, dispute)


def has_all(books: Books, sales: list[Sale], payout_id: str) -> bool:
    """Tell whether everything that the shop did has been booked."""
    return wanted_facts(sales, payout_id) <= {
        (each.metadata.subject_id, each.data.fact) for each in books.facts
    }


def wanted_facts(sales: list[Sale], payout_id: str) -> set[tuple[str, str]]:
    """Return the facts that the shop's traffic must become, by subject."""
    wanted = {(payout_id, "PayoutPaid")}
    for sale in sales:
        wanted.add((sale.payment_id, "PaymentCaptured" if sale.is_captured else "PaymentFailed"))
        if sale.order.refund_minor:
            wanted.add((sale.payment_id, "RefundSucceeded"))
        if sale.order.is_disputed:
            wanted.add((sale.payment_id, "DisputeFundsWithdrawn"))
    return wanted


def fetch(stack: Stack, prefix: str, output: Path, suffix: str) -> tuple[Path, ...]:
    """Download the bucket's documents under a prefix; return where they lie now."""
    s3, fetched = stack.client("s3"), []
    for key in sorted(observed.documents(stack, prefix)):
        if key.endswith(suffix):
            target = output / key
            target.parent.mkdir(parents=True, exist_ok=True)
            s3.download_file(stack.bucket, key, str(target))
            fetched.append(target)
    return tuple(fetched)

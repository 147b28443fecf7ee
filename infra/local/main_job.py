"""The main job on real traffic: sell, refund, let every event be booked, invoice, report, look."""

import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from infra.local import clockwork, observed
from infra.local.expectations import payment_facts
from infra.local.outcome import Outcome
from infra.local.place import Player
from infra.local.refund_courses import RefundCourses
from infra.local.shop import Shop
from infra.stack import Stack

BOOKING_S = 90.0
REST_S = 60.0
Tell = Callable[[str], None]


def do_main_job(stack: Stack, output: Path, tell: Tell) -> Outcome:
    """Run the shop against the stack and gather what came of it."""
    shop = Shop(stack)
    tell("waking what runs by the clock")
    clockwork.wake(clockwork.watch_gateways, stack)  # before there is anything to pull
    meanwhile = Thread(target=clockwork.wake, args=[clockwork.build_todays_report, stack])
    meanwhile.daemon = True
    meanwhile.start()
    courses = RefundCourses(stack, tell) if stack.gateway == Player.STRIPE else None
    sales = tuple(shop.sell_everything(tell))
    payout_id = shop.pay_out()
    tell("booking")
    wait_for(stack, {*payment_facts(sales), (payout_id, "PayoutPaid")})
    asked = courses.play(sales) if courses else ()
    meanwhile.join()
    tell("pulling balance transactions")
    clockwork.watch_gateways(stack)
    tell("invoicing and archiving")
    observed.wait_until(lambda: observed.is_at_rest(stack), REST_S)
    tell("building today's report")
    today = clockwork.build_todays_report(stack)
    tell("fetching documents")
    shutil.rmtree(output, ignore_errors=True)
    return Outcome(
        sales=sales,
        payout_id=payout_id,
        books=observed.read_books(stack),
        invoices=observed.fetch(stack, "invoices/", output, ".pdf"),
        report=observed.fetch(stack, f"reports/main/daily/{today}/", output, ""),
        unfinished=observed.messages(stack, stack.queues),
        refunds=courses.ended(asked) if courses else None,
    )


def wait_for(stack: Stack, wanted: set[tuple[str, str]]) -> None:
    """Wait until facts of subjects are booked; what never is will be judged."""

    def is_booked() -> bool:
        facts = observed.read_books(stack).facts
        return wanted <= {(each.metadata.subject_id, each.data.fact) for each in facts}

    observed.wait_until(is_booked, BOOKING_S)

"""The end of the tour: payouts, what is pulled of them, and how everything stands."""

import time
from dataclasses import replace

from infra.local import clockwork, observed
from infra.local.gateway import LATER_S
from infra.local.tour.cast import Cast
from infra.local.tour.fakes import Truth
from infra.local.tour.judge import money_problems
from infra.local.tour.outcome import Told, TourOutcome
from kassa.refunds.lifecycle.cases import RefundCase

REST_S = 60.0
ROUNDS = 3  # of the clock that pulls; a deployed stack's strikes every 15 minutes


def settle(cast: Cast, told: list[Told]) -> TourOutcome:
    """Pay out, and pull what gateways never send, until nothing is missing or it was in vain."""
    cast.tell("paying out")
    cast.world.pay_out()
    for number in range(ROUNDS):
        time.sleep(LATER_S if number else 0)
        cast.tell("pulling balances and settlements")
        clockwork.watch_gateways(cast.stack)
        observed.wait_until(lambda: observed.is_at_rest(cast.stack), REST_S)
        outcome = gather(cast, told)
        if not money_problems(outcome):
            break
    return outcome


def gather(cast: Cast, told: list[Told]) -> TourOutcome:
    """Read how everything stands, here and at the gateways."""
    truths, cases = cast.world.truths(), cast.shop.refund_cases()
    settled = []
    for one in told:
        shown = cast.shop.shown(one) if one.order.method else None
        mine = cases_of(one.order.order_id, truths, cases)
        settled.append(replace(one, shown=shown, cases=mine))
    unfinished = observed.messages(cast.stack, cast.stack.queues)
    return TourOutcome(tuple(settled), observed.read_books(cast.stack), truths, unfinished)


def cases_of(
    order_id: str, truths: dict[str, Truth], cases: tuple[RefundCase, ...]
) -> tuple[RefundCase, ...]:
    """Return the refund requests of whatever was paid for an order."""
    paid = {one.payment_id for truth in truths.values() for one in truth.paid(order_id)}
    return tuple(case for case in cases if case.request.payment.subject_id in paid)

"""The end of the demo: payouts, what is pulled of gateways, and how everything stands."""

import time
from dataclasses import replace

from infra.demo import clockwork
from infra.demo.actors.fakes import Truth
from infra.demo.checks.check import money_problems
from infra.demo.demo import Demo
from infra.demo.result import OrderResult, Received, Result
from infra.local import gateway, observed
from infra.local.gateway import LATER_S
from infra.stack import Stack
from kassa.refunds.lifecycle.cases import RefundCase

REST_S = 60.0
ROUNDS = 3  # of the clock that pulls; a deployed stack's strikes every 15 minutes


def settle(demo: Demo, sold: list[OrderResult]) -> Result:
    """Pay out, and pull what gateways never send, until nothing is missing or it was in vain."""
    if demo.scenario.payout_minor is None:
        demo.progress("paying out")
        demo.world.pay_out()
    for number in range(ROUNDS):
        time.sleep(LATER_S if number else 0)
        demo.progress("pulling balances and settlements")
        clockwork.watch_gateways(demo.stack)
        clockwork.resume_deliveries(demo.stack)
        observed.wait_until(lambda: observed.is_at_rest(demo.stack), REST_S)
        result = gather(demo, sold)
        if not money_problems(result):
            break
    return result


def gather(demo: Demo, sold: list[OrderResult]) -> Result:
    """Read how everything stands, here and at the gateways."""
    truths = demo.world.truths()
    cases = demo.shop.refund_cases() if demo.scenario.policy else ()
    return Result(
        scenario=demo.scenario,
        orders=tuple(stands(demo, one, truths, cases) for one in sold),
        books=observed.read_books(demo.stack),
        truths=truths,
        unfinished=observed.messages(demo.stack, demo.stack.queues),
        received=what_was_received(demo.stack),
    )


def what_was_received(stack: Stack) -> Received | None:
    """Ask the program beside the stack what it was told."""
    if stack.receiver_url is None:
        return None
    found = gateway.control(stack.receiver_url, "received")
    return Received(**found | {"facts": tuple(found["facts"])})


def stands(
    demo: Demo, one: OrderResult, truths: dict[str, Truth], cases: tuple[RefundCase, ...]
) -> OrderResult:
    """Return how an order stands now, with its payment and its refund requests."""
    order = one.order
    paid = {each.payment_id for truth in truths.values() for each in truth.paid(order.order_id)}
    by = truths[order.gateway].paid(order.order_id) if order.gateway in truths else []
    return replace(
        demo.office.standing(one),
        payment_id=one.payment_id or (by[0].payment_id if by else None),
        view=demo.shop.view(one) if order.method else None,
        cases=tuple(case for case in cases if case.request.payment.subject_id in paid),
    )

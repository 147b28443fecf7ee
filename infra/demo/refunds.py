"""Money goes back: refunds requested of Kassa, made by hand or by itself, disputes, a reversal."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import quote

from infra.demo import clockwork
from infra.demo.checks.refunds import has_ended
from infra.demo.demo import Demo
from infra.demo.result import Answer, OrderResult
from infra.demo.scenario import Flow
from infra.local import observed
from infra.local.errors import DemoError
from infra.stack import Stack
from kassa.gateways.registry import Ability, can
from kassa.refunds.lifecycle.lifecycle import RequestState

ROUNDS_S = (10.0, 15.0, 15.0, 30.0)  # the clock strikes after each
PATIENCE_S, PAUSE_S = 45.0, 0.2
STATEMENT = "The order was handed over to its buyer."


def give_back(demo: Demo, sold: list[OrderResult]) -> list[OrderResult]:
    """Play what goes back, and wait until every refund stands as it must in the end."""
    for order in (one.order for one in sold if one.order.paid_again_at):
        demo.progress(f"paying {order.order_id} a second time")
        demo.world.sell_past_kassa(order, str(order.paid_again_at))
    demo.progress("refunding by hand, and disputing what is being refunded")
    refund_by_hand(demo, sold)
    requested = dispute_first(demo, sold)
    demo.progress("requesting refunds, and deciding what the policy leaves to people")
    held = [one.order for one in sold if one.order.has_flow(Flow.COMES_BACK)]
    for order in held:
        demo.world.hold_refunds(order, True)
    requested = [one if one.refunds else demo.shop.request_refund(one) for one in requested]
    take_back(demo, requested)
    decide(demo, requested)
    demo.progress("paying refunds")
    send_back(demo, requested)
    wait_until_ended(demo, requested)
    return requested


def refund_by_hand(demo: Demo, sold: list[OrderResult]) -> None:
    """Refund at gateways, past Kassa; wait where Kassa must know before more is requested of it."""
    by_hand = [one for one in sold if one.order.by_hand_minor]
    for one in by_hand:
        demo.world.refund_by_hand(one)
    for one in (one for one in by_hand if one.order.refund):
        wait_for(demo, one, "RefundSucceeded")


def dispute_first(demo: Demo, sold: list[OrderResult]) -> list[OrderResult]:
    """Request what will be disputed, and let the dispute be booked before money can go."""
    disputed = [one for one in sold if one.order.has_flow(Flow.DISPUTED)]
    if not disputed:
        return sold
    with payments_held(demo.stack):
        requested = {one.order.order_id: demo.shop.request_refund(one) for one in disputed}
        for one in disputed:
            demo.world.open_dispute(one)
            wait_for(demo, one, "DisputeFundsWithdrawn")
    return [requested.get(one.order.order_id, one) for one in sold]


def take_back(demo: Demo, sold: list[OrderResult]) -> None:
    """Let banks and gateways take money back; what is disputed is answered, and lost."""
    for one in (one for one in sold if one.order.is_disputed):
        dispute_id = demo.world.open_dispute(one)
        if can(one.order.gateway, Ability.ANSWER_DISPUTE):
            answer_dispute(demo, one, dispute_id)
        demo.world.lose_dispute(one, dispute_id)
    for one in (one for one in sold if one.order.reversed_minor):
        demo.world.reverse_payment(one)


def answer_dispute(demo: Demo, one: OrderResult, dispute_id: str) -> None:
    """Submit what Kassa gathered, once the dispute is known here; twice, and it is one answer."""
    path = f"/disputes/{one.order.gateway}/main/{quote(dispute_id.rpartition(':')[2])}"
    until = time.monotonic() + PATIENCE_S
    while (answer := demo.people.finance.get(path))[0] == 404 and time.monotonic() < until:
        time.sleep(PAUSE_S)
    for _ in range(2):
        answer = demo.people.finance.post(f"{path}/answer", {"statement": STATEMENT})
    if answer[0] != 200 or answer[1]["dispute"]["answer"] != "submitted":
        raise DemoError(f"the dispute of {one.order.order_id} wasn't answered: {answer}")


def decide(demo: Demo, requested: list[OrderResult]) -> None:
    """Let one clerk and another approve, or one reject, what the policy leaves to them."""
    clerk, second = demo.people.clerk, demo.people.second_clerk
    for one in requested:
        request_id = str(one.refund_request_id)
        if one.order.has_flow(Flow.BY_TWO):
            _expect(200, clerk.decide(request_id, "approve"))
            _expect(200, second.decide(request_id, "approve"))
        if one.order.has_flow(Flow.REJECTED):
            _expect(200, clerk.decide(request_id, "claim"))
            _expect(200, clerk.decide(request_id, "reject", reason="not_refundable"))


def send_back(demo: Demo, requested: list[OrderResult]) -> None:
    """Wait until a gateway has a refund, then let the customer's bank refuse the money."""
    for one in (one for one in requested if one.order.has_flow(Flow.COMES_BACK)):
        request_id = str(one.refund_request_id)

        def refund_id(request_id: str = request_id) -> str | None:
            return demo.shop.refund(request_id).lifecycle.refund_id

        if not observed.wait_until(lambda: refund_id() is not None, PATIENCE_S, PAUSE_S):
            raise DemoError(f"the refund of {one.order.order_id} never reached the gateway")
        demo.world.send_back(one.order, str(refund_id()))
        demo.world.hold_refunds(one.order, False)


def wait_until_ended(demo: Demo, requested: list[OrderResult]) -> None:
    """Wait for every refund; what was reported without a name is found by the clock."""
    for patience_s in ROUNDS_S:
        if observed.wait_until(lambda: is_all_ended(demo, requested), patience_s, PAUSE_S):
            break
        clockwork.watch_gateways(demo.stack)


def is_all_ended(demo: Demo, results: list[OrderResult]) -> bool:
    """Return whether each refund stands as it must, those that Kassa made itself included."""
    demo.world.claim_coins()
    cases = demo.shop.refund_cases()
    by_itself = sum(bool(one.order.paid_again_at) for one in results)
    requested = {one.refund_request_id: one for one in results if one.refund_request_id}
    others = [one for one in cases if one.request.refund_request_id not in requested]
    done = [one for one in others if one.lifecycle.state is RequestState.PAID]
    mine = (replace(one, cases=cases) for one in requested.values())
    return len(done) >= by_itself and all(
        has_ended(one, demo.scenario.terms[one.order.gateway]) for one in mine
    )


def wait_for(demo: Demo, one: OrderResult, fact: str) -> None:
    """Wait until a fact of an order's payment is booked."""
    payment_id = demo.world.payment_of(one)

    def is_booked() -> bool:
        return observed.read_books(demo.stack).subjects(fact)[payment_id] > 0

    if not observed.wait_until(is_booked, PATIENCE_S, PAUSE_S):
        raise DemoError(f"{fact} of {one.order.order_id} wasn't booked in {PATIENCE_S:.0f} s")


@contextmanager
def payments_held(stack: Stack) -> Iterator[None]:
    """Let nothing be paid for a while, as an operator would: the queue keeps what is due."""
    awslambda = stack.client("lambda")
    found = awslambda.list_event_source_mappings(FunctionName=stack.functions["PayRefundFunction"])
    source = found["EventSourceMappings"][0]["UUID"]
    awslambda.update_event_source_mapping(UUID=source, Enabled=False)
    try:
        yield
    finally:
        awslambda.update_event_source_mapping(UUID=source, Enabled=True)


def _expect(expected: int, answer: Answer) -> None:
    """Raise DemoError, with the answer, unless it was done."""
    status, body = answer
    if status != expected:
        raise DemoError(f"the API answered {status}, not {expected}: {body.get('message')}")

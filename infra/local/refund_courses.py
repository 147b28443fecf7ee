"""Refunds from asking to the bank: each order's refund takes its course, through Kassa's API."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Thread

import httpx

from infra.local import observed
from infra.local.expected_refunds import has_ended
from infra.local.fake_stripe import FakeGateway
from infra.local.office import open_office
from infra.local.orders import POLICY, Course, Sale
from infra.local.outcome import Answer, Asked, Refunds
from infra.local.trouble import Trouble
from infra.stack import Stack

PATIENCE_S, PAUSE_S = 45.0, 0.2
PAYERS = 2  # how many may pay at once here
RING_FOR_NOBODY = {
    "messageId": "wake",
    "eventSource": "aws:sqs",
    "body": json.dumps({"refund_request_id": "rr_none"}),
}


class RefundCourses:
    """Plays every refund, as the shop, two clerks, a bank and the gateway's dashboard."""

    def __init__(self, stack: Stack, tell: Callable[[str], None]) -> None:
        """Give everybody a key, and let finance save the policy."""
        tell("saving a refund policy")
        self._stack, self._tell = stack, tell
        self._fake, self._office = FakeGateway(stack), open_office(stack)
        _expect(201, self._office.finance.post("/policies", POLICY))
        self._waking = Thread(target=self._wake, daemon=True)
        self._waking.start()

    def play(self, sales: tuple[Sale, ...]) -> tuple[Asked, ...]:
        """Let all refunds take their courses."""
        self._waking.join()  # what is starting would be started twice
        self._fake.settle_by_itself(False)
        plans = {sale.order.refund.course: sale for sale in sales if sale.order.refund}
        self._tell("refunding by hand, and disputing what is being refunded")
        self._refund_by_hand(sales)
        with payments_held(self._stack):
            disputed = self._ask(plans[Course.DISPUTED])
            self._fake.do("open_dispute", charge_id=disputed.sale.charge_id)
            self._wait_for(disputed.sale, "DisputeFundsWithdrawn")
        self._tell("asking for refunds, and deciding what the policy leaves to people")
        plans.pop(Course.DISPUTED)
        asked = [disputed, *map(self._ask, plans.values())]
        by_course = {each.plan.course: each for each in asked}
        self._approve_by_two(by_course[Course.BY_TWO])
        self._reject(by_course[Course.REJECTED])
        self._tell("paying refunds")
        self._send_back(by_course[Course.COMES_BACK])
        observed.wait_until(lambda: all(map(self._has_ended, asked)), PATIENCE_S)
        return tuple(asked)

    def ended(self, asked: tuple[Asked, ...]) -> Refunds:
        """Return how everything stands in the end, at Kassa and at the gateway."""
        return Refunds(tuple(map(self._stands, asked)), self._fake.truth())

    def _wake(self) -> None:
        """Ask for what isn't there, so that the functions have started once they are needed."""
        ring = json.dumps({"Records": [RING_FOR_NOBODY]}).encode()
        with suppress(httpx.HTTPError), ThreadPoolExecutor(PAYERS) as pool:
            for _ in range(PAYERS):
                pool.submit(observed.invoke, self._stack, "PayRefundFunction", ring)
            self._office.shop.post("/refunds", {"payment_id": "pi_none", "reason": "other"})
            self._office.clerk.decide("rr_none", "claim")
            self._office.shop.get("/refunds/rr_none")

    def _refund_by_hand(self, sales: tuple[Sale, ...]) -> None:
        """Refund at the gateway, past Kassa, and wait until Kassa has heard of it."""
        for sale in (sale for sale in sales if sale.order.dashboard_minor):
            amount = sale.order.dashboard_minor
            self._fake.do("refund_in_dashboard", charge_id=sale.charge_id, amount=amount)
            self._wait_for(sale, "RefundSucceeded")

    def _ask(self, sale: Sale) -> Asked:
        """Ask for an order's refund; a small one twice, as a network that repeats a request."""
        plan = sale.order.refund
        assert plan
        body = {
            "order_id": sale.order.order_id,
            "amount_minor": plan.amount_minor,
            "currency": sale.order.currency,
            "reason": plan.reason,
            "claim_id": f"claim-of-{sale.order.order_id}",
        }
        times = 2 if plan.course is Course.SMALL else 1
        answers = tuple(self._office.shop.post("/refunds", body) for _ in range(times))
        return Asked(sale, plan, answers)

    def _approve_by_two(self, asked: Asked) -> None:
        """Approve as one clerk, then as another."""
        for person in (self._office.clerk, self._office.second_clerk):
            _expect(200, person.decide(str(asked.refund_request_id), "approve"))

    def _reject(self, asked: Asked) -> None:
        """Take a request and reject it."""
        refund_request_id, clerk = str(asked.refund_request_id), self._office.clerk
        _expect(200, clerk.decide(refund_request_id, "claim"))
        _expect(200, clerk.decide(refund_request_id, "reject", reason="not_refundable"))

    def _send_back(self, asked: Asked) -> None:
        """Wait until the gateway has a refund, then let the customer's bank refuse the money."""
        refund_request_id = str(asked.refund_request_id)

        def is_accepted() -> bool:
            return self._office.shop.refund(refund_request_id).lifecycle.refund_id is not None

        if not observed.wait_until(is_accepted, PATIENCE_S, PAUSE_S):
            raise Trouble(f"the refund of {asked.sale.order.order_id} never reached the gateway")
        refund_id = self._office.shop.refund(refund_request_id).lifecycle.refund_id
        self._fake.do("settle_refund", refund_id=refund_id, status="failed")
        self._fake.settle_by_itself(True)

    def _wait_for(self, sale: Sale, fact: str) -> None:
        """Wait until a fact of a payment is booked."""

        def is_booked() -> bool:
            return observed.read_books(self._stack).subjects(fact)[sale.payment_id] > 0

        if not observed.wait_until(is_booked, PATIENCE_S, PAUSE_S):
            raise Trouble(f"{fact} of {sale.order.order_id} wasn't booked in {PATIENCE_S:.0f} s")

    def _stands(self, asked: Asked) -> Asked:
        """Return how a request stands now."""
        refund_request_id = asked.refund_request_id
        if refund_request_id is None:
            return asked
        return replace(asked, case=self._office.shop.refund(refund_request_id))

    def _has_ended(self, asked: Asked) -> bool:
        case = self._stands(asked).case
        return case is None or has_ended(asked.plan.course, case.lifecycle)


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


def _expect(wanted: int, answer: Answer) -> None:
    """Raise Trouble, with what was said, unless it was done."""
    status, said = answer
    if status != wanted:
        raise Trouble(f"the API answered {status}, not {wanted}: {said.get('message')}")

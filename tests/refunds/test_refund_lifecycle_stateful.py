"""One payment's whole refund lifecycle, by the real operations, held against a small model of
it.
"""

import os
from contextlib import ExitStack
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from infra.fake_gateways.kit.faults import Lost
from kassa.core.callers import Caller
from kassa.core.errors import ClaimTaken, Conflict, OverHeadroom
from kassa.ledger.items import partition
from kassa.platform import keys, table
from kassa.refunds.decide_refund import decide_refund
from kassa.refunds.decision.rejection import RejectionReason
from kassa.refunds.decision.verdict import Action, DecisionBody, Verdict
from kassa.refunds.paying.pay_refund import pay_refund
from tests.support.approvers import let_approve
from tests.support.refund_model import CAPTURED, DEAD, DISPUTE, REFUND, Courses, Requested
from tests.support.refund_scene import RefundScene, opened, payment_of, time_left

CLAIMS = st.sampled_from("abcd")
AMOUNTS = st.sampled_from([1, 40_00, 60_00, 80_00, 80_01, 100_00])
JUMPS = st.sampled_from([0, 4 * 60, 6 * 60, 6 * 60, 4 * 3600, 21 * 3600])
WOKEN = st.sampled_from(["not", "up", "deaf", "down"])  # and how the gateway is then
VERDICTS = st.sampled_from(["approve", "approve", "reject", "undo"])
FOLLOWS = {"pending": ["succeeded", "failed", "canceled"], "succeeded": ["failed"]}
EXAMPLES = int(os.environ.get("REFUND_LIVES", "60"))


class Lifecycles(RuleBasedStateMachine):
    """What people, the gateway, banks and time do to one payment."""

    def __init__(self) -> None:
        super().__init__()
        self.leaving = ExitStack()
        self.scene: RefundScene = self.leaving.enter_context(opened(lifts_dispute_limit=True))
        self.model, self.gateway, self.people = Courses(), "up", 0
        self.cases: dict[str, Any] = {}
        self.past: list[dict[str, Any]] = []
        self.scene.http.before = lambda *_: self.lose("down")
        self.scene.http.after = lambda *_: self.lose("deaf")

    @initialize()
    def capture(self) -> None:
        """A customer has paid 100.00 EUR."""
        self.payment_id = self.scene.pay(CAPTURED)
        self.charge_id = self.scene.charge_of(self.payment_id)

    def lose(self, mode: str) -> None:
        """Lose a request, or its answer, while the gateway is out."""
        if self.gateway == mode:
            raise Lost

    @property
    def now_s(self) -> float:
        return self.scene.clock.at.timestamp()

    # The customer, the shop and the people who decide.

    @rule(claim=CLAIMS, amount=AMOUNTS, woken=WOKEN)
    def request(self, claim: str, amount: int, woken: str) -> None:
        """Somebody requests a refund under a new claim or an old one; maybe woken at once."""
        expected, left = self.model.request_refund(claim, amount, self.now_s), self.model.left()
        if expected == "over":
            with pytest.raises(OverHeadroom) as over:
                self.scene.request_refund(self.payment_id, amount, claim_id=claim)
            assert over.value.left_minor == max(0, left)
        elif expected == "taken":
            with pytest.raises(ClaimTaken):
                self.scene.request_refund(self.payment_id, amount, claim_id=claim)
        else:
            self.cases[claim] = self.scene.request_refund(self.payment_id, amount, claim_id=claim)
            assert self.cases[claim].lifecycle.state == expected
            self.go_on(self.model.claims[claim], woken)

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), verdict=VERDICTS, seconds=JUMPS, woken=WOKEN)
    def decide(self, data: st.DataObject, verdict: str, seconds: int, woken: str) -> None:
        """A person who wasn't there before approves, rejects or undoes."""
        one = self.drawn(data)
        self.people += 1
        reasons = DecisionBody(reason=RejectionReason.TOO_LATE if verdict == "reject" else None)
        given = Verdict(Action(verdict), Caller(key_id=f"person {self.people}"), reasons)
        let_approve(f"person {self.people}")
        if self.model.decide(one, verdict, self.now_s):
            decide_refund(self.rr(one.claim), given, self.scene.requests, time_left())
        else:
            with pytest.raises(Conflict):
                decide_refund(self.rr(one.claim), given, self.scene.requests, time_left())
        self.scene.clock.at += timedelta(seconds=seconds)
        self.go_on(one, woken)

    # What rings, and what time does.

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), seconds=JUMPS, woken=WOKEN)
    def wake(self, data: st.DataObject, seconds: int, woken: str) -> None:
        """A wake-up comes, due or not, while the gateway is up, silent or down."""
        self.scene.clock.at += timedelta(seconds=seconds)
        self.go_on(self.drawn(data), woken)

    @rule()
    def wake_all(self) -> None:
        """The clock wakes every request."""
        for claim in sorted(self.cases):
            self.go_on(self.model.claims[claim])

    def go_on(self, one: Requested, gateway: str = "up") -> None:
        """Go on with a request, and with the model's, if it is woken."""
        if gateway == "not":
            return
        self.gateway = gateway
        pay_refund(self.rr(one.claim), self.scene.requests, time_left())
        before = None
        while (now := deepcopy(self.model)) != before:
            before = now
            self.model.go_on(one, self.now_s, gateway)
        self.gateway = "up"

    # The gateway, its dashboard and the banks behind it.

    @rule(begins=st.sampled_from(["succeeded", "pending"]))
    def refunds_begin(self, begins: str) -> None:
        """Refunds leave at once, or wait first."""
        self.scene.fake.switches.refunds_begin = begins

    @precondition(lambda self: self.open_refunds())
    @rule(data=st.data(), at_once=st.booleans())
    def settle(self, data: st.DataObject, at_once: bool) -> None:
        """A refund leaves, is called off, or comes back."""
        refund = data.draw(st.sampled_from(self.open_refunds()))
        status = data.draw(st.sampled_from(FOLLOWS[refund["status"]]))
        self.scene.fake.settle_refund(refund["id"], status)
        self.deliver_all(at_once)

    @precondition(lambda self: len(self.scene.refunds()) == len(self.ours()))
    @rule(amount=st.sampled_from([10_00, 50_00]))
    def refund_in_dashboard(self, amount: int) -> None:
        """Somebody refunds in the gateway's dashboard."""
        self.scene.fake.refund_in_dashboard(self.charge_id, amount)

    @precondition(lambda self: len(self.disputes()) < 2)
    @rule(amount=st.sampled_from([10_00, 100_00]), at_once=st.booleans())
    def dispute(self, amount: int, at_once: bool) -> None:
        """A bank questions the charge."""
        self.scene.fake.open_dispute(self.charge_id, amount)
        self.deliver_all(at_once)

    @precondition(lambda self: self.open_disputes())
    @rule(status=st.sampled_from(["won", "won", "lost"]), at_once=st.booleans())
    def close(self, status: str, at_once: bool) -> None:
        """A bank has decided."""
        self.scene.fake.close_dispute(self.open_disputes()[0]["id"], status)
        self.deliver_all(at_once)

    @rule()
    def deliver_all(self, at_once: bool = True) -> None:
        """Everything that was held back arrives."""
        while at_once and self.scene.events:
            self.receive(self.scene.events.pop(0))

    @precondition(lambda self: self.scene.events)
    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        """One of the events that were held back arrives, in any order."""
        self.receive(self.scene.events.pop(data.draw(st.integers(0, len(self.scene.events) - 1))))

    @precondition(lambda self: self.past)
    @rule(data=st.data())
    def deliver_again(self, data: st.DataObject) -> None:
        """An event arrives once more."""
        self.receive(data.draw(st.sampled_from(self.past)))

    def receive(self, event: dict[str, Any]) -> None:
        """Book an event, and give the model what it says."""
        self.scene.book(event)
        self.past.append(event)
        body = event["data"]["object"]
        if body["object"] == "refund":
            named = body["metadata"].get("refund_request_id", "")
            claim = next((c for c in self.cases if named.startswith(self.rr(c))), "")
            name = named.replace(self.rr(claim), claim) if claim else ""
            self.model.receive(body["id"], REFUND.index(body["status"]), body["amount"], name)
        elif body["object"] == "charge":
            self.model.total = max(self.model.total, body["amount_refunded"])
        elif body["object"] == "dispute":
            status = "open" if body["status"] == "needs_response" else body["status"]
            known = self.model.disputes.get(body["id"], (-1, 0))
            self.model.disputes[body["id"]] = max(known, (DISPUTE.index(status), body["amount"]))

    # What must hold after each of them.

    @invariant()
    def the_books_agree_with_the_model(self) -> None:
        payment = self.scene.payment(self.payment_id)
        held = {self.model.claims[c].name: c for c in self.cases}
        named = {
            request_name.replace(self.rr(c), c): amount
            for request_name, amount in payment.reservations.items()
            for c in held.values()
            if request_name.startswith(self.rr(c))
        }
        assert named == self.model.held
        assert payment.available_minor == self.model.left()
        item = table.get(keys.state(partition(payment_of(self.payment_id))))
        assert item is not None
        assert item["headroom"] == self.model.left()
        states = {
            claim: str(self.scene.lifecycle(case).state) for claim, case in self.cases.items()
        }
        assert states == {claim: one.state for claim, one in self.model.claims.items()}

    @invariant()
    def no_more_is_paid_than_was_captured_and_each_claim_once(self) -> None:
        alive = [one for one in self.ours() if one["status"] not in DEAD]
        assert sum(one["amount"] for one in alive) <= CAPTURED
        claims = [one["metadata"]["refund_request_id"].partition(".")[0] for one in alive]
        assert len(set(claims)) == len(claims)

    def teardown(self) -> None:
        """Let the gateway answer again and everything arrive; then all must agree once more."""
        self.gateway = "up"
        for _ in range(2):
            self.deliver_all()
            self.wake_all()
        if hasattr(self, "payment_id"):
            self.the_books_agree_with_the_model()
            self.no_more_is_paid_than_was_captured_and_each_claim_once()
            posted = sum(one.amount.amount_minor for one in self.scene.postings("refund"))
            left = [one for one in self.scene.refunds() if one["balance_transaction"]]
            assert posted == sum(one["amount"] for one in left)
        self.leaving.close()

    def drawn(self, data: st.DataObject) -> Requested:
        return self.model.claims[data.draw(st.sampled_from(sorted(self.cases)))]

    def rr(self, claim: str) -> str:
        return str(self.cases[claim].request.refund_request_id)

    def ours(self) -> list[dict[str, Any]]:
        return [one for one in self.scene.refunds() if "refund_request_id" in one["metadata"]]

    def open_refunds(self) -> list[dict[str, Any]]:
        return [one for one in self.scene.refunds() if one["status"] in FOLLOWS]

    def disputes(self) -> list[dict[str, Any]]:
        return list(self.scene.fake.account.kinds["dispute"].values())

    def open_disputes(self) -> list[dict[str, Any]]:
        return [one for one in self.disputes() if one["status"] == "needs_response"]


def test_any_refund_lifecycle_goes_as_the_model_says() -> None:
    run_state_machine_as_test(
        Lifecycles, settings=effort(max_examples=EXAMPLES, stateful_step_count=40, deadline=None)
    )

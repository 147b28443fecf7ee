"""Runs of refund operations whose every call is a turn of the simulation's schedule."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from kassa.core import stored
from kassa.core.callers import Caller
from kassa.ledger.items import subject_state
from kassa.platform import secrets, table
from kassa.refunds import keys as refund_keys
from kassa.refunds.approve_refund import approve_refund
from kassa.refunds.decide_refund import decide_refund
from kassa.refunds.decision.verdict import Action, DecisionBody, Verdict
from kassa.refunds.lifecycle.lifecycle import RefundLifecycle, RequestState
from kassa.refunds.paying.pay_refund import pay_refund
from kassa.refunds.request.body import RefundRequestBody
from tests.simulation.aws import clients
from tests.simulation.engine.faults import CALM
from tests.simulation.engine.schedule import Schedule
from tests.support.refund_scene import TABLE, RefundScene, opened

RUN_S = 600.0


class Race:
    """A scene whose every call is a turn, and whoever runs at once."""

    def __init__(self, scene: RefundScene, seed: int) -> None:
        self.scene, self.schedule = scene, Schedule(seed, CALM._replace(is_hot=True))
        self.answers: Counter[str] = Counter()
        self.submitted_beside: list[
            str
        ] = []  # asks that were noted though something stood against it
        scene.http.before = scene.http.after = lambda *_: self.schedule.pause(0.0)
        scene.store.on_write.append(self._written)

    def at_once(self, *runs: Callable[[], Any]) -> None:
        """Run all of these at once, to their ends."""
        for run in runs:
            start = partial(self.schedule.start, "run", run, self._done, RUN_S)
            self.schedule.at(0.0, start)
        self.schedule.run()

    def _done(self, answer: Any, error: BaseException | None) -> None:
        self.answers[type(error).__name__ if error else "answered"] += 1

    def request(self, payment_id: str, amount_minor: int, claim: str) -> Callable[[], Any]:
        """Return a run that requests a refund, and then wakes it twice, as queues do."""
        request_body = RefundRequestBody(
            payment_id=payment_id, amount_minor=amount_minor, reason="damaged", claim_id=claim
        )

        def run() -> None:
            case = approve_refund(
                request_body, Caller(key_id="shop"), self.scene.requests, self.schedule.left_s
            )
            for _ in range(2):
                self.schedule.at(0.0, lambda: self.start_payment(case.request.refund_request_id))

        return run

    def start_payment(self, refund_request_id: str) -> None:
        """Start a run of pay_refund."""
        run = partial(pay_refund, refund_request_id, self.scene.requests, self.schedule.left_s)
        self.schedule.start("ring", run, lambda answer, error: None, RUN_S)

    def approve(self, refund_request_id: str, person: str) -> Callable[[], Any]:
        """Return a run in which a person approves."""
        verdict = Verdict(Action.APPROVE, Caller(key_id=person), DecisionBody())
        requests, left_s = self.scene.requests, self.schedule.left_s
        return lambda: decide_refund(refund_request_id, verdict, requests, left_s)

    def delivering(self, act: Callable[[], Any]) -> Callable[[], Any]:
        """Return a run in which something happens at the gateway, and its events arrive."""

        def run() -> None:
            self.schedule.pause(0.0)
            act()
            while self.scene.events:
                event = self.scene.events.pop(0)
                self.schedule.pause(0.0)
                self.scene.book(event)

        return run

    def _written(self, of: str, key: Any, old: Any, new: Any) -> None:
        """Hold each noted ask against the payment as it stands at that very write."""
        if key[1] != refund_keys.LIFECYCLE or not key[0].startswith(refund_keys.refund("")):
            return
        lifecycle = stored.read_text(RefundLifecycle, new["lifecycle"]["S"])
        before = stored.read_text(RefundLifecycle, old["lifecycle"]["S"]) if old else None
        if lifecycle.state is not RequestState.SUBMITTED or (
            before and before.state is RequestState.SUBMITTED
        ):
            return
        for item in self.scene.store.all_items(TABLE):
            state = subject_state(table.plain(item)) if item["SK"]["S"] == "STATE" else None
            if state and (state.has_open_dispute or state.available_minor < 0):
                self.submitted_beside.append(lifecycle.refund_request_id)

    def settle(self) -> None:
        """Let everything arrive and everything due be done, one after the other."""
        for _ in range(3):
            self.scene.deliver()
            self.scene.work()
            self.scene.clock.at = self.schedule.now()
            self.schedule.now_s += 3600.0
            self.scene.wake()


@contextmanager
def race(seed: int) -> Iterator[Race]:
    """Open a scene and let its calls be turns from now on."""
    with opened(lifts_dispute_limit=True) as scene:
        made = Race(scene, seed)
        clients.install(made.schedule, scene.services())
        secrets.forget()
        scene.clock.at = made.schedule.now()
        scene.save_policy()
        yield made
        clients.uninstall()

"""What a gateway sends while releases change: lifecycles of payments that go on from phase to
phase.

A payment that began under one release is refunded under a later one and disputed under one later
still, so that each release reads and writes what the other wrote.
"""

import json
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from infra.event_templates import Surroundings, fill
from kassa.core.postings import PostingKind
from kassa.platform import clock

REPEATED = 0.2  # of all that is sent: gateways send twice
GOES_ON = 0.6  # rather than a new payment, where one waits for its next step
CURRENCIES = ("EUR", "JPY")


class Phase(StrEnum):
    """Which release runs."""

    BEFORE = "N"
    UPDATE = "N -> N+1"
    NEXT = "N+1"
    ROLLBACK = "N+1 -> N"
    AFTER = "N again"


class Step(NamedTuple):
    """A step of a payment's lifecycle: the event that reports it, and what must be booked."""

    event_type: str
    names: str  # which field of the event's object is the payment
    fact: str
    kind: PostingKind
    amount_minor: int


LIFECYCLE = (
    Step("payment_intent.succeeded", "id", "PaymentCaptured", PostingKind.CAPTURE, 42_00),
    Step("refund.updated", "payment_intent", "RefundSucceeded", PostingKind.REFUND, 11_00),
    Step(
        "charge.dispute.funds_withdrawn",
        "payment_intent",
        "DisputeFundsWithdrawn",
        PostingKind.CHARGEBACK,
        31_00,
    ),
)


@dataclass(frozen=True)
class Message:
    """An event of a payment, first sent in a phase."""

    event_id: str
    payment_id: str
    step: Step
    currency: str
    phase: Phase
    body: bytes = b""


class Lifecycles:
    """Draws what is sent next."""

    def __init__(self, drawn: random.Random) -> None:
        self._drawn = drawn
        self._sent: list[Message] = []
        self._open: deque[Message] = deque()  # the last step of each lifecycle that may go on
        self._begun = 0

    def messages(self, phase: Phase) -> Iterator[Message]:
        """Yield what is sent in a phase, without an end."""
        while True:
            if self._sent and self._drawn.random() < REPEATED:
                yield self._drawn.choice(self._sent)
            else:
                yield self._news(phase)

    def _news(self, phase: Phase) -> Message:
        may_go_on = bool(self._open) and self._open[0].phase is not phase
        if may_go_on and self._drawn.random() < GOES_ON:
            last = self._open.popleft()
            sent = self._message(
                last.payment_id, LIFECYCLE.index(last.step) + 1, last.currency, phase
            )
        else:
            self._begun += 1
            currency = self._drawn.choice(CURRENCIES)
            sent = self._message(f"pi_upgrade{self._begun}", 0, currency, phase)
        self._sent.append(sent)
        if sent.step is not LIFECYCLE[-1]:
            self._open.append(sent)
        return sent

    def _message(self, payment_id: str, number: int, currency: str, phase: Phase) -> Message:
        step = LIFECYCLE[number]
        event_id = f"evt_{payment_id}_{number}"
        sets = [f"event.id={event_id}", f"{step.names}={payment_id}"]
        sets += [f"amount={step.amount_minor}", f"currency={currency.lower()}"]
        charge = payment_id.replace("pi_", "ch_")
        sets.append(f"{'charge' if number else 'latest_charge'}={charge}")
        event = fill(step.event_type, sets, Surroundings(now=clock.now(), is_live=False))
        return Message(event_id, payment_id, step, currency, phase, json.dumps(event).encode())

"""What may become of one payment's refunds, said a second time and as shortly as it can be.

`Model` is the money and the claims, in forty lines; `Courses` beside it foretells every step that a
request takes. Both know nothing of tables, versions, facts or queues. The operations are held
against them, step by step, by `tests/refunds/test_refund_lifecycle_stateful.py`.
"""

from dataclasses import dataclass, field

CAPTURED, SMALL, MEMORY_S, TRIES_MAX, UNDO_S = 100_00, 80_00, 20 * 3600, 10, 300
AGAIN_S = [60 * minutes for minutes in (5, 15, 30, 60, 120, *[180] * 8)]
REFUND = ["pending", "requires_action", "canceled", "succeeded", "failed"]  # the higher tells more
DISPUTE = ["open", "lost", "won"]
DEAD = {"canceled", "failed"}


@dataclass
class Requested:
    """What was asked for under one claim, and how far it came."""

    claim: str
    amount: int
    state: str
    due_s: float
    round: int = 1
    over: bool = False  # this round came to nothing
    first_s: float | None = None  # when this round's unknown outcome began
    look_s: float = 0.0  # when it is looked for again
    tries: int = 0
    lost: int = 0  # disputes that were known to be lost when it was approved

    @property
    def name(self) -> str:
        return self.claim + (f".{self.round}" if self.round > 1 else "")

    @property
    def is_unknown(self) -> bool:
        return self.first_s is not None and not self.over


@dataclass
class Model:
    """One payment of 100.00 EUR: what was reported of it, what is reserved, what was requested."""

    total: int = 0  # what the charge says was refunded
    refunds: dict[str, tuple[int, int, str]] = field(default_factory=dict)  # rank, amount, ask
    disputes: dict[str, tuple[int, int]] = field(default_factory=dict)
    claims: dict[str, Requested] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)  # what the gateway did, heard of or not

    def left(self) -> int:
        gone = sum(amount for rank, amount, _ in self.refunds.values() if REFUND[rank] not in DEAD)
        unnamed = max(0, self.total - sum(amount for _, amount, _ in self.refunds.values()))
        withheld = sum(amount for rank, amount in self.disputes.values() if DISPUTE[rank] != "won")
        return CAPTURED - gone - unnamed - withheld - sum(self.held.values())

    def is_disputed(self) -> bool:
        return any(DISPUTE[rank] == "open" for rank, _ in self.disputes.values())

    def lost(self) -> int:
        return sum(DISPUTE[rank] == "lost" for rank, _ in self.disputes.values())

    def receive(self, refund: str, rank: int, amount: int, name: str) -> None:
        self.refunds[refund] = max((rank, amount, name), self.refunds.get(refund, (-1, 0, "")))
        self.held.pop(name, None)

    def request_refund(self, claim: str, amount: int, now_s: float) -> str:
        if known := self.claims.get(claim):
            return known.state if known.amount == amount else "taken"
        if amount > self.left():
            return "over"
        is_plain = amount <= SMALL and not self.is_disputed() and not self.lost()
        state = "approved" if is_plain else "escalated"
        self.claims[claim] = Requested(claim, amount, state, now_s)
        self.held |= {claim: amount} if state == "approved" else {}
        return state

    def published(self, one: Requested) -> set[str]:
        return {REFUND[rank] for rank, _, name in self.refunds.values() if name == one.name}


class Courses(Model):
    """What people, wake-ups and the gateway make of each request, and its effect on the money."""

    def decide(self, one: Requested, verdict: str, now_s: float) -> bool:
        is_news = bool(self.published(one) - DEAD or (self.published(one) and not one.over))
        is_free = one.amount <= self.left() + self.held.get(one.name, 0) and not self.is_disputed()
        match verdict, one.state:
            case "approve", "escalated" if is_free and not is_news:
                if one.over:
                    one.round, one.over, one.first_s, one.tries = one.round + 1, False, None, 0
                one.state, one.due_s, self.held[one.name] = "approved", now_s + UNDO_S, one.amount
                one.lost = self.lost()
            case "reject", "escalated" if not is_news:
                one.state = "rejected"
            case "undo", "approved" if one.first_s is None and now_s < one.due_s:
                one.state = "escalated"
            case _:
                return False
        return True

    def go_on(self, one: Requested, now_s: float, gateway: str) -> None:  # noqa: C901
        """Do the next thing due; the gateway is up, silent (it acts, unanswered) or down."""
        is_held, first_s = one.name in self.held, one.first_s or now_s
        stop = self.held.get(one.name) != one.amount or self.is_disputed() or self.left() < 0
        stop = stop or self.lost() > one.lost
        if alive := self.published(one) - DEAD:
            one.over, is_paid = False, "succeeded" in alive or one.state == "paid"
            one.state = "paid" if is_paid else "accepted"
        elif self.published(one) and not one.over:
            one.state, one.over = "escalated", True
        elif one.state in ("escalated", "rejected") and is_held and not one.is_unknown:
            one.over = bool(self.held.pop(one.name))
        elif one.state == "approved" and now_s >= one.due_s and (stop or not one.is_unknown):
            self._call(one, now_s, gateway, stop)
        elif one.state in ("approved", "submitted", "rejected") and one.is_unknown and is_held:
            is_time = now_s >= max(one.look_s, one.due_s if one.state == "approved" else 0)
            if not is_time or (one.state == "rejected" and now_s < first_s + MEMORY_S):
                return
            if gateway != "up":
                one.look_s = now_s + AGAIN_S[one.tries]
            elif one.name in self.made:
                one.state = "accepted"
            elif one.state == "rejected":
                one.over = bool(self.held.pop(one.name))
            else:
                is_late = now_s >= first_s + MEMORY_S or one.tries >= TRIES_MAX
                self._call(one, now_s, gateway, stop or (is_late and one.state == "submitted"))

    def _call(self, one: Requested, now_s: float, gateway: str, stop: bool) -> None:
        if stop:
            one.state = "escalated"
            return
        one.first_s, one.look_s, one.tries = (
            one.first_s or now_s,
            now_s + AGAIN_S[one.tries],
            one.tries + 1,
        )
        self.made |= {one.name} if gateway != "down" else set()
        one.state = "accepted" if gateway == "up" else "submitted"

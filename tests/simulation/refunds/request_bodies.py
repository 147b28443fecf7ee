"""Who requests refunds: the shop, in bursts, repeatedly, never twice with another comment."""

import random
from typing import Any

from kassa.core.money import Money
from kassa.refunds.policy.conditions import AnyOf, MoneyWithin
from kassa.refunds.policy.model import OnExpiry, Outcome, RefundPolicy, Rule
from kassa.refunds.policy.store import Policies
from tests.simulation.engine.schedule import EPOCH
from tests.simulation.payments.world import World

SHOP = "key_shop"
_TRIES_MAX = 7  # of what isn't known yet; without an answer there is no end
_REASONS = ("damaged", "damaged", "changed_mind", "not_received", "goodwill")


def drawn_policy(source: random.Random) -> RefundPolicy:
    """Draw how a merchant decides: mostly at once, sometimes by people, in their own hours."""
    small = source.choice((2_000, 10_000, 50_000))
    rules = [
        Rule(
            rule_id="R1",
            name="Goodwill",
            when=(AnyOf(column="reason", values=("goodwill",)),),
            then=Outcome.REJECT,
        ),
        Rule(
            rule_id="R2",
            name="Small",
            when=(MoneyWithin(column="amount", up_to=small, currency="EUR"),),
            then=Outcome.APPROVE,
        ),
    ]
    second = (Money(amount_minor=3_000, currency="EUR"),) if source.random() < 0.5 else ()
    return RefundPolicy(
        version=1,
        merchant_id="main",
        rules=tuple(rules),
        otherwise=source.choice((Outcome.APPROVE, Outcome.ESCALATE, Outcome.ESCALATE)),
        effective_from=EPOCH,
        saved_at=EPOCH,
        saved_by="key_finance",
        second_person_over=second,
        decide_within_hours=source.choice((2, 48)),
        remind_after_hours=source.choice((1, 24)),
        on_expiry=source.choice((OnExpiry.KEEP, OnExpiry.KEEP, *OnExpiry)),
        undo_minutes=source.choice((0, 5, 5, 30)),
    )


class Shop:
    """Asks for refunds of payments, and asks again where no answer came."""

    def __init__(self, world: World, source: random.Random) -> None:
        self._world = world
        self._schedule = world.schedule
        self._source = source
        self.decided: dict[str, tuple[str, int]] = {}  # request -> what was answered first
        self._unnamed: dict[tuple[str, int | None], str] = {}  # payment, amount -> its one request

    def burst(self, payment_id: str, amount: int) -> None:
        """Ask for refunds of one payment at one instant: one claim often, or many too large."""
        is_one_claim = self._source.random() < 0.4
        share = self._source.choice((0.2, 0.4, 0.6, 1.0))
        for n in range(self._source.choice((1, 2, 3, 5))):
            claim = "one" if is_one_claim else f"claim-{n}"
            self.request_body(payment_id, claim, max(1, int(amount * share)))

    def request_body(
        self, payment_id: str, claim: str, amount: int | None, reason: str = ""
    ) -> None:
        """Request a refund; the same claim has the same comment, with or without a name."""
        drawn = random.Random(f"{payment_id} {claim}")  # not the seed's: a claim keeps its words
        body: dict[str, Any] = self._named(payment_id) | {
            "reason": reason or drawn.choice(_REASONS),
            "comment": f"It came broken: {claim}.",
        }
        if drawn.random() < 0.8:
            body["claim_id"] = claim
        if amount is not None and (reason or drawn.random() < 0.85):
            body["amount_minor"] = amount
        self._request(body, 1)

    def _named(self, payment_id: str) -> dict[str, Any]:
        """Name a payment as shops do: by its own id, by its order's, or by its charge's."""
        found, by = self._world.gateway.found(payment_id), self._source.random()
        if by < 0.15:
            return {"order_id": found["metadata"]["order_id"]}
        if by < 0.3 and found["latest_charge"]:
            return {"payment_id": found["latest_charge"]}
        return {"payment_id": payment_id}

    def _request(self, body: dict[str, Any], tries: int) -> None:
        def on_answer(status: int, answer: dict[str, Any]) -> None:
            if status == 200:
                self._note(answer)
                if "claim_id" not in body:
                    self._note_unnamed(answer["request"], body)
            elif status == 409 and "left_minor" in answer:
                self._schedule.seen["headroom was refused"] += 1
            elif status == 409:
                self._schedule.seen["a claim was repeated with other fields"] += 1
            elif status == 400:
                self._schedule.findings.append(f"a request was refused: {answer}")
            is_early = "nothing of the payment was captured" in answer.get("message", "")
            if status == 500 or ((status == 404 or is_early) and tries < _TRIES_MAX):
                self._again(body, tries)

        self._world.call_api("approve_refund", "/refunds", body, SHOP, on_answer)

    def _again(self, body: dict[str, Any], tries: int) -> None:
        """Ask again in a while: no answer came, or the payment wasn't known yet."""
        delay_s = min(3600.0, self._source.uniform(1.0, 5.0) * 3**tries)
        self._schedule.at(delay_s, lambda: self._request(body, tries + 1))

    def _note_unnamed(self, request: dict[str, Any], body: dict[str, Any]) -> None:
        """What nobody named is one claim by what is given back, in whatever words it is said."""
        claim = request["payment"]["subject_id"], body.get("amount_minor")
        first = self._unnamed.setdefault(claim, request["refund_request_id"])
        if first != request["refund_request_id"]:
            self._schedule.findings.append(f"{claim} came with other fields, and is decided anew")

    def _note(self, content: dict[str, Any]) -> None:
        request = content["request"]
        request_id, receipt = request["refund_request_id"], request["receipt"]
        answer = receipt["decision"], request["amount"]["amount_minor"]
        if request_id not in self._world.cases.requests:
            self._schedule.findings.append(f"{request_id} was answered, and isn't kept")
        if self.decided.setdefault(request_id, answer) != answer:
            self._schedule.findings.append(f"{request_id} was answered in two ways")
        elif content["repeated"]:
            self._schedule.seen["a claim was repeated"] += 1
        if receipt["why"].endswith("day_limit"):
            self._schedule.seen["a day's limit was reached"] += 1


def save_policy(world: World, policy: RefundPolicy) -> None:
    """Keep the policy that rules in this world."""
    world.policy = policy
    Policies("main").save(policy)

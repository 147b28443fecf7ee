"""Refunds of orders at any gateway: who may approve how much, and what each came to in the end."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from infra.fake_gateways.stripe.money import minor_amount
from kassa.gateways.events import Subject
from kassa.ledger.items import partition, subject_state
from kassa.platform import keys, table
from kassa.refunds.policy.limits import limits_of
from tests.simulation.checkouts.world import CheckoutWorld
from tests.simulation.dynamodb.items import Key
from tests.simulation.dynamodb.values import Item
from tests.simulation.payments.world import TABLE
from tests.simulation.refunds.cases import Fields, is_unknown, lifecycle_in

_NOT_COVERED = "order_not_covered"
_AUTOMATIC = {"policy", "kassa"}
_GONE = {"failed", "canceled", "cancelled", "refused"}
_PENDING = {"pending", "requires_action", "received"}
_SEEN_S = 60.0  # a look-up before a decision sees what is older
_ENDS = {"paid", "rejected", "escalated"}


class Made(NamedTuple):
    """A refund as its gateway has it; `ask` is our name of it, if it carries one."""

    submission_id: str
    payment_id: str
    minor: int
    state: str


class OrderRefunds:
    """Sees every approval; in the end holds every request to what its gateway made of it."""

    def __init__(self, world: CheckoutWorld) -> None:
        self._world = world
        self._automatic: Counter[tuple[str, str, str]] = Counter()

    def see_write(self, table_name: str, key: Key, old: Item | None, new: Item | None) -> None:
        """Look at each change of a request's lifecycle."""
        if new is None or not key[0].startswith("REFUND#") or key[1] != "LIFECYCLE":
            return
        kept, lifecycle = len(lifecycle_in(old)["changes"]), lifecycle_in(new)
        if lifecycle["attempts"] > lifecycle_in(old)["attempts"]:
            self._see_submitted(self._world.cases.requests[key[0].partition("#")[2]], lifecycle)
        for change in lifecycle["changes"][kept:]:
            if change["step"] == "approved" and change["by"] in _AUTOMATIC:
                self._see_automatic(self._world.cases.requests[key[0].partition("#")[2]], change)

    def _see_submitted(self, request: Fields, lifecycle: Fields) -> None:
        """Hold a duplicate payment that goes back to what paid its order in its place."""
        for payer in request.get("relies_on", ()):
            named = keys.state(partition(Subject.model_validate(payer)))
            item = self._world.store.peek(TABLE, (named.PK, named.SK))
            state = subject_state(table.plain(item))
            gone_minor = state.refunded_minor + state.disputed_minor
            whys = {change.get("why") for change in lifecycle["changes"]}
            is_known = _NOT_COVERED in whys | {request["receipt"]["why"]}
            self._world.schedule.seen["a duplicate payment went back"] += 1
            if gone_minor and not is_known:
                gone = f"{gone_minor} of {payer['subject_id']}"
                self._world.schedule.findings.append(f"{gone} is gone, and its duplicate goes back")

    def _see_automatic(self, request: Fields, change: Fields) -> None:
        """Hold an automatic approval to the customer's day and to what the gateway has left."""
        payment, currency = request["payment"], request["amount"]["currency"]
        minor, find = change["amount_minor"], self._world.schedule.findings
        customer = self._customer(payment)
        self._automatic[customer, change["at"][:10], currency] += minor
        limits = limits_of(currency)
        if self._automatic[customer, change["at"][:10], currency] > limits.per_customer_day_minor:
            find.append(f"{customer} gets more than a day's limit over all gateways")
        seen_until_s = self._world.schedule.now_s - _SEEN_S
        by_hand = self._world.by_hand.get(payment["subject_id"], [])
        gone_minor = sum(part for at_s, part in by_hand if at_s < seen_until_s)
        self._world.schedule.seen["a refund by hand came before a decision"] += gone_minor > 0
        if payment["gateway"] == "klarna" and minor + gone_minor > self._captured(payment):
            find.append(f"{minor} of a payment was approved, {gone_minor} went before")

    def _truth(self, payment: Fields) -> dict[str, Any]:
        payments = self._world.counters[payment["gateway"]].truth()["payments"]
        found: dict[str, Any] = payments.get(payment["subject_id"], {})
        return found

    def _captured(self, payment: Fields) -> int:
        return int(self._truth(payment).get("captured_minor", 0))

    def _customer(self, payment: Fields) -> str:
        order = self._world.ordered.get(str(self._truth(payment).get("order_id")), {})
        return str(order.get("customer_id") or payment["subject_id"])


def refund_violations(world: CheckoutWorld) -> Iterator[str]:
    """Return where a request isn't what its gateway made of it, or never ended."""
    made = {name: list(_made(name, world)) for name in world.counters}
    for request_id, lifecycle in world.cases.lifecycles.items():
        request = world.cases.requests[request_id]
        here = made[request["payment"]["gateway"]]
        alive = [
            one
            for one in here
            if one.submission_id.partition(".")[0] == request_id and one.state not in _GONE
        ]
        yield from _is_one(request_id, lifecycle, alive)
        yield from _has_ended(request_id, lifecycle, alive)
    yield from _within(world, made)


def is_alive(world: CheckoutWorld, request_id: str) -> bool:
    """Say whether a request's gateway has a refund of it."""
    gateway = world.cases.requests[request_id]["payment"]["gateway"]
    return any(
        one.submission_id.partition(".")[0] == request_id and one.state not in _GONE
        for one in _made(gateway, world)
    )


def _is_one(request_id: str, lifecycle: Fields, alive: list[Made]) -> Iterator[str]:
    if len(alive) > 1:
        yield f"{request_id} is refunded {len(alive)} times: {alive}"
    for one in alive:
        if one.minor != lifecycle["approved_minor"]:
            yield f"{request_id} is refunded with {one}, {lifecycle['approved_minor']} was approved"


def _has_ended(request_id: str, lifecycle: Fields, alive: list[Made]) -> Iterator[str]:
    state = lifecycle["state"]
    if is_unknown(lifecycle) and state not in ("accepted", "paid"):
        yield f"nobody knows what became of {request_id}: it is {state}"
    if alive:
        expected = "accepted" if alive[0].state in _PENDING else "paid"
        if state != expected:
            yield f"{request_id} is {state}, its gateway says {alive[0]}"
    elif state not in _ENDS - {"paid"}:
        yield f"{request_id} is {state}, its gateway has no refund of it"


def _within(world: CheckoutWorld, made: dict[str, list[Made]]) -> Iterator[str]:
    """What we asked for together stays within what was captured, whoever else gave back."""
    for name, refunds in made.items():
        payments, refunded = world.counters[name].truth()["payments"], Counter[str]()
        for one in refunds:
            if (
                one.state not in _GONE
                and one.submission_id.partition(".")[0] in world.cases.requests
            ):
                refunded[one.payment_id] += one.minor
        for payment_id, minor in refunded.items():
            if payment_id in world.disproved:
                continue
            if minor > payments[payment_id]["captured_minor"]:
                yield f"{minor} of {payment_id} was refunded, all of it by us"


def _made(gateway: str, world: CheckoutWorld) -> Iterator[Made]:
    """Yield a gateway's refunds; each names ours in a field of its own."""
    fake = world.counters[gateway].fake
    if gateway == "stripe":
        for one in fake.account.kinds["refund"].values():
            submission_id = str(one["metadata"].get("refund_request_id", ""))
            minor = minor_amount(one["amount"], one["currency"])
            yield Made(submission_id, one["payment_intent"], minor, one["status"])
    elif gateway == "btcpay":
        for one in fake.store.pull_payments.values():
            minor = round(one.amount * 10 ** _digits(one.currency))
            paid = any(part.state == "Completed" for part in one.payouts)
            state = "failed" if one.is_archived and not paid else "paid" if paid else "pending"
            yield Made(one.name, one.invoice_id, minor, state)
    else:
        for one in world.counters[gateway].truth()["refunds"]:
            submission_id = one.get("submission_id") or one.get("reference") or ""
            minor = one.get("amount_minor", one.get("refunded_amount"))
            state = str(one.get("status") or one.get("state") or "done").lower()
            yield Made(submission_id, one["payment_id"], minor, state)


def _digits(currency: str) -> int:
    return {"ISK": 0, "UGX": 0, "JPY": 0, "KWD": 3}.get(currency, 2)

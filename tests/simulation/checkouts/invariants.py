"""What must hold of orders in the end, held against what every gateway itself says."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from tests.simulation.checkouts.world import CheckoutWorld
from tests.simulation.judge import Judge

Payments = dict[str, list[tuple[str, str, int]]]


def order_violations(world: CheckoutWorld, judge: Judge) -> list[str]:
    """Return everything that isn't as it must be."""
    paid = _paid(world)
    return [
        *_once(world, paid),
        *_ended(world),
        *_told(world, paid),
        *_second_payments(world),
        *_booked(world, judge, paid),
        *(f"a message of {q.name} is dead" for q in world.queues for _ in q.dead),
    ]


def _paid(world: CheckoutWorld) -> Payments:
    """Return what each order's payments are, as the gateways have them."""
    found: Payments = defaultdict(list)
    for name, counter in world.counters.items():
        for payment_id, one in counter.payments().items():
            if one["captured_minor"] and one["order_id"]:
                found[one["order_id"]].append((name, payment_id, one["captured_minor"]))
    return found


def _once(world: CheckoutWorld, paid: Payments) -> Iterator[str]:
    """Our pages take an order's money once, whatever is paid past them."""
    for order_id, payments in paid.items():
        world.schedule.seen["an order was paid twice"] += len(payments) > 1
        if len(payments) - world.sold_elsewhere[order_id] > 1:
            yield f"{order_id} was paid {len(payments)} times: {payments}"


def _ended(world: CheckoutWorld) -> Iterator[str]:
    """Every unknown outcome became known; nothing is left for a person but with an alarm."""
    for order_id, life in world.lives.items():
        for attempt in life.get("attempts", []):
            if attempt["state"] in ("asked", "unknown"):
                yield f"{order_id} is {attempt['state']} at {attempt['gateway']} for ever"


def _told(world: CheckoutWorld, paid: Payments) -> Iterator[str]:
    """An order knows every payment, and is paid by those that together are what it costs."""
    for order_id, life in world.lives.items():
        payments, ordered = paid.get(order_id, []), world.ordered[order_id]
        payers = [life["paid_by"], *life.get("paid_with", [])] if life.get("paid_by") else []
        names = {(one["gateway"], one["payment_id"]) for one in payers}
        paid_minor = sum(minor for *name, minor in payments if tuple(name) in names)
        came_minor = sum(minor for *_, minor in payments)
        says = life.get("discrepancy", {}).get("kind")
        if bool(payers) != (came_minor >= ordered) or (payers and paid_minor < ordered):
            yield f"{order_id} costs {ordered}, says paid by {names}, its payments are {payments}"
        is_more, is_less = payers and paid_minor > ordered, not payers and came_minor
        if says != ("more" if is_more else "less" if is_less else None):
            yield f"{order_id} costs {ordered}, says {says}, its payments are {payments}"
        world.schedule.seen["parts paid an order together"] += len(payers) > 1
        world.schedule.seen[f"{says} than ordered"] += says is not None
        known = [*payers, *life.get("part_payments", []), *life.get("second_payments", [])]
        named = {(one["gateway"], one["payment_id"]) for one in known}
        if named != {(gateway, payment) for gateway, payment, _ in payments}:
            yield f"{order_id} knows {named} of {payments}"


def _second_payments(world: CheckoutWorld) -> Iterator[str]:
    """A second payment is put up for refund, once."""
    requested: Counter[str] = Counter(
        one["payment"]["subject_id"] for one in world.cases.requests.values()
    )
    second = {
        one["payment_id"]
        for life in world.lives.values()
        for one in life.get("second_payments", [])
    }
    if second:
        world.schedule.seen["a second payment was put up for refund"] += len(second)
    for payment_id in second | set(requested):
        if (payment_id in second) != (requested[payment_id] == 1):
            yield f"second payment {payment_id} has {requested[payment_id]} refund requests"


def _booked(world: CheckoutWorld, judge: Judge, paid: Payments) -> Iterator[str]:
    """What was captured is booked, all of it and once."""
    booked: Counter[str] = Counter()
    for posting in judge.postings:
        if posting.kind == "capture":
            booked[posting.subject_id] += posting.amount_minor
    real: dict[str, Any] = {
        payment_id: minor for payments in paid.values() for _, payment_id, minor in payments
    }
    for payment_id in sorted(booked.keys() | real.keys()):
        if booked[payment_id] != real.get(payment_id, 0):
            yield f"{payment_id} took {real.get(payment_id, 0)}, booked is {booked[payment_id]}"

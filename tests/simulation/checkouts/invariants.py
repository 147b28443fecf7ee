"""What must hold of orders in the end, held against what every gateway itself says."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.simulation.checkouts.ledgers import Ledgers
from tests.simulation.checkouts.world import CheckoutWorld


class Taken(NamedTuple):
    """A payment that was captured, as its gateway has it."""

    gateway: str
    payment_id: str
    truth: dict[str, Any]
    returned_minor: int  # of it, by a bank that can't be contested
    charged_back_minor: int  # of it, by others

    @property
    def minor(self) -> int:
        """Return what was captured, what was disproved or returned since then aside."""
        return int(self.truth["captured_minor"]) - self.returned_minor

    @property
    def left_minor(self) -> int:
        """Return what the merchant still has of it."""
        return self.minor - self.refunded_minor - self.charged_back_minor

    @property
    def refunded_minor(self) -> int:
        """Return what went back by refunds."""
        return int(self.truth["refunded_minor"])

    @property
    def currency(self) -> str:
        """Return in which currency."""
        return str(self.truth["currency"])


Payments = dict[str, list[Taken]]
KASSA = "kassa"


def order_violations(world: CheckoutWorld, ledgers: Ledgers) -> list[str]:
    """Return everything that isn't as it must be."""
    paid = _paid(world, ledgers)
    return [
        *_once(world, paid),
        *_ended(world),
        *_published(world, paid),
        *_duplicate_payments(world),
        *(f"a message of {q.name} is dead" for q in world.queues for _ in q.dead),
    ]


def _paid(world: CheckoutWorld, ledgers: Ledgers) -> Payments:
    """Return what each order's payments are, as the gateways have them.

    What was charged back is as booked, which every gateway's balance is held against.
    """
    found: Payments = defaultdict(list)
    for name, counter in world.counters.items():
        for payment_id, one in counter.truth()["payments"].items():
            back_minor = ledgers.charged_back(payment_id, one["currency"])
            is_debit, was_given_back = payment_id in world.returned_debits, _is_refunded(one)
            is_reversed = payment_id in world.reversed - world.contested
            is_returned = is_debit or is_reversed
            split = (0 if was_given_back else back_minor, 0) if is_returned else (0, back_minor)
            world.schedule.seen["a refunded debit was returned"] += is_debit and was_given_back
            world.schedule.seen["a reversal without a dispute"] += is_reversed
            taken = Taken(name, payment_id, one, *split)
            if taken.minor > 0 and one["order_id"]:
                found[one["order_id"]].append(taken)
    return found


def _is_refunded(truth: dict[str, Any]) -> bool:
    """Say whether all of a payment went back by refunds: its return is no news to its order."""
    return int(truth["refunded_minor"]) >= int(truth["captured_minor"])


def _once(world: CheckoutWorld, paid: Payments) -> Iterator[str]:
    """Our pages take an order's money once, and what it costs, whatever is paid past them."""
    for order_id, payments in paid.items():
        world.schedule.seen["an order was paid twice"] += len(payments) > 1
        ours = [one for one in payments if one.payment_id not in world.sold_elsewhere]
        if len(ours) > 1 and not world.reopened[order_id]:
            yield f"{order_id} was paid {len(ours)} times by our pages: {ours}"
        order = world.ordered[order_id]
        for one in ours:
            took = int(one.truth["captured_minor"]), one.currency
            if took != (order["amount_minor"], order["currency"]):
                yield f"{order_id} costs {order['amount_minor']}, a page of ours took {one}"


def _ended(world: CheckoutWorld) -> Iterator[str]:
    """Every unknown outcome became known; nothing is left for a person but with an alarm."""
    for order_id, lifecycle in world.lifecycles.items():
        for attempt in lifecycle.get("attempts", []):
            if attempt["state"] in ("submitted", "unknown"):
                yield f"{order_id} is {attempt['state']} at {attempt['gateway']} for ever"


def _published(world: CheckoutWorld, paid: Payments) -> Iterator[str]:
    """An order knows every payment, and is paid by those that together are what it costs."""
    for order_id, lifecycle in world.lifecycles.items():
        payments, order = paid.get(order_id, []), world.ordered[order_id]
        payers = (
            [lifecycle["paid_by"], *lifecycle.get("paid_with", [])]
            if lifecycle.get("paid_by")
            else []
        )
        known = [
            *payers,
            *lifecycle.get("part_payments", []),
            *lifecycle.get("duplicate_payments", []),
        ]
        names = {(one["gateway"], one["payment_id"]) for one in payers}
        ours = [one for one in payments if one.currency == order["currency"]]
        paying = [one for one in ours if (one.gateway, one.payment_id) in names]
        first = [one for one in ours if one.payment_id not in world.were_second]
        yield from _is_paid_right(order, bool(payers), (ours, paying), first)
        yield from _is_let_go(lifecycle, payments)
        if not any(one.payment_id in world.moved for one in payments):
            yield from _is_right(world, order_id, payments, paying)
        world.schedule.seen["parts paid an order together"] += len(payers) > 1
        named = {
            (one["gateway"], one["payment_id"]) for one in known if one["amount"]["amount_minor"]
        }
        if named != {(one.gateway, one.payment_id) for one in payments}:
            yield f"{order_id} knows {named} of {payments}"


def _is_paid_right(
    order: dict[str, Any],
    is_paid: bool,
    payments: tuple[list[Taken], list[Taken]],
    first: list[Taken],
) -> Iterator[str]:
    """Paid is what was captured in full, in the order's currency, and isn't taken back.

    One payment of the whole amount pays, whatever was refunded of it and whenever that was known,
    but for what came second: that goes back for another reason.
    """
    ours, paying = payments
    costs = order["amount_minor"]
    if is_paid and sum(one.minor for one in paying) < costs:
        yield f"{order['order_id']} costs {costs}, says paid, it took {paying}"
    left = sum(max(0, one.left_minor) for one in ours)
    took_all = any(one.minor >= costs for one in first)
    if not is_paid and (took_all or left >= costs):
        yield f"{order['order_id']} costs {costs}, is not paid, it took {ours}"


def _is_let_go(lifecycle: dict[str, Any], payments: list[Taken]) -> Iterator[str]:
    """Beside what paid, money is second; without anything that paid, no page was paid."""
    parts = {one["payment_id"] for one in lifecycle.get("part_payments", [])}
    left = [one for one in payments if one.left_minor > 0 and one.payment_id in parts]
    if "paid_by" in lifecycle and left:
        yield f"{lifecycle['order_id']} is paid and keeps {left} besides"
    paid = [one for one in lifecycle.get("attempts", []) if one["state"] == "paid"]
    if "paid_by" not in lifecycle and any(one.get("payment_id") in parts for one in paid):
        yield f"{lifecycle['order_id']} isn't paid and shows a page that was"


def _is_right(
    world: CheckoutWorld, order_id: str, payments: list[Taken], paying: list[Taken]
) -> Iterator[str]:
    """What came and isn't what was ordered is said to be so."""
    costs = world.ordered[order_id]["amount_minor"]
    currency = world.ordered[order_id]["currency"]
    says = world.lifecycles[order_id].get("discrepancy", {}).get("kind")
    real = None
    if paying:
        real = "more" if sum(one.minor for one in paying) > costs else None
    elif left := [one for one in payments if one.left_minor > 0]:
        is_ours = all(one.currency == currency for one in left)
        real = "less" if is_ours else "other_currency"
    if says != real:
        yield f"{order_id} costs {costs} {currency}, says {says}, its payments are {payments}"
    world.schedule.seen[f"{says} than ordered"] += says is not None


def _duplicate_payments(world: CheckoutWorld) -> Iterator[str]:
    """A duplicate payment is put up for refund, once, and nothing else is."""
    requested: Counter[str] = Counter(
        one["payment"]["subject_id"]
        for one in world.cases.requests.values()
        if one["requested_by"] == KASSA
    )
    second = {
        one["payment_id"]
        for lifecycle in world.lifecycles.values()
        for one in lifecycle.get("duplicate_payments", [])
    }
    world.schedule.seen["a duplicate payment was put up for refund"] += len(second)
    for payment_id in second - world.moved:
        if requested[payment_id] != 1:
            yield f"duplicate payment {payment_id} has {requested[payment_id]} refund requests"
    for payment_id, number in requested.items():
        is_once = number == 1 or payment_id in world.moved  # by hand, and that came to nothing
        if payment_id not in world.were_second or not is_once:
            yield f"{payment_id} was put up for refund by Kassa {number} times"

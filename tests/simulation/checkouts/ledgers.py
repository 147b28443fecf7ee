"""What every gateway's books must come to in the end, held against what it says itself."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.simulation.checkouts.world import CheckoutWorld

FOUND_BY_S = 26 * 3600.0  # what was paid before is found by the last round but one, and looked up
Balances = Counter[tuple[str, str, str]]  # gateway, ledger account, currency -> minor units
_ON_THEIR_WAY = {"pending", "requires_action"}


class Ledgers:
    """Adds up what is published on the bus, for each gateway by itself."""

    def __init__(self) -> None:
        self.balances: Balances = Counter()
        self.of_payments: Counter[tuple[str, str, str]] = Counter()  # payment, kind, currency
        self._published: set[str] = set()

    def see_published(self, name: str, fact: dict[str, Any]) -> None:
        """Add the postings of a fact, once."""
        named = fact["metadata"]
        if named["fact_id"] in self._published:
            return
        self._published.add(named["fact_id"])
        for one in fact["data"].get("postings", []):
            amount, currency = one["amount"]["amount_minor"], one["amount"]["currency"]
            self.balances[named["gateway"], one["source"], currency] -= amount
            self.balances[named["gateway"], one["destination"], currency] += amount
            self.of_payments[named["subject_id"], one["kind"], currency] += amount

    def charged_back(self, payment_id: str, currency: str) -> int:
        """Return what was taken of a payment by disputes and reversals, returns taken off."""
        out, back = "chargeback", "chargeback_reversal"
        sums = self.of_payments
        return sums[payment_id, out, currency] - sums[payment_id, back, currency]


def ledger_violations(world: CheckoutWorld, ledgers: Ledgers) -> Iterator[str]:
    """Return where the books differ from a gateway's own."""
    for name, counter in world.counters.items():
        truth = counter.truth()
        _without_pending(truth)
        yield from _of_payments(name, truth["payments"], ledgers)
        if "payout" in counter.can:
            yield from _of_balance(name, truth["balance_minor"], ledgers)


def known_and_not_booked(world: CheckoutWorld, ledgers: Ledgers) -> Iterator[str]:
    """Return payments that an order found out about and the books don't have.

    In the end a gateway's payout would bring them; nobody should have to wait for that.
    """
    if world.schedule.seen["a message was dead-lettered"]:
        return  # its people come first
    for order_id, lifecycle in world.lifecycles.items():
        for one in lifecycle.get("attempts", []):
            name, payment_id = one["gateway"], one.get("payment_id")
            truth = world.counters[name].truth()["payments"].get(payment_id) or {}
            is_found = one["state"] == "paid" and truth.get("captured_minor")
            if (
                not is_found
                or world.paid_at_s.get(one.get("checkout_id", ""), FOUND_BY_S) >= FOUND_BY_S
            ):
                continue
            if not ledgers.of_payments[payment_id, "capture", truth["currency"]]:
                yield f"{order_id} was paid by {payment_id} at {name}, which isn't booked"


def _without_pending(truth: dict[str, Any]) -> None:
    """Take off what was refunded and hasn't left yet: it isn't booked before it has."""
    for one in truth["refunds"]:
        if str(one.get("status", "")).lower() in _ON_THEIR_WAY:
            truth["payments"][one["payment_id"]]["refunded_minor"] -= one["amount_minor"]


def _of_payments(
    gateway: str, payments: dict[str, dict[str, Any]], ledgers: Ledgers
) -> Iterator[str]:
    for payment_id, one in payments.items():
        for kind, back, real in (
            ("capture", "capture_reversal", one["captured_minor"]),
            ("refund", "refund_reversal", one["refunded_minor"]),
        ):
            sums, currency = ledgers.of_payments, one["currency"]
            booked = sums[payment_id, kind, currency] - sums[payment_id, back, currency]
            if booked != real:
                yield f"{payment_id} at {gateway}: {kind} is booked with {booked}, it is {real}"


def _of_balance(gateway: str, held: dict[str, int], ledgers: Ledgers) -> Iterator[str]:
    currencies = {currency for name, _, currency in ledgers.balances if name == gateway}
    for currency in sorted(currencies | held.keys()):
        balance = ledgers.balances[gateway, "gateway_balance", currency]
        clearing = ledgers.balances[gateway, "gateway_clearing", currency]
        if balance != held.get(currency, 0):
            booked = held.get(currency, 0)
            yield f"gateway_balance of {gateway} is {balance} {currency}, it says {booked}"
        if clearing:
            yield f"{clearing} {currency} of {gateway} is in clearing for ever"

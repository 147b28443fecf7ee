"""Whose a payment is: the customer of the shop's own order, or else one that only a gateway knows.

An order that Kassa opened says whose it is, at whichever gateway it was paid. Without one, the id a
gateway gives counts; it means something at that gateway account alone, so two gateways' ids never
meet.
"""

from typing import NamedTuple


class Customer(NamedTuple):
    """A customer, and whether the shop's own order named them."""

    customer_id: str
    from_order: bool = False

    def key(self, gateway: str, account: str) -> str:
        """Return the name that limits, velocities and histories know this payer by.

        An order's customer ids have no `#`, so that no two of these are ever alike by chance.
        """
        if self.from_order:
            return self.customer_id
        return f"{gateway}#{account}#{self.customer_id}"


def surer(known: Customer | None, reported: Customer | None) -> Customer | None:
    """Return the surer of two tellings; it commutes, so which came first doesn't matter."""
    customers = [one for one in (known, reported) if one is not None]
    return max(customers, key=lambda one: (one.from_order, one.customer_id), default=None)

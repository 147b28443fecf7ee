"""What each gateway knows and keeps: its fake is set to these terms, the books judged by them."""

from dataclasses import dataclass
from typing import Any

from kassa.core.money import minor_digits

FEE_PERMILLE, FEE_FIXED = 29, 30  # of each payment, rounded half up
HABITS = {"duplicates": 0.3, "delay_max_s": 0.5, "retry_max_s": 2.0}  # twice, and out of order
DISPUTE_FEE = 15_00  # minor units, as the fixed part is


@dataclass(frozen=True)
class Terms:
    """One gateway's terms."""

    name: str
    knows_disputes: bool = True
    tells_refunds: bool = True  # else nothing is heard of one until it is settled
    pays_out: bool = True  # and tells what it kept; else what it holds stays in clearing

    def fee(self, amount_minor: int, currency: str) -> int:
        """Return what the gateway keeps of a payment; no fixed part of a currency without cents."""
        if not self.pays_out:
            return 0
        fixed = FEE_FIXED if minor_digits(currency) else 0
        return (amount_minor * FEE_PERMILLE + 500) // 1000 + fixed

    @property
    def switches(self) -> dict[str, Any]:
        """Return the terms as the fake's switches; none where it keeps nothing."""
        if not self.pays_out:
            return {}
        return {
            "fee_permille": FEE_PERMILLE,
            "fee_fixed": FEE_FIXED,
            "dispute_fee": DISPUTE_FEE,
        }


TERMS = {
    terms.name: terms
    for terms in (
        Terms("stripe"),
        Terms("paypal"),
        Terms("klarna", tells_refunds=False),
        Terms("adyen"),
        Terms("btcpay", knows_disputes=False, pays_out=False),
        Terms("standard"),
    )
}

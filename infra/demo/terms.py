"""What each gateway knows and keeps: its fake is set to these terms, the books checked by them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from infra.fake_gateways.stripe.account import Switches
from kassa.core.money import minor_digits
from kassa.gateways.registry import MANUAL

FEE_PERMILLE, FEE_FIXED = 29, 30  # of each payment, rounded half up
DISPUTE_FEE = 15_00  # minor units, as the fixed part is


@dataclass(frozen=True)
class Terms:
    """One gateway's terms."""

    name: str
    knows_disputes: bool = True
    notifies_refunds: bool = True  # else no notification comes of one until it is settled
    traces_refunds: bool = False  # names the bank's reference of a refund
    pays_out: bool = True  # and reports what it kept; else what it holds stays in clearing
    keeps_fees: bool = True
    is_fake: bool = True  # one of ours: it shows its own books
    settles_in: str | None = None  # everything is exchanged into it; none: nothing is
    rates: Mapping[str, Fraction] = field(default_factory=dict)  # by currency, lower case

    def home(self, currency: str) -> str:
        """Return the currency that the gateway holds a payment in."""
        return self.settles_in or currency

    def at_home(self, minor: int, currency: str) -> int:
        """Exchange an amount into the gateway's currency, rounding half up."""
        home = self.home(currency)
        if home == currency:
            return minor
        scale = Fraction(10) ** (minor_digits(home) - minor_digits(currency))
        exact = minor * self.rates[currency.lower()] * scale
        return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)

    def fee(self, gross_minor: int, currency: str) -> int:
        """Return what the gateway keeps of a payment; no fixed part of a currency without cents."""
        if not self.pays_out or not self.keeps_fees:
            return 0
        fixed = FEE_FIXED if minor_digits(currency) else 0
        return (gross_minor * FEE_PERMILLE + 500) // 1000 + fixed

    @property
    def dispute_fee(self) -> int:
        """Return what a dispute costs."""
        return DISPUTE_FEE if self.keeps_fees else 0

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


STRIPES_RATES = Switches().rates
TERMS = {
    terms.name: terms
    for terms in (
        Terms("stripe", traces_refunds=True, settles_in="EUR", rates=STRIPES_RATES),
        Terms("paypal"),
        Terms("klarna", notifies_refunds=False),
        Terms("adyen"),
        Terms("btcpay", knows_disputes=False, pays_out=False),
        Terms("standard"),
    )
}
BY_HAND = Terms(MANUAL, knows_disputes=False, pays_out=False, keeps_fees=False, is_fake=False)
LOCALSTRIPE_TERMS = Terms("stripe", keeps_fees=False, is_fake=False)

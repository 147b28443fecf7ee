"""The shop's gateway accounts: what is paid there by which means, and what it costs.

A contract's fee is a percentage of the amount, rounded half up to the minor unit, and a fixed
part, both in the currency of the balance. Nothing is given back of it with a refund.
"""

from datetime import date
from typing import NamedTuple

CARD, WALLET, DEBIT, TRANSFER = "card", "wallet", "bank_debit", "bank_transfer"


class Contract(NamedTuple):
    """What an account charges for one method (and brand), from a day on until the next contract."""

    gateway: str
    account: str
    method: str
    brand: str | None  # none: every brand that has no contract of its own
    currency: str  # of the balance, and of the fixed parts
    percent_bp: int  # hundredths of a percent
    fixed_minor: int
    since: date  # the UTC day from which payments are charged so
    exchange_bp: int = 0  # on top, where the payment's currency isn't the balance's
    refund_minor: int = 0  # for each refund
    dispute_minor: int = 0  # for each dispute, given back where it is won

    def fee_minor(self, gross_minor: int, is_exchanged: bool = False) -> int:
        """Return the fee for a payment of so much, in the balance's currency."""
        bp = self.percent_bp + (self.exchange_bp if is_exchanged else 0)
        return (gross_minor * bp + 5_000) // 10_000 + self.fixed_minor


class Means(NamedTuple):
    """A method and brand, how often it is chosen, and how often an attempt with it fails."""

    method: str
    brand: str
    weight: float
    fails: float


class GatewayAccount(NamedTuple):
    """One account at a gateway."""

    gateway: str
    account: str
    weight: float  # of all payments
    currencies: tuple[tuple[str, float], ...]
    means: tuple[Means, ...]
    balance: str | None  # the currency everything is exchanged to; none: each its own balance
    settles_days: int  # until a charge is in the balance
    pays_out: tuple[int, ...]  # on which weekdays (Monday is 0), in the morning UTC
    disputes: float = 0.0  # of captures

    def balance_of(self, currency: str) -> str:
        """Return the currency of the balance that a payment settles into."""
        return self.balance or currency


_DAILY = (0, 1, 2, 3, 4)
STRIPE = GatewayAccount(
    "stripe", "main", 0.45, (("EUR", 0.75), ("USD", 0.25)),
    (
        Means(CARD, "visa", 0.45, 0.10), Means(CARD, "mastercard", 0.30, 0.10),
        Means(CARD, "amex", 0.07, 0.12), Means(WALLET, "applepay", 0.18, 0.05),
    ),
    "EUR", 2, _DAILY, 0.002,
)  # fmt: skip
TOKYO = GatewayAccount(
    "stripe", "tokyo", 0.12, (("JPY", 1.0),),
    (
        Means(CARD, "jcb", 0.5, 0.07), Means(CARD, "visa", 0.3, 0.09),
        Means("cash", "konbini", 0.2, 0.0),
    ),
    "JPY", 4, (4,), 0.001,
)  # fmt: skip
ADYEN = GatewayAccount(
    "adyen", "main", 0.18, (("EUR", 1.0),),
    (
        Means(CARD, "visa", 0.4, 0.08), Means(TRANSFER, "ideal", 0.4, 0.04),
        Means(DEBIT, "sepa_debit", 0.2, 0.02),
    ),
    "EUR", 3, (1, 4), 0.002,
)  # fmt: skip
GULF = GatewayAccount(
    "adyen", "gulf", 0.05, (("KWD", 1.0),),
    (Means(CARD, "knet", 0.8, 0.06), Means(CARD, "visa", 0.2, 0.1)),
    "KWD", 2, (2,), 0.001,
)  # fmt: skip
PAYPAL = GatewayAccount(
    "paypal", "main", 0.12, (("EUR", 0.8), ("USD", 0.2)), (Means(WALLET, "paypal", 1.0, 0.03),),
    None, 0, (0,), 0.003,
)  # fmt: skip
KLARNA = GatewayAccount(
    "klarna", "main", 0.08, (("EUR", 1.0),), (Means("pay_later", "klarna", 1.0, 0.09),),
    "EUR", 7, (3,), 0.001,
)  # fmt: skip
ACCOUNTS = (STRIPE, TOKYO, ADYEN, GULF, PAYPAL, KLARNA)
USD_IN_EUR = 0.9  # around which the rate of each month lies
DECLINES = {
    CARD: ("insufficient_funds", "do_not_honor", "expired_card", "incorrect_cvc"),
    WALLET: ("insufficient_funds", "authentication_required"),
    DEBIT: ("account_closed",),
    TRANSFER: ("abandoned", "bank_unavailable"),
    "pay_later": ("credit_check_failed",),
    "cash": ("expired",),
}


def contracts(begins_on: date, changes_on: date) -> tuple[Contract, ...]:
    """Return every contract; Stripe's cards and wallets get dearer once, as was agreed."""

    def of(at: GatewayAccount, *terms: object, **more: int) -> Contract:
        method, brand, currency, percent_bp, fixed_minor = terms
        since = changes_on if more.pop("is_later", 0) else begins_on
        return Contract(
            at.gateway, at.account, method, brand, currency, percent_bp, fixed_minor, since, **more  # type: ignore[arg-type]
        )  # fmt: skip

    stripe = {"exchange_bp": 200, "dispute_minor": 20_00}
    adyen = {"refund_minor": 10, "dispute_minor": 12_50}
    return (
        of(STRIPE, CARD, None, "EUR", 140, 25, **stripe),
        of(STRIPE, CARD, "amex", "EUR", 290, 25, **stripe),
        of(STRIPE, WALLET, None, "EUR", 140, 25, **stripe),
        of(STRIPE, CARD, None, "EUR", 150, 25, is_later=1, **stripe),
        of(STRIPE, WALLET, None, "EUR", 150, 25, is_later=1, **stripe),
        of(TOKYO, CARD, None, "JPY", 360, 0, dispute_minor=1_500),
        of(TOKYO, "cash", None, "JPY", 360, 120),
        of(ADYEN, CARD, None, "EUR", 110, 11, **adyen),
        of(ADYEN, TRANSFER, None, "EUR", 0, 29, **adyen),
        of(ADYEN, DEBIT, None, "EUR", 0, 25, **adyen),
        of(GULF, CARD, "knet", "KWD", 100, 150, dispute_minor=5_000),
        of(GULF, CARD, None, "KWD", 275, 150, dispute_minor=5_000),
        of(PAYPAL, WALLET, None, "EUR", 249, 35, dispute_minor=16_00),
        of(PAYPAL, WALLET, None, "USD", 349, 49, dispute_minor=20_00),
        of(KLARNA, "pay_later", None, "EUR", 299, 35, dispute_minor=15_00),
    )


class Contracts:
    """Finds the contract that a payment is charged by."""

    def __init__(self, known: tuple[Contract, ...]) -> None:
        self._known = sorted(known, key=lambda one: (one.brand is not None, one.since))

    def of(self, at: GatewayAccount, method: str, brand: str, currency: str, day: date) -> Contract:
        """Return the contract of a payment made on a UTC day; its own brand's before any other."""
        place = (at.gateway, at.account, method, currency)
        found = [
            one
            for one in self._known
            if (one.gateway, one.account, one.method, one.currency) == place
            and one.brand in (None, brand)
            and one.since <= day
        ]
        return found[-1]

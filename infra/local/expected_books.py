"""What each account of the ledger must hold, worked out from the orders and the gateway's terms."""

from collections import Counter
from fractions import Fraction

from infra.fake_gateways.stripe.account import Switches
from infra.local.orders import PAYOUT_EUR_MINOR, Order, Sale
from infra.local.place import Player
from kassa.core.money import minor_digits
from kassa.core.postings import Account

Balances = Counter[tuple[Account, str]]
TERMS = Switches()  # the fake's fees and rates
HOME = TERMS.currency.upper()


def expected_balances(sales: tuple[Sale, ...], player: Player) -> dict[tuple[Account, str], int]:
    """Return what each account must hold; nothing may stay in `gateway_clearing`."""
    sums: Balances = Counter()
    for order in (sale.order for sale in sales if sale.order.is_captured):
        if player is Player.STRIPE:
            _as_the_fake(order, sums)
        else:
            _move(sums, Account.CUSTOMERS, Account.GATEWAY_BALANCE, order.amount_minor, order)
    sums[Account.GATEWAY_BALANCE, HOME] -= PAYOUT_EUR_MINOR
    sums[Account.BANK, HOME] += PAYOUT_EUR_MINOR
    return {key: amount for key, amount in sums.items() if amount}


def explained(sales: tuple[Sale, ...]) -> list[str]:
    """Say where the fake's fees, chargebacks and exchange come from."""
    disputed = [sale.order for sale in sales if sale.order.is_disputed]
    named = ", ".join(order.order_id for order in disputed)
    percent = Fraction(TERMS.fee_permille, 10)
    each = f"{float(percent):g} % and {TERMS.fee_fixed / 100:.2f} {HOME} a payment"
    return [
        f"gateway_fees: {each}, {TERMS.dispute_fee / 100:.2f} {HOME} a dispute",
        f"currency_exchange: the gateway turns everything into {HOME}",
        f"chargebacks: the bank took back {named}",
        "gateway_clearing: nothing, all is explained",
    ]


def _as_the_fake(order: Order, sums: Balances) -> None:
    """Add an order's lifecycle at the fake: it keeps fees, and its balance is in one currency."""
    kept = order.amount_minor - order.refunded_minor
    sums[Account.CUSTOMERS, order.currency] -= kept
    if order.is_disputed:
        sums[Account.CHARGEBACKS, order.currency] += kept
    gone = order.amount_minor if order.is_disputed else order.refunded_minor
    gross = _at_home(order.amount_minor, order)
    left = gross - _at_home(gone, order)
    fee = _fee(gross) + (TERMS.dispute_fee if order.is_disputed else 0)
    sums[Account.GATEWAY_FEES, HOME] += fee
    sums[Account.GATEWAY_BALANCE, HOME] += left - fee
    if order.currency != HOME:
        sums[Account.CURRENCY_EXCHANGE, order.currency] += order.amount_minor - gone
        sums[Account.CURRENCY_EXCHANGE, HOME] -= left


def _move(sums: Balances, source: Account, target: Account, minor: int, order: Order) -> None:
    sums[source, order.currency] -= minor
    sums[target, order.currency] += minor


def _at_home(minor: int, order: Order) -> int:
    """Convert at the fake's rate, rounding half up."""
    if order.currency == HOME:
        return minor
    scale = Fraction(10) ** (minor_digits(HOME) - minor_digits(order.currency))
    return _rounded(minor * TERMS.rates[order.currency.lower()] * scale)


def _fee(gross: int) -> int:
    return _rounded(Fraction(gross * TERMS.fee_permille, 1000)) + TERMS.fee_fixed


def _rounded(exact: Fraction) -> int:
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)

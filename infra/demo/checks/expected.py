"""What each gateway must come to, worked out from the orders and the gateways' terms."""

from collections import Counter

from infra.demo.checks.figures import Figures, Where
from infra.demo.scenario import Order, Scenario
from infra.demo.terms import DISPUTE_FEE, FEE_FIXED, FEE_PERMILLE
from kassa.gateways.registry import MANUAL

Sums = dict[Where, Counter[str]]
LEFT = "left"  # what the gateway owes the shop before it pays anything out
HOME = "EUR"  # the currency of a payout whose amount the scenario says


def expected(scenario: Scenario) -> dict[Where, Figures]:
    """Return what must have moved at each gateway, in each currency."""
    sums: Sums = {}
    for order in scenario.orders:
        if order.is_paid:
            back, taken = order.refunded_minor, order.charged_back_minor
            _add(sums, scenario, order.gateway, order, (back, taken))
        if order.paid_again_at:
            _add(sums, scenario, order.paid_again_at, order, (order.amount_minor, 0))
    return {where: _settled(scenario, where, moved) for where, moved in sums.items()}


def _add(sums: Sums, scenario: Scenario, gateway: str, order: Order, gone: tuple[int, int]) -> None:
    """Add a payment, of which so much was refunded and so much charged back."""
    terms, currency, (refunded, charged_back) = scenario.terms[gateway], order.currency, gone
    home = terms.home(currency)
    gross = terms.at_home(order.amount_minor, currency)
    left = gross - terms.at_home(refunded + charged_back, currency)
    fee = terms.fee(gross, home)
    if gateway == order.gateway and order.is_charged_back:
        fee += terms.dispute_fee
    sums.setdefault((gateway, currency), Counter()).update(
        captured=order.amount_minor,
        refunded=refunded,
        charged_back=charged_back,
        customers=refunded - order.amount_minor,
    )
    sums.setdefault((gateway, home), Counter()).update({"fees": fee, LEFT: left - fee})
    if home != currency:
        sums[gateway, currency]["exchange"] += order.amount_minor - refunded - charged_back
        sums[gateway, home]["exchange"] -= left


def _settled(scenario: Scenario, where: Where, moved: Counter[str]) -> Figures:
    """Let a gateway pay out what is set or left, or hold it where it reports nothing of it."""
    sums = dict(moved)
    left = sums.pop(LEFT, 0)
    if not scenario.terms[where[0]].pays_out:
        return Figures(**sums, clearing=left)
    payout = left
    if scenario.payout_minor is not None:
        payout = scenario.payout_minor if where[1] == HOME else 0
    return Figures(**sums, paid_out=payout, balance=left - payout)


def explained(scenario: Scenario) -> list[str]:
    """Report what the gateways keep, and why some accounts hold what they hold."""
    share, fixed, disputed = FEE_PERMILLE / 10, FEE_FIXED / 100, DISPUTE_FEE / 100
    found = [f"fees: {share:g} % and {fixed:.2f} a payment, {disputed:.2f} a dispute"]
    keeping = [name for name in scenario.gateways if not scenario.terms[name].pays_out]
    if keeping:
        named = ", ".join(keeping)
        found.append(f"clearing: {named} keeps and pays out nothing, the coins are the shop's own")
    if MANUAL in scenario.terms:
        found.append("clearing: what people entered, until the bank's statement shows it")
    for name, terms in scenario.terms.items():
        if any(terms.home(one.currency) != one.currency for one in _at(scenario, name)):
            found.append(f"exchange: {name} turns everything into {terms.settles_in}")
    return found


def _at(scenario: Scenario, gateway: str) -> list[Order]:
    return [order for order in scenario.orders if order.gateway == gateway]

"""What the same payments would have cost at another of the merchant's gateways, by its contract.

Payments move as routes choose them: by account, method, currency and the customer's country, never
by a card's brand. Each fee's own rounding is left aside: half a minor unit a payment at most.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from kassa.core.model import Model
from kassa.gateways.payment_methods import PaidMethod
from kassa.gateways.submissions import PaymentMethod
from kassa.reports.fees.charged import Charged, Kind, OtherFees
from kassa.reports.fees.contracts.contract import FeeContract, FeeContracts, FeeLine, Returned
from kassa.reports.fees.contracts.regions import Region, neighbours

DAYS_A_YEAR, MONTHS_A_YEAR = 365, 12
_BY_BRAND = {
    "applepay": PaymentMethod.APPLE_PAY,
    "googlepay": PaymentMethod.GOOGLE_PAY,
    "paypal": PaymentMethod.PAYPAL,
}
_BY_METHOD = {
    PaidMethod.CARD: PaymentMethod.CARD,
    PaidMethod.BANK_TRANSFER: PaymentMethod.BANK_TRANSFER,
    PaidMethod.PAY_LATER: PaymentMethod.PAY_LATER,
    PaidMethod.CRYPTO: PaymentMethod.CRYPTO,
}


class Traffic(NamedTuple):
    """What one kind of payments came to in a period, all that a gateway may charge for."""

    charges: int = 0
    gross_minor: int = 0
    fee_minor: int = 0  # with what refunds and disputes cost
    refunds: int = 0
    refunded_minor: int = 0
    disputes: int = 0
    won: int = 0

    def plus(self, other: "Traffic") -> "Traffic":
        """Return what both came to."""
        return Traffic(*(one + more for one, more in zip(self, other, strict=True)))


class Route(NamedTuple):
    """Payments that routes can send elsewhere together."""

    gateway: str
    account: str
    method: PaymentMethod
    currency: str
    paid_currency: str

    @property
    def place(self) -> tuple[str, str]:
        """Return the gateway and its account."""
        return self.gateway, self.account


class Terms(NamedTuple):
    """What a saving is reckoned by beside payments."""

    contracts: FeeContracts
    country: str  # the merchant's
    day: date  # the contracts that hold on it count
    days: int  # of the period
    offered: Mapping[str, Collection[str]]  # methods that each gateway opens checkouts for


class Alternative(Model):
    """The same payments at another gateway."""

    gateway: str
    account: str
    method: PaymentMethod
    regions: tuple[Region, ...]  # none: all of them
    currency: str
    paid_currency: str
    to_gateway: str
    to_account: str
    charges: int
    gross_minor: int
    cost_minor: int
    would_cost_minor: int  # with the period's share of a monthly fee that isn't paid yet
    saving_minor: int  # below zero: it would have cost more
    yearly_minor: int  # were all periods so
    monthly_minor: int  # the fee that comes with the account, where nothing goes there yet
    break_even_minor: int | None  # a month, for the monthly fee; none: never, or there is no fee
    route: dict[str, Any]  # as `kassa routes try` takes it


def traffic(charged: Iterable[Charged], other: Iterable[OtherFees]) -> dict[Kind, Traffic]:
    """Return what each kind of payments came to."""
    found: dict[Kind, Traffic] = defaultdict(Traffic)
    for one in charged:
        moved = Traffic(one.charges, one.gross_minor, one.fee_minor)
        found[one.kind] = found[one.kind].plus(moved)
    for beside in other:
        if beside.cause in ("refund", "refund_failure", "dispute"):
            found[beside.kind] = found[beside.kind].plus(_beside(beside))
    return dict(found)


def _beside(one: OtherFees) -> Traffic:
    taken = one.movements - one.returns
    plain = Traffic(fee_minor=one.fee_minor)
    if one.cause == "refund":
        return plain._replace(refunds=taken, refunded_minor=-one.gross_minor)
    return plain._replace(disputes=taken, won=one.returns) if one.cause == "dispute" else plain


def alternatives(payments: Mapping[Kind, Traffic], terms: Terms) -> tuple[Alternative, ...]:
    """Return what each routable part of the payments would have cost elsewhere, best first.

    Currencies aren't compared; within each, the largest saving a year comes first.
    """
    routes: dict[Route, dict[Kind, Traffic]] = defaultdict(dict)
    for kind, moved in payments.items():
        method = _route_method(kind)
        if method is not None and moved.charges:
            routes[Route(*kind.place, method, kind.currency, kind.paid_currency)][kind] = moved
    busy = {kind.place for kind in payments}
    found = [
        one for route, kinds in routes.items() for one in _elsewhere(route, kinds, terms, busy)
    ]
    return tuple(sorted(found, key=_ranked))


def _ranked(one: Alternative) -> tuple[Any, ...]:
    where = (
        one.gateway,
        one.account,
        one.method,
        one.paid_currency,
        one.to_gateway,
        one.to_account,
    )
    return one.currency, -one.yearly_minor, where


def _route_method(kind: Kind) -> PaymentMethod | None:
    """Return how a customer chose what they paid with; none where no checkout offers it."""
    if kind.brand in _BY_BRAND:
        return _BY_BRAND[kind.brand]
    return _BY_METHOD.get(PaidMethod(kind.method)) if kind.method else None


def _elsewhere(
    route: Route, kinds: dict[Kind, Traffic], terms: Terms, busy: set[tuple[str, str]]
) -> Iterator[Alternative]:
    for place in terms.contracts.places():
        contract = terms.contracts.holding(*place, terms.day)
        is_offered = route.method in terms.offered.get(place[0], ())
        if contract is None or place == route.place or not is_offered:
            continue
        moved = _worth_moving(kinds, contract)
        if moved is not None:
            yield _alternative(route, moved, contract, terms, place in busy)


class _Moved(NamedTuple):
    """The part of a route's payments that would be moved."""

    kinds: dict[Kind, Traffic]
    regions: tuple[Region, ...]  # none: all of them
    cost: Fraction


def _worth_moving(kinds: dict[Kind, Traffic], contract: FeeContract) -> _Moved | None:
    """Choose the regions in which the other contract is cheaper, or all where none is.

    Where a card is from isn't always known, and no route asks for what nobody knows: such payments
    move with all others or not at all. None where the contract has no price for them.
    """
    by_region: dict[Region, dict[Kind, Traffic]] = defaultdict(dict)
    for kind, moved in kinds.items():
        by_region[kind.region][kind] = moved
    costs = {region: cost_of(of, contract) for region, of in by_region.items()}
    gains = {
        region: sum(one.fee_minor for one in by_region[region].values()) - cost
        for region, cost in costs.items()
        if cost is not None
    }
    whole = len(gains) == len(by_region)
    if whole and (
        all(gain > 0 for gain in gains.values()) or not any(g > 0 for g in gains.values())
    ):
        return _Moved(kinds, (), sum((cost for cost in costs.values() if cost), Fraction(0)))
    better = tuple(
        region for region in Region if gains.get(region, 0) > 0 and region is not Region.UNKNOWN
    )
    if better:
        chosen = {kind: moved for region in better for kind, moved in by_region[region].items()}
        cost = sum((costs[region] or Fraction(0) for region in better), Fraction(0))
        part = _Moved(chosen, better, cost)
        if not whole or sum(gains[one] for one in better) >= sum(gains.values()):
            return part
    if not whole:
        return None
    return _Moved(kinds, (), sum((cost for cost in costs.values() if cost), Fraction(0)))


def cost_of(kinds: Mapping[Kind, Traffic], contract: FeeContract) -> Fraction | None:
    """Return what payments would have cost by a contract; none where it has no price for some."""
    total = Fraction(0)
    for kind, moved in kinds.items():
        line = line_of(contract, kind)
        percent = line.rate(kind.is_exchanged) if line else None
        if line is None or percent is None:
            return None
        total += _cost(line, Fraction(percent) / 100, moved)
    return total


def line_of(contract: FeeContract, kind: Kind) -> FeeLine | None:
    """Return the first line of a contract that fits a kind of payments."""
    asked = (kind.method, kind.brand, kind.region, kind.currency)
    return next((line for line in contract.fees if line.fits(*asked)), None)


def _cost(line: FeeLine, share: Fraction, moved: Traffic) -> Fraction:
    disputes = moved.disputes - (moved.won if line.is_dispute_fee_returned else 0)
    cost = share * moved.gross_minor + line.fixed_minor * moved.charges
    cost += line.refund_minor * moved.refunds + line.dispute_minor * disputes
    if line.returned is not Returned.NOTHING:
        cost -= share * moved.refunded_minor
    if line.returned is Returned.ALL:
        cost -= line.fixed_minor * moved.refunds
    return cost


def _alternative(
    route: Route, moved: _Moved, contract: FeeContract, terms: Terms, is_busy: bool
) -> Alternative:
    sums = Traffic()
    for one in moved.kinds.values():
        sums = sums.plus(one)
    monthly = 0 if is_busy else contract.monthly_minor.get(route.currency, 0)
    share = Fraction(monthly * MONTHS_A_YEAR * terms.days, DAYS_A_YEAR)
    gain = sums.fee_minor - moved.cost
    would_cost = whole(moved.cost + share)
    return Alternative(
        **route._asdict(),
        regions=moved.regions,
        to_gateway=contract.gateway,
        to_account=contract.account,
        charges=sums.charges,
        gross_minor=sums.gross_minor,
        cost_minor=sums.fee_minor,
        would_cost_minor=would_cost,
        saving_minor=sums.fee_minor - would_cost,
        yearly_minor=whole(gain * DAYS_A_YEAR / terms.days - monthly * MONTHS_A_YEAR),
        monthly_minor=monthly,
        break_even_minor=whole(monthly * sums.gross_minor / gain) if monthly and gain > 0 else None,
        route=_change(route, moved, contract, terms.country),
    )


def _change(route: Route, moved: _Moved, contract: FeeContract, country: str) -> dict[str, Any]:
    """Return the route that would bring it, as the merchant's routes have them."""
    change: dict[str, Any] = {
        "gateway": contract.gateway,
        "account": contract.account,
        "methods": [route.method.value],
        "currencies": [route.paid_currency],
    }
    if moved.regions:
        change["countries"] = _countries(moved.regions, country)
    lines = {id(line): line for kind in moved.kinds if (line := line_of(contract, kind))}
    if len(lines) == 1 and route.currency == route.paid_currency:
        (line,) = lines.values()
        fixed = {route.currency: line.fixed_minor} if line.fixed_minor else {}
        change["cost"] = {"permille": f"{(line.percent * 10).normalize():f}", "fixed_minor": fixed}
    return change | {"priority": 1}


def _countries(regions: Sequence[Region], country: str) -> dict[str, list[str]]:
    """Return the countries of customers whose cards are most likely of these regions."""
    known = {Region.DOMESTIC: {country}, Region.EEA: set(neighbours(country))}
    if Region.INTERNATIONAL not in regions:
        return {"allow": sorted(set().union(*(known[one] for one in regions)))}
    left = [of for region, of in known.items() if region not in regions]
    return {"deny": sorted(set().union(*left))}


def whole(exact: Fraction | int) -> int:
    """Return whole minor units, rounded half away from zero."""
    fraction = Fraction(exact)
    units = (2 * abs(fraction.numerator) + fraction.denominator) // (2 * fraction.denominator)
    return units if fraction >= 0 else -units

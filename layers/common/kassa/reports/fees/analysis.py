"""The fee analysis of a period: what payments cost, at which rate, as agreed or not.

Pure: of what the queries counted and what was entered. Currencies never add up.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from kassa.core.model import Model
from kassa.reports.fees.charged import Agreed, Audited, Booked, Charged, Kind, OtherFees
from kassa.reports.fees.contracts.contract import FeeContracts
from kassa.reports.fees.contracts.regions import Region
from kassa.reports.fees.fit import Fit, Sums, fitted, rounded
from kassa.reports.fees.savings import Alternative, line_of


class Segment(Model):
    """What payments of one kind cost, without refunds and disputes."""

    gateway: str
    account: str
    method: str | None
    brand: str | None
    region: Region
    currency: str
    paid_currency: str
    charges: int
    gross_minor: int
    fee_minor: int
    without_fee: int  # of the charges: it is charged later, or never
    percent: Decimal | None  # effective: the fees, of what was charged
    fit: Fit | None  # none: not enough data


class Beside(Model):
    """What was kept or given back beside charges, for one cause at one account."""

    gateway: str
    account: str
    cause: str
    movements: int
    fee_minor: int
    event_ids: tuple[str, ...]


class Audit(Model):
    """How the fees of one account stand beside its contract."""

    gateway: str
    account: str
    fees: int  # that a line of the contract is about
    without_line: int  # fees that none is about
    expected_minor: int
    off: tuple[Audited, ...]  # those that differ

    @property
    def too_much_minor(self) -> int:
        """Return what was charged beyond what was agreed, those below left aside."""
        return sum(one.off_minor * one.fees for one in self.off if one.off_minor > 0)

    @property
    def too_many(self) -> int:
        """Return how many fees are above what was agreed."""
        return sum(one.fees for one in self.off if one.off_minor > 0)


class CurrencyFees(Model):
    """One currency's fees; it is that of the balance."""

    currency: str
    charges: int
    gross_minor: int
    fee_minor: int  # all that gateways kept, less what they gave back
    percent: Decimal | None
    booked_minor: int  # by the ledger's postings
    postings: int
    event_ids: tuple[str, ...]  # of the postings; the first of a long list
    segments: tuple[Segment, ...]
    beside: tuple[Beside, ...]
    audits: tuple[Audit, ...]
    alternatives: tuple[Alternative, ...]

    @property
    def unproven_minor(self) -> int:
        """Return how far the figures are from the ledger, which is zero or they are wrong."""
        return self.fee_minor - self.booked_minor


class Counted(NamedTuple):
    """All that was counted of a period."""

    charged: Sequence[Charged]
    other: Sequence[OtherFees]
    audited: Sequence[Audited]
    booked: Sequence[Booked]


def agreed(charged: Sequence[Charged], contracts: FeeContracts) -> Iterator[Agreed]:
    """Yield which line of a contract holds for each kind of payments on each day."""
    numbers = {id(one): number for number, one in enumerate(contracts.contracts)}
    for one in charged:
        contract = contracts.holding(*one.kind.place, one.day)
        line = line_of(contract, one.kind) if contract else None
        percent = line.rate(one.kind.is_exchanged) if line else None
        if contract is None or line is None or percent is None:
            continue
        place = f"contracts[{numbers[id(contract)]}].fees[{contract.fees.index(line)}]"
        terms = (place, percent, line.fixed_minor, contract.rounding.value)
        yield Agreed(one.kind, one.day, *terms)


def by_currency(counted: Counted, alternatives: Sequence[Alternative]) -> tuple[CurrencyFees, ...]:
    """Return each currency's fees, in alphabetical order."""
    found = {one.kind.currency for one in counted.charged}
    found |= {one.kind.currency for one in counted.other}
    currencies = sorted(found | {one.currency for one in counted.booked})
    return tuple(_currency(name, counted, alternatives) for name in currencies)


def _currency(currency: str, counted: Counted, alternatives: Sequence[Alternative]) -> CurrencyFees:
    charged = [one for one in counted.charged if one.kind.currency == currency]
    other = [one for one in counted.other if one.kind.currency == currency]
    (ledger,) = [one for one in counted.booked if one.currency == currency] or [
        Booked(currency=currency, fee_minor=0, postings=0, event_ids=())
    ]
    gross_minor = sum(one.gross_minor for one in charged)
    fee_minor = sum(one.fee_minor for one in charged) + sum(one.fee_minor for one in other)
    return CurrencyFees(
        currency=currency,
        charges=sum(one.charges for one in charged),
        gross_minor=gross_minor,
        fee_minor=fee_minor,
        percent=effective(fee_minor, gross_minor),
        booked_minor=ledger.fee_minor,
        postings=ledger.postings,
        event_ids=ledger.event_ids,
        segments=_segments(charged),
        beside=_beside(other),
        audits=_audits(charged, [one for one in counted.audited if one.currency == currency]),
        alternatives=tuple(one for one in alternatives if one.currency == currency),
    )


def effective(fee_minor: int, gross_minor: int) -> Decimal | None:
    """Return fees as a percentage of what was charged; none where nothing was."""
    return rounded(Fraction(100 * fee_minor, gross_minor)) if gross_minor else None


def _segments(charged: Sequence[Charged]) -> tuple[Segment, ...]:
    """Add days up, the dearest kind of payments first."""
    by_kind: dict[Kind, list[Charged]] = defaultdict(list)
    for one in charged:
        by_kind[one.kind].append(one)
    found = [_segment(kind, of) for kind, of in by_kind.items()]
    return tuple(sorted(found, key=lambda one: (-one.fee_minor, _words(one))))


def _words(one: Segment) -> tuple[str, ...]:
    texts = (one.gateway, one.account, one.method, one.brand, one.region, one.paid_currency)
    return tuple(text or "" for text in texts)


def _segment(kind: Kind, charged: Sequence[Charged]) -> Segment:
    sums = Sums()
    for one in charged:
        sums = sums.plus(one.sums)
    charges, fees = (sum(getattr(one, name) for one in charged) for name in ("charges", "fees"))
    gross_minor, fee_minor = sum(one.gross_minor for one in charged), sums.y
    return Segment(
        **kind._asdict(),
        charges=charges,
        gross_minor=gross_minor,
        fee_minor=fee_minor,
        without_fee=charges - fees,
        percent=effective(fee_minor, gross_minor),
        fit=fitted(sums),
    )


def _beside(other: Sequence[OtherFees]) -> tuple[Beside, ...]:
    by_cause: dict[tuple[str, str, str], list[OtherFees]] = defaultdict(list)
    for one in other:
        by_cause[(*one.kind.place, one.cause)].append(one)
    found = [
        Beside(
            gateway=gateway,
            account=account,
            cause=cause,
            movements=sum(one.movements for one in of),
            fee_minor=sum(one.fee_minor for one in of),
            event_ids=tuple(sorted(name for one in of for name in one.event_ids)),
        )
        for (gateway, account, cause), of in sorted(by_cause.items())
    ]
    return tuple(one for one in found if one.fee_minor)


def _audits(charged: Sequence[Charged], audited: Sequence[Audited]) -> tuple[Audit, ...]:
    """Compare accounts that have a contract with it."""
    by_place: dict[tuple[str, str], list[Audited]] = defaultdict(list)
    for one in audited:
        by_place[one.gateway, one.account].append(one)
    return tuple(
        Audit(
            gateway=gateway,
            account=account,
            fees=sum(one.fees for one in of),
            without_line=sum(one.fees for one in charged if one.kind.place == (gateway, account))
            - sum(one.fees for one in of),
            expected_minor=sum(one.expected_minor for one in of),
            off=tuple(one for one in of if one.off_minor),
        )
        for (gateway, account), of in sorted(by_place.items())
    )

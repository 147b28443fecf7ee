"""Fee contracts as data: what each gateway account may charge, for what, and from when on.

The merchant enters what was agreed; nobody's price list is known here. A contract holds from its
`since` (the day in UTC on which a payment is captured) until the same account's next one begins.
Of its lines the first that fits a payment counts, from the top.
"""

import operator
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, Field, ValidationError

from kassa.core.errors import Unreadable
from kassa.core.model import Instant, Model, Text, mistakes
from kassa.gateways.payment_methods import PaidMethod
from kassa.reports.fees.contracts.regions import Region

CONTRACTS_MAX, LINES_MAX = 100, 100
_PERCENT = re.compile(r"[0-9]{1,2}(\.[0-9]{1,4})?", re.ASCII)


def _percent(value: object) -> object:
    """Read a percentage without ever making a float of it: 2, or "1.4" in quotes."""
    text = str(value) if isinstance(value, (int, str, Decimal)) and value is not True else ""
    if not _PERCENT.fullmatch(text):
        raise ValueError('must be a whole number or a decimal in quotes, such as 2 or "1.4"')
    return Decimal(text)


Percent = Annotated[Decimal, BeforeValidator(_percent)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Minor = Annotated[int, Field(strict=True, ge=0, le=10**9)]
Brand = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]


class Rounding(StrEnum):
    """How the percentage of one payment becomes whole minor units, before the fixed part."""

    HALF_UP = "half_up"
    UP = "up"
    DOWN = "down"


_MODES = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.UP: ROUND_CEILING,
    Rounding.DOWN: ROUND_FLOOR,
}


class Returned(StrEnum):
    """What of a payment's fee the gateway gives back with a refund."""

    NOTHING = "nothing"
    PERCENTAGE = "percentage"  # of what is refunded
    ALL = "all"  # that, and the fixed part


class Charge(NamedTuple):
    """What a fee is worked out from: what was paid, in the currency of the balance."""

    amount_minor: int
    is_exchanged: bool = False


class FeeLine(Model):
    """What is charged for payments of one kind, in the currency of the balance."""

    method: PaidMethod
    brands: tuple[Brand, ...] = ()  # none: every brand
    regions: tuple[Region, ...] = ()  # none: every region
    currency: Currency
    percent: Percent = Decimal(0)
    fixed_minor: Minor = 0
    exchange_percent: Percent | None = None  # on top, where the gateway converts; none: unknown
    refund_minor: Minor = 0  # for each refund
    returned: Returned = Returned.NOTHING
    dispute_minor: Minor = 0  # for each dispute
    is_dispute_fee_returned: bool = False  # where the dispute is won

    def fits(self, method: str | None, brand: str | None, region: str, currency: str) -> bool:
        """Tell whether it is about payments of a kind."""
        return (
            (self.method, self.currency) == (method, currency)
            and (not self.brands or brand in self.brands)
            and (not self.regions or region in self.regions)
        )

    def rate(self, is_exchanged: bool) -> Decimal | None:
        """Return the percentage; none where nobody said what the exchange costs."""
        if not is_exchanged:
            return self.percent
        return None if self.exchange_percent is None else self.percent + self.exchange_percent


class ServiceLevel(Model):
    """What a gateway promised beside its fees; none: it didn't, or nobody said."""

    uptime_percent: Percent | None = None
    payout_days: Annotated[int, Field(strict=True, ge=0, le=90)] | None = None  # from the capture
    support_hours: Annotated[int, Field(strict=True, ge=1, le=1000)] | None = None  # to an answer


class FeeContract(Model):
    """What one gateway account may charge, from a day on."""

    gateway: Annotated[str, Field(pattern=r"^[a-z]{1,20}$")]
    account: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,50}$")] = "main"
    since: date
    source: Text  # where it is written: the contract and its date
    rounding: Rounding = Rounding.HALF_UP
    monthly_minor: dict[Currency, Minor] = {}
    fees: Annotated[tuple[FeeLine, ...], Field(min_length=1, max_length=LINES_MAX)]
    service_level: ServiceLevel | None = Field(None, exclude_if=operator.not_)

    @property
    def place(self) -> tuple[str, str]:
        """Return the gateway and its account."""
        return self.gateway, self.account

    def fee_minor(self, line: FeeLine, charge: Charge) -> int | None:
        """Return the fee of one payment by a line; none where nobody said what exchange costs."""
        percent = line.rate(charge.is_exchanged)
        if percent is None:
            return None
        share = (percent * charge.amount_minor / 100).to_integral_value(_MODES[self.rounding])
        return int(share) + line.fixed_minor


class FeeContracts(Model):
    """A merchant's contracts, in the order they were written."""

    version: int = 0  # 0: nobody saved any
    saved_at: Instant | None = None
    contracts: Annotated[tuple[FeeContract, ...], Field(max_length=CONTRACTS_MAX)] = ()

    def holding(self, gateway: str, account: str, day: date) -> FeeContract | None:
        """Return the contract of an account that holds on a day."""
        of = [one for one in self.contracts if one.place == (gateway, account)]
        return max((one for one in of if one.since <= day), key=lambda one: one.since, default=None)

    def places(self) -> list[tuple[str, str]]:
        """Return the accounts that have a contract."""
        return sorted({one.place for one in self.contracts})


def read_contracts(
    document: Mapping[str, Any], gateways: Collection[str], version: int, now: datetime
) -> FeeContracts:
    """Read what a merchant wrote; raise Unreadable with everything that is wrong at once."""
    fields = {name: document[name] for name in document if name not in ("version", "saved_at")}
    try:
        read = FeeContracts.model_validate(fields | {"version": version, "saved_at": now})
    except ValidationError as error:
        raise Unreadable([f"{place}: {text}" for place, text in mistakes(error)]) from error
    if wrong := list(_wrong(read.contracts, gateways)):
        raise Unreadable(wrong)
    return read


def _wrong(contracts: tuple[FeeContract, ...], gateways: Collection[str]) -> Iterator[str]:
    """Find what each part allows alone and the whole doesn't mean."""
    if not contracts:
        yield "contracts: none is named"
    seen: set[tuple[str, str, date]] = set()
    for number, one in enumerate(contracts):
        if one.gateway not in gateways:
            known = ", ".join(sorted(gateways))
            yield f"contracts[{number}].gateway: {one.gateway} isn't one of {known}"
        if (*one.place, one.since) in seen:
            yield f"contracts[{number}].since: this account has a contract from that day already"
        seen.add((*one.place, one.since))
        yield from _hidden(one, f"contracts[{number}].fees")


def _hidden(contract: FeeContract, where: str) -> Iterator[str]:
    """Find lines that an earlier one leaves nothing to."""
    for number, line in enumerate(contract.fees):
        above = enumerate(contract.fees[:number])
        earlier = next((place for place, one in above if _has_all(one, line)), None)
        if earlier is not None:
            yield f"{where}[{number}]: {where}[{earlier}] already has all that it fits"


def _has_all(above: FeeLine, line: FeeLine) -> bool:
    """Tell whether a line fits all that another one does."""
    return (
        (above.method, above.currency) == (line.method, line.currency)
        and _covers(above.brands, line.brands)
        and _covers(above.regions, line.regions)
    )


def _covers(above: tuple[str, ...], below: tuple[str, ...]) -> bool:
    return not above or (bool(below) and set(below) <= set(above))

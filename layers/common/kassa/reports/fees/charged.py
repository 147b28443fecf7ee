"""What was charged in a period, as the queries count it: by kind of payment, and beside those."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kassa.core.model import Model
from kassa.reports.fees.contracts.regions import Region
from kassa.reports.fees.fit import Sums


class Kind(NamedTuple):
    """Everything that a fee may depend on beside the amount."""

    gateway: str
    account: str
    method: str | None
    brand: str | None
    region: Region
    currency: str  # of the balance, in which the fee is charged
    paid_currency: str  # another, where the gateway converted it

    @property
    def is_exchanged(self) -> bool:
        """Tell whether the gateway converted what was paid."""
        return self.currency != self.paid_currency

    @property
    def place(self) -> tuple[str, str]:
        """Return the gateway and its account."""
        return self.gateway, self.account


class Charged(NamedTuple):
    """Payments of one kind that came into the balance on one day (UTC), and what was kept."""

    kind: Kind
    day: date
    charges: int
    gross_minor: int
    fee_minor: int
    fees: int  # charges with a fee; the others' is charged later, or never
    sums: Sums  # over those


class OtherFees(NamedTuple):
    """What was kept or given back beside charges, for one cause."""

    kind: Kind
    cause: str  # refund, dispute, account ...
    movements: int
    returns: int  # of those, movements that brought money back
    gross_minor: int  # of the movements; below zero: taken
    fee_minor: int  # below zero: given back
    event_ids: tuple[str, ...]


class Agreed(NamedTuple):
    """The line of a contract that holds for a kind of payment on a day."""

    kind: Kind
    day: date
    line: str  # where it stands: contracts[0].fees[2]
    percent: Decimal
    fixed_minor: int
    rounding: str


class Audited(Model):
    """Charged fees that are as far from the contract as each other."""

    gateway: str
    account: str
    currency: str
    line: str  # of the contracts: contracts[0].fees[2]
    off_minor: int  # each, charged beyond what was agreed; below zero: too little
    fees: int
    expected_minor: int  # all of them
    event_ids: tuple[str, ...] = ()  # of those that are off; the first of a long list


class Booked(Model):
    """What the ledger's postings say that gateways kept, in one currency."""

    currency: str
    fee_minor: int
    postings: int
    event_ids: tuple[str, ...]

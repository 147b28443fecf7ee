"""The space of all refund requests as a policy sees it, cut into cells that no rule divides.

Every bound and word that rules name cuts its column; what lies between two cuts is decided alike,
so one value stands for all. A rule is then a box: a set of such parts in each column, kept as the
bits of an integer. Subtracting boxes is exact, though it may take more pieces than one can wait
for.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from kassa.core.money import Money
from kassa.refunds.policy.conditions import COLUMNS, AnyOf, Condition, Kind, MoneyWithin, Within
from kassa.refunds.policy.inputs import Reason, RefundInputs
from kassa.refunds.policy.model import RefundPolicy, Rule
from kassa.refunds.policy.phrases import amount_text, plain

Box = tuple[int, ...]
_CURRENCIES = ("amount", "customer_paid")  # always the same, where both are known
_OTHER_CURRENCIES = ("EUR", "USD", "JPY")
_UNNAMED: dict[str, Any] = {  # what stands in an example for columns no rule names
    "amount": Money(amount_minor=100, currency="EUR"),
    "payment_age_days": 0,
    "amount_percent": 100,
    "reason": Reason.OTHER,
    "gateway": "any",
}


class TooComplex(Exception):
    """The pieces are more than the budget; never leaves the checks."""


class Budget:
    """How many pieces may still be looked at; what it ends is said, not guessed."""

    def __init__(self, pieces: int) -> None:
        self._left = pieces

    def spend(self, pieces: int) -> None:
        """Take pieces off, or stop."""
        self._left -= pieces
        if self._left < 0:
            raise TooComplex


class Part(NamedTuple):
    """A part of a column, with a value that stands for it; the odd ones make poor examples."""

    value: Any
    is_odd: bool = False  # unknown, or what no rule names


class Grid:
    """A policy's columns cut into parts, and its rules as boxes."""

    def __init__(self, policy: RefundPolicy) -> None:
        conditions = [one for rule in policy.rules for one in rule.when]
        named = {one.column for one in conditions}
        self._columns = [column for column in COLUMNS if column in named]
        self._parts = [list(_parts(column, conditions)) for column in self._columns]
        self._full: Box = tuple((1 << len(parts)) - 1 for parts in self._parts)
        self.rows: list[Box] = [self.box(rule) for rule in policy.rules]
        self.universe: list[Box] = list(self._universe())

    def box(self, rule: Rule, leave_out: Iterable[str] = ()) -> Box:
        """Return where a rule holds, by the very tests that decide."""
        masks = dict(zip(self._columns, self._full, strict=True))
        for condition in rule.when:
            parts = self._parts[self._columns.index(condition.column)]
            if condition.column not in leave_out:
                masks[condition.column] = _mask(map(condition.test(), (one.value for one in parts)))
        return tuple(masks.values())

    def _universe(self) -> Iterator[Box]:
        """Yield everything there can be: what a customer paid is in the payment's currency."""
        linked = [n for n, column in enumerate(self._columns) if column in _CURRENCIES]
        if len(linked) < len(_CURRENCIES):
            yield self._full
            return
        currencies = [one.value.currency for one in self._parts[linked[0]]]
        for currency in dict.fromkeys(currencies):
            masks = list(self._full)
            for number in linked:
                values = (one.value for one in self._parts[number])
                masks[number] = _mask(v is None or v.currency == currency for v in values)
            yield tuple(masks)

    def left_of(self, pieces: list[Box], taken: Iterable[Box], budget: Budget) -> list[Box]:
        """Return what remains of some pieces once boxes are taken out."""
        for box in taken:
            pieces = [rest for piece in pieces for rest in _minus(piece, box)]
            budget.spend(len(pieces) + 1)
        return pieces

    def example(self, pieces: list[Box]) -> tuple[RefundInputs, str]:
        """Return a request from the least odd of some pieces, and what is particular about it."""
        piece = min(pieces, key=lambda one: sum(part.is_odd for part in self._picked(one)))
        values = {c: part.value for c, part in zip(self._columns, self._picked(piece), strict=True)}
        paid = values.get("customer_paid")
        if paid is not None and "amount" not in values:
            values["amount"] = Money(amount_minor=100, currency=paid.currency)
        particulars = [
            f"{plain(column)} {_spelled(values[column])}"
            for column, mask, full in zip(self._columns, piece, self._full, strict=True)
            if mask != full
        ]
        return RefundInputs(**{**_UNNAMED, **values}), ", ".join(particulars) or "any request"

    def _picked(self, piece: Box) -> list[Part]:
        """Return the first part of each column."""
        lowest = ((mask & -mask).bit_length() - 1 for mask in piece)
        return [parts[n] for parts, n in zip(self._parts, lowest, strict=True)]


def overlap(one: Iterable[Box], other: Box) -> list[Box]:
    """Return what some boxes have in common with another."""
    both = (tuple(a & b for a, b in zip(box, other, strict=True)) for box in one)
    return [box for box in both if all(box)]


def _minus(box: Box, taken: Box) -> list[Box]:
    """Return a box without another, in pieces that don't overlap."""
    rest: list[Box] = []
    inside: Box = ()
    for number, (mine, theirs) in enumerate(zip(box, taken, strict=True)):
        if not mine & theirs:
            return [box]
        if mine & ~theirs:
            rest.append((*inside, mine & ~theirs, *box[number + 1 :]))
        inside = (*inside, mine & theirs)
    return rest


def _mask(holds: Iterable[bool]) -> int:
    """Return a bit for each part that is taken."""
    return sum(1 << number for number, held in enumerate(holds) if held)


def _parts(column: str, conditions: list[Condition]) -> Iterator[Part]:
    """Yield the parts of a column, the odd ones last."""
    here, about = [one for one in conditions if one.column == column], COLUMNS[column]
    if about.kind is Kind.QUESTION:
        yield from (Part(False), Part(True))
    elif about.kind is Kind.VALUES:
        yield from _value_parts(column, here)
    elif about.kind is Kind.NUMBER:
        yield from map(Part, _starts(column, here))
    else:
        yield from _money_parts(column, conditions)
    if about.may_be_unknown:
        yield Part(None, is_odd=True)


def _value_parts(column: str, here: list[Condition]) -> Iterator[Part]:
    named = dict.fromkeys(value for one in here if isinstance(one, AnyOf) for value in one.values)
    yield from map(Part, COLUMNS[column].values or named)
    if not COLUMNS[column].values:
        other = "other"
        while other in named:
            other += "_"
        yield Part(other, is_odd=True)


def _money_parts(column: str, conditions: list[Condition]) -> Iterator[Part]:
    """Yield each named currency's ranges, then one amount in a currency that no rule names."""
    ranges = [one for one in conditions if isinstance(one, MoneyWithin)]
    named = list(dict.fromkeys(one.currency for one in ranges))
    for currency in named:
        here = [one for one in ranges if one.column == column and one.currency == currency]
        for start in _starts(column, here):
            yield Part(Money(amount_minor=start, currency=currency))
    other = next((one for one in _OTHER_CURRENCIES if one not in named), "XXX")
    yield Part(Money(amount_minor=100, currency=other), is_odd=True)


def _starts(column: str, here: Iterable[Condition]) -> list[int]:
    """Return the least number of each range between two bounds, of those that there can be."""
    low, high = COLUMNS[column].low, COLUMNS[column].high
    ranges = [one for one in here if isinstance(one, Within | MoneyWithin)]
    bounds = {bound for one in ranges for bound in (one.over, one.up_to) if bound is not None}
    starts = {low, *(bound + 1 for bound in bounds)}
    return sorted(n for n in starts if n >= low and (high is None or n <= high))


def _spelled(value: Any) -> str:
    """Return a value in plain words."""
    if isinstance(value, Money):
        return amount_text(value.amount_minor, value.currency)
    spellings = {None: "unknown", True: "yes", False: "no"}
    return spellings[value] if value is None or isinstance(value, bool) else plain(str(value))

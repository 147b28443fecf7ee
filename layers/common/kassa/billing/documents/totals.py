"""Work out what a draft comes to: lines, tax of each rate, totals; all of it adds up by itself.

Tax is rounded once for each rate of a document, never line by line (EN 16931-1, BR-CO-17; Japan's
Consumption Tax Act, enforcement order 70-10). Where prices include it, what is paid is the sum of
the prices, and the tax is what of it isn't net. A discount is then net of its own tax; lines and
charges share the rest of their rate's net amount, the largest remainder first, so that all of it
adds up, and so do prices and charges within a line.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import NamedTuple

from kassa.billing.documents.draft import Draft, Rounding
from kassa.billing.documents.lines import Adjustment, Line
from kassa.core.errors import InvalidRequest
from kassa.core.tax import Tax, TaxCategory

_ROUNDINGS = {Rounding.HALF_UP: ROUND_HALF_UP, Rounding.DOWN: ROUND_DOWN}
Group = tuple[TaxCategory, Decimal]


class WorkedAdjustment(NamedTuple):
    """A discount or a charge with what it comes to, without tax; `minor` is never negative."""

    adjustment: Adjustment
    minor: int
    tax: Tax
    entered_minor: int  # the same as it was entered: with tax where the draft's prices include it

    @property
    def signed_minor(self) -> int:
        """Return what it adds."""
        return self.minor if self.adjustment.is_charge else -self.minor


class WorkedLine(NamedTuple):
    """A line with what it comes to, without tax (BT-131), its own adjustments taken in."""

    line: Line
    price_minor: int  # of all its units, without tax, before its adjustments
    adjustments: tuple[WorkedAdjustment, ...]
    net_minor: int
    entered_minor: int  # the same as it was entered: with tax where the draft's prices include it


class TaxTotal(NamedTuple):
    """One rate of the tax breakdown (BG-23)."""

    tax: Tax
    net_minor: int  # BT-116
    tax_minor: int  # BT-117

    @property
    def gross_minor(self) -> int:
        """Return both together."""
        return self.net_minor + self.tax_minor


class Document(NamedTuple):
    """A draft, worked out: what every form of it prints; nothing in it is rounded again."""

    draft: Draft
    lines: tuple[WorkedLine, ...]
    adjustments: tuple[WorkedAdjustment, ...]  # of the whole document, one for each rate
    taxes: tuple[TaxTotal, ...]

    @property
    def lines_minor(self) -> int:
        """Return the sum of the lines without tax (BT-106)."""
        return sum(line.net_minor for line in self.lines)

    @property
    def allowances_minor(self) -> int:
        """Return what is taken off the whole document (BT-107)."""
        return sum(one.minor for one in self.adjustments if not one.adjustment.is_charge)

    @property
    def charges_minor(self) -> int:
        """Return what is added to the whole document (BT-108)."""
        return sum(one.minor for one in self.adjustments if one.adjustment.is_charge)

    @property
    def net_minor(self) -> int:
        """Return the total without tax (BT-109)."""
        return self.lines_minor - self.allowances_minor + self.charges_minor

    @property
    def tax_minor(self) -> int:
        """Return the tax of all rates (BT-110)."""
        return sum(one.tax_minor for one in self.taxes)

    @property
    def gross_minor(self) -> int:
        """Return the total with tax (BT-112)."""
        return self.net_minor + self.tax_minor

    @property
    def payable_minor(self) -> int:
        """Return what is still to be paid (BT-115)."""
        return self.gross_minor - self.draft.prepaid_minor


def worked_out(draft: Draft) -> Document:
    """Return what a draft comes to.

    Raises InvalidRequest for what can't be: a discount of more than there is, or more prepaid than
    is to be paid.
    """
    entered = tuple(_entered(line) for line in draft.lines)
    spread = tuple(_spread(draft, entered))
    parts = [_Part(one.line.tax, one.minor) for one in entered]
    parts += [_Part(one.tax, one.signed_minor) for one in spread]
    taxes = _taxes(draft, parts)
    nets = iter(_nets(draft, parts, taxes))
    lines = tuple(_line(draft, one, next(nets)) for one in entered)
    document = Document(
        draft, lines, tuple(one._replace(minor=next(nets)) for one in spread), taxes
    )
    if document.payable_minor < 0:
        raise InvalidRequest("prepaid_minor: more than is to be paid")
    return document


class _Part(NamedTuple):
    """An amount as it was entered, with its sign, and how it is taxed."""

    tax: Tax
    minor: int


class _Entered(NamedTuple):
    """A line as it was entered: its price and adjustments, with tax where prices include it."""

    line: Line
    price_minor: int
    adjustments: tuple[WorkedAdjustment, ...]

    @property
    def minor(self) -> int:
        return sum(self.parts)

    @property
    def parts(self) -> list[int]:
        """Return its price and its adjustments, in this order, as they add up."""
        return [self.price_minor, *(one.signed_minor for one in self.adjustments)]


def _entered(line: Line) -> _Entered:
    price_minor = _rounded(line.unit_price_minor * line.quantity / line.price_quantity)
    adjustments = tuple(
        _worked(one, _adjusted(one, price_minor), line.tax) for one in line.adjustments
    )
    entered = _Entered(line, price_minor, adjustments)
    if entered.minor < 0:
        raise InvalidRequest(f"lines: {line.name!r} has discounts of more than it costs")
    return entered


def entered_minor(line: Line) -> int:
    """Return what a line comes to, its adjustments taken in, in the prices it was entered in."""
    return _entered(line).minor


def _adjusted(one: Adjustment, of_minor: int) -> int:
    if one.amount_minor is not None:
        return one.amount_minor
    return _rounded(of_minor * (one.percent or Decimal(0)) / 100)


def _spread(draft: Draft, entered: Sequence[_Entered]) -> Iterator[WorkedAdjustment]:
    """Yield the document's adjustments, each parted over the rates unless it says its own."""
    sums = _sums(_Part(one.line.tax, one.minor) for one in entered)
    whole = sum(part.minor for part in sums)
    for one in draft.adjustments:
        minor = _adjusted(one, whole)
        shares = [minor] if one.tax else shared(minor, [part.minor for part in sums])
        taxes = [one.tax] if one.tax else [part.tax for part in sums]
        parted = zip(taxes, shares, strict=True)
        yield from (_worked(one, share, tax) for tax, share in parted if share)


def _worked(one: Adjustment, minor: int, tax: Tax) -> WorkedAdjustment:
    """Return an adjustment as it was entered; what of it is net comes later."""
    return WorkedAdjustment(one, minor, tax, entered_minor=minor)


def _sums(parts: Iterable[_Part]) -> list[_Part]:
    """Add up what is taxed together, in the order in which it first comes."""
    sums: dict[Group, _Part] = {}
    for part in parts:
        known = sums.get(part.tax.group, _Part(part.tax, 0))
        sums[part.tax.group] = known._replace(minor=known.minor + part.minor)
    return list(sums.values())


def _taxes(draft: Draft, parts: Iterable[_Part]) -> tuple[TaxTotal, ...]:
    sums = _sums(parts)
    if any(part.minor < 0 for part in sums):
        raise InvalidRequest("adjustments: discounts of more than there is of their rate")
    return tuple(_taxed(draft, part) for part in sums)


def _taxed(draft: Draft, part: _Part) -> TaxTotal:
    tax, minor = part
    whole = 100 + tax.rate if draft.prices_include_tax else Decimal(100)
    tax_minor = _rounded(minor * tax.rate / whole, _ROUNDINGS[draft.rounding])
    for settled in draft.settled_taxes:
        if settled.group == tax.group:
            tax_minor = settled.tax_minor
    net_minor = minor - tax_minor if draft.prices_include_tax else minor
    return TaxTotal(tax, net_minor, tax_minor)


def _nets(draft: Draft, parts: Sequence[_Part], taxes: Iterable[TaxTotal]) -> list[int]:
    """Return what of each amount is net, without its sign."""
    nets = [0] * len(parts)
    for total in taxes:
        of_rate = [at for at, one in enumerate(parts) if one.tax.group == total.tax.group]
        signed = [parts[at].minor for at in of_rate]
        found = _net_shares(total.net_minor, signed, _included_rate(draft, total.tax))
        for at, minor in zip(of_rate, found, strict=True):
            nets[at] = minor
    return nets


def _included_rate(draft: Draft, tax: Tax) -> Decimal:
    return tax.rate if draft.prices_include_tax else Decimal(0)


def _net_shares(net_minor: int, signed: Sequence[int], rate: Decimal) -> list[int]:
    """Part a net amount over amounts that include a rate: discounts are negative.

    They can't be shares of it: where they come to all there is, nothing is left to be a share of.
    """
    off = [_rounded(-minor * 100 / (100 + rate)) if minor < 0 else 0 for minor in signed]
    shares = shared(net_minor + sum(off), [max(minor, 0) for minor in signed])
    return [taken or share for taken, share in zip(off, shares, strict=True)]


def _line(draft: Draft, entered: _Entered, net_minor: int) -> WorkedLine:
    rate = _included_rate(draft, entered.line.tax)
    price_minor, *nets = _net_shares(net_minor, entered.parts, rate)
    pairs = zip(entered.adjustments, nets, strict=True)
    adjustments = tuple(one._replace(minor=minor) for one, minor in pairs)
    return WorkedLine(entered.line, price_minor, adjustments, net_minor, entered.minor)


def shared_by_rate(amounts: Mapping[Group, int], parts: Sequence[tuple[Group, int]]) -> list[int]:
    """Part the amount of each rate over its parts, in proportion; return the share of each."""
    shares = [0] * len(parts)
    for group, minor in amounts.items():
        of_rate = [at for at, (its, _) in enumerate(parts) if its == group]
        found = shared(minor, [parts[at][1] for at in of_rate])
        for at, share in zip(of_rate, found, strict=True):
            shares[at] = share
    return shares


def shared(minor: int, by: Iterable[int]) -> list[int]:
    """Part an amount in proportion to others, to the minor unit: the largest remainder first.

    The parts add up to the whole. Where the others add up to nothing, the first takes it all.
    """
    weights = list(by)
    whole = sum(weights)
    if not weights:
        return []
    if not whole:
        return [minor, *([0] * (len(weights) - 1))]
    parts = [divmod(minor * weight, whole) for weight in weights]
    shares = [quotient for quotient, _ in parts]
    left = minor - sum(shares)
    for at in sorted(range(len(parts)), key=lambda one: (-parts[one][1], one))[:left]:
        shares[at] += 1
    return shares


def _rounded(amount: Decimal, rounding: str = ROUND_HALF_UP) -> int:
    return int(amount.quantize(Decimal(1), rounding=rounding))

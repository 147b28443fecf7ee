"""What a refund gives back of an invoice: which lines, and how much of each rate's tax.

An invoice is parted into what it charges for: its lines, and the charges on the whole of it, each
with its tax and its share of the document's discounts. A refund that names lines gives those back,
any other gives back of all that is left in proportion. Whatever the refunds are, what they give
back adds up to the invoice once it is all given back, rate by rate, to the minor unit: a part is
always a share of what is left, and the last takes the rest.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from kassa.billing.documents.draft import Draft, Preceding, SettledTax
from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.documents.lines import PIECE, Line
from kassa.billing.documents.totals import Document, Group, TaxTotal, shared, shared_by_rate
from kassa.core.errors import InvalidRequest
from kassa.core.model import Model
from kassa.core.tax import Tax

Units = Mapping[int, Decimal]  # number of an invoice's line, from 0 -> how many of it go back


class Charged(NamedTuple):
    """What an invoice charges for: a line, or a charge on the whole; discounts are taken off."""

    name: str
    tax: Tax
    gross_minor: int
    quantity: Decimal
    unit: str
    product_id: str | None


class Refunded(NamedTuple):
    """A refund: how much, on which day, and which lines it names, if any."""

    minor: int
    on: date
    units: Units = MappingProxyType({})


class Credited(Model):
    """What earlier credit notes gave back of an invoice; nothing, of a new one."""

    gross_minor: tuple[int, ...]  # of each thing that it charges for, as `charged` lists them
    taxes: tuple[SettledTax, ...] = ()  # of each rate

    def with_more(self, gross_minor: Sequence[int], taxes: Mapping[Group, int]) -> "Credited":
        """Return it with what one more credit note gives back."""
        gone = zip(self.gross_minor, gross_minor, strict=True)
        groups = sorted({*taxes, *(one.group for one in self.taxes)})
        sums = {group: self.tax_of(group) + taxes.get(group, 0) for group in groups}
        return Credited(gross_minor=tuple(was + more for was, more in gone), taxes=_settled(sums))

    def plus(self, other: "Credited") -> "Credited":
        """Return it with what was given back by `other`."""
        return self.with_more(other.gross_minor, {one.group: one.tax_minor for one in other.taxes})

    def less(self, other: "Credited") -> "Credited":
        """Return it without what was given back by `other`, as after that one is void."""
        gone = zip(self.gross_minor, other.gross_minor, strict=True)
        sums = {one.group: one.tax_minor - other.tax_of(one.group) for one in self.taxes}
        return Credited(gross_minor=tuple(was - less for was, less in gone), taxes=_settled(sums))

    def tax_of(self, group: Group) -> int:
        """Return what was given back of a rate's tax."""
        return next((one.tax_minor for one in self.taxes if one.group == group), 0)


def charged(invoice: Document) -> tuple[Charged, ...]:
    """Return what an invoice charges for; all of it together is what it comes to, with tax."""
    nets: list[tuple[Charged, int]] = []
    for one in invoice.lines:
        line = one.line
        named = Charged(line.name, line.tax, 0, line.quantity, line.unit, line.product_id)
        nets.append((named, one.net_minor))
    for extra in invoice.adjustments:
        if extra.adjustment.is_charge:
            reason = extra.adjustment.reason
            nets.append((Charged(reason, extra.tax, 0, Decimal(1), PIECE, None), extra.minor))
    amounts = {total.tax.group: total.gross_minor for total in invoice.taxes}
    gross = shared_by_rate(amounts, [(one.tax.group, minor) for one, minor in nets])
    return tuple(
        one._replace(gross_minor=minor) for (one, _), minor in zip(nets, gross, strict=True)
    )


def credited_draft(
    invoice: Document, preceding: Preceding, before: Credited | None, refund: Refunded
) -> tuple[Draft, Credited]:
    """Return the credit note of a refund, and what is given back of the invoice with it.

    Raises InvalidRequest where the refund is more than is left of the invoice.
    """
    refund_minor, units = refund.minor, refund.units
    things = charged(invoice)
    before = before or Credited(gross_minor=(0,) * len(things))
    left = [one.gross_minor - gone for one, gone in zip(things, before.gross_minor, strict=True)]
    if not 0 < refund_minor <= sum(left):
        raise InvalidRequest(f"{refund_minor} of {preceding.number} can't go back, {sum(left)} can")
    back = _back(things, left, refund_minor, units)
    taxes = _taxes(invoice.taxes, things, back, left, before)
    draft = Draft(
        **{name: getattr(invoice.draft, name) for name in _KEPT},
        kind=DocumentKind.CREDIT_NOTE,
        prices_include_tax=True,
        lines=tuple(
            _line(one, minor, units.get(at))
            for at, (one, minor) in enumerate(zip(things, back, strict=True))
            if minor
        ),
        settled_taxes=_settled(taxes),
        prepaid_minor=refund_minor,  # it went back already
        preceding=preceding,
        issued_on=refund.on,
    )
    return draft, before.with_more(back, taxes)


_KEPT = (
    *("currency", "rounding", "seller", "buyer", "languages", "order_id", "buyer_reference"),
    *("purchase_order", "delivered_on", "period", "bank_accounts"),
)


def _back(
    things: Sequence[Charged], left: Sequence[int], refund_minor: int, units: Units
) -> list[int]:
    """Return what goes back of each thing: of those named first, then of all that is left."""
    named = [0] * len(things)
    for at, count in units.items():
        part = things[at].gross_minor * min(count, things[at].quantity) / things[at].quantity
        named[at] = min(left[at], round(part))
    if sum(named) >= refund_minor:
        return shared(refund_minor, named)
    for at in units:  # a unit's price may not divide: the rest of a rounded one is its own
        if left[at] > named[at] and sum(named) < refund_minor:
            named[at] += 1
    still = [minor - taken for minor, taken in zip(left, named, strict=True)]
    rest = shared(refund_minor - sum(named), still)
    return [taken + more for taken, more in zip(named, rest, strict=True)]


def _taxes(
    totals: Sequence[TaxTotal],
    things: Sequence[Charged],
    back: Sequence[int],
    left: Sequence[int],
    before: Credited,
) -> dict[Group, int]:
    """Return the tax in what goes back of each rate; what is left of both is never exceeded."""
    taxes: dict[Group, int] = {}
    for total in totals:
        group, rate = total.tax.group, total.tax.rate
        of_rate = [at for at, one in enumerate(things) if one.tax.group == group]
        back_minor = sum(back[at] for at in of_rate)
        left_minor = sum(left[at] for at in of_rate)
        tax_left = total.tax_minor - before.tax_of(group)
        if back_minor:
            share = round(back_minor * rate / (100 + rate))
            least = back_minor - (left_minor - tax_left)
            taxes[group] = max(least, min(tax_left, share))
    return taxes


def _settled(taxes: Mapping[Group, int]) -> tuple[SettledTax, ...]:
    return tuple(
        SettledTax(category=category, rate=rate, tax_minor=minor)
        for (category, rate), minor in taxes.items()
    )


def _line(one: Charged, minor: int, count: Decimal | None) -> Line:
    """Return a line of a credit note: all its units, so many, or a part of them as one."""
    units = one.quantity if minor == one.gross_minor else count
    quantity = units or Decimal(1)
    each_minor, rest = divmod(minor, quantity)
    return Line(
        name=one.name,
        quantity=quantity,
        unit=one.unit if units else PIECE,
        unit_price_minor=minor if rest else int(each_minor),
        price_quantity=quantity if rest else Decimal(1),
        tax=one.tax,
        product_id=one.product_id,
    )

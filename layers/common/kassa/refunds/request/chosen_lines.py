"""Lines of an order that a person chooses to give back: what they come to, tax and all.

A line's amount is what was paid for it, tax included. Pieces of it are shared out so that all of
them, given back one after another, come to the whole: no cent is lost or given twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kassa.core.errors import InvalidRequest, OverHeadroom
from kassa.core.money import Money, spelled
from kassa.gateways.submissions import OrderLine
from kassa.refunds.request.lines import Lines, line_id


class LineLeft(NamedTuple):
    """One line of an order, and how many of it weren't given back yet."""

    line: OrderLine
    left: int

    @property
    def id(self) -> str:
        """Return what the line is known by."""
        return line_id(self.line.sku or self.line.name)

    def amount_of(self, quantity: int) -> int:
        """Return what so many of those that are left come to, in minor units."""
        gone = self.line.quantity - self.left
        return self._until(gone + quantity) - self._until(gone)

    def _until(self, quantity: int) -> int:
        """Return what the first so many of the line come to, half a unit rounded up."""
        whole, of = self.line.amount_minor * quantity, self.line.quantity
        return (2 * whole + of) // (2 * of)


class ChosenLine(NamedTuple):
    """How many of a line are given back, and what they come to."""

    place: int  # among the order's lines, from 0
    name: str
    quantity: int
    amount_minor: int


class ChosenLines(NamedTuple):
    """What is given back of an order, line by line, and in all."""

    lines: tuple[ChosenLine, ...]
    units: dict[str, int]  # how many of each line, by its id
    amount_minor: int


def lines_left(lines: Iterable[OrderLine], gone: Lines) -> tuple[LineLeft, ...]:
    """Return an order's lines with how many of each are left; of one id, the first go first."""
    still, found = dict(gone), []
    for line in lines:
        known_as = line_id(line.sku or line.name)
        taken = min(line.quantity, still.get(known_as, 0))
        still[known_as] = still.get(known_as, 0) - taken
        found.append(LineLeft(line, line.quantity - taken))
    return tuple(found)


def chosen_lines(
    lines: Sequence[LineLeft], quantities: Mapping[int, int], most: Money
) -> ChosenLines:
    """Return what is given back where so many of each line are chosen, by its place from 0.

    `most` is what may be given back. Raises InvalidRequest where nothing is chosen, or more than is
    left of a line, and OverHeadroom where it comes to more than `most`.
    """
    found, units = [], dict[str, int]()
    for place, one in enumerate(lines):
        quantity = quantities.get(place, 0)
        if not 0 <= quantity <= one.left:
            raise InvalidRequest(f"line_{place}: {one.left} of it may still be given back")
        if quantity:
            found.append(ChosenLine(place, one.line.name, quantity, one.amount_of(quantity)))
            units[one.id] = units.get(one.id, 0) + quantity
    amount_minor = sum(one.amount_minor for one in found)
    if not amount_minor:
        raise InvalidRequest("line_0: choose how many of which line are given back")
    if amount_minor > most.amount_minor:
        raise OverHeadroom(
            f"the lines come to more than the {spelled(most)} that may be approved",
            most.amount_minor,
        )
    return ChosenLines(tuple(found), units, amount_minor)

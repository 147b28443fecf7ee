"""What a check says of a form, by the row that it is about."""

import re
from collections.abc import Iterable
from typing import NamedTuple

_ROW = re.compile(r"(rules|routes|steps|late_fees)[.\[](\d+)")  # lists that forms have


class Remark(NamedTuple):
    """What a check says of a row, or of the whole where it names none."""

    severity: str  # error, warning or notice
    text: str


class Found(NamedTuple):
    """All that a check says."""

    whole: tuple[Remark, ...] = ()
    rows: dict[str, tuple[Remark, ...]] = {}  # by the list's name and the row's number: rules.2

    @property
    def has_errors(self) -> bool:
        """Whether anything of it keeps the rules from being saved."""
        every = [*self.whole, *(remarks for row in self.rows.values() for remarks in row)]
        return any(remarks.severity == "error" for remarks in every)

    def of(self, kind: str, number: int) -> tuple[Remark, ...]:
        """Return what is remarks of a row."""
        return self.rows.get(f"{kind}.{number}", ())


def by_place(mistakes: Iterable[str]) -> Found:
    """Return mistakes whose texts begin with their place, such as `rules[2].when.amount: …`."""
    return by_row(("error", _place(one), one) for one in mistakes)


def by_row(remarks: Iterable[tuple[str, str, str]]) -> Found:
    """Return what is remarks of each place: severity, place and text; no place for the whole."""
    whole: list[Remark] = []
    rows: dict[str, list[Remark]] = {}
    for severity, place, text in remarks:
        of = rows.setdefault(place, []) if place else whole
        of.append(Remark(severity, text))
    return Found(tuple(whole), {place: tuple(of) for place, of in rows.items()})


def _place(mistake: str) -> str:
    found = _ROW.match(mistake)
    return f"{found[1]}.{found[2]}" if found else ""

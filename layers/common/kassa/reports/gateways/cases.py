"""Support cases: what somebody asked a gateway's support, and how long that took to answer."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, StrictInt

from kassa.core.model import Instant, Model

HOURS_MAX = 8760  # a year
CASES_MIN = 5  # answered ones, before it is said how long answers take
CASE_ID = r"^[A-Za-z0-9][A-Za-z0-9._:+-]{0,63}$"
MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"


def _in_one_line(text: str) -> str:
    if not (line := " ".join(text.split())).isprintable() or not line:
        raise ValueError("must be text in one line")
    return line


Hours = Annotated[StrictInt, Field(ge=0, le=HOURS_MAX)]
About = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_in_one_line)]
Place = tuple[str, str]  # gateway and account


class CaseNote(Model):
    """What somebody notes of a case; kept for good, so no personal data belongs in it."""

    account: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = "main"
    opened_on: date  # the merchant's day
    hours_to_answer: Hours | None = None  # none: not answered yet
    about: About


class SupportCase(CaseNote):
    """A case as it was noted last."""

    gateway: str
    case_id: str  # the gateway's own, or the merchant's
    version: int = 1
    noted_by: str
    noted_at: Instant


class Support(Model):
    """An account's cases of a period, by the day on which they were opened."""

    cases: int = 0
    answered: int = 0
    half_hours: int | None = None  # half of the answers took no longer; none: too few
    most_hours: int | None = None  # nineteen of twenty


def support_of(cases: Iterable[Mapping[str, object]]) -> dict[Place, Support]:
    """Count cases as a manifest keeps them: gateway, account and hours to the answer."""
    found: dict[Place, list[int | None]] = defaultdict(list)
    for one in cases:
        hours = one["hours_to_answer"]
        place = str(one["gateway"]), str(one["account"])
        found[place].append(hours if isinstance(hours, int) else None)
    return {place: _support(hours) for place, hours in found.items()}


def _support(hours: list[int | None]) -> Support:
    answers = sorted(one for one in hours if one is not None)
    if len(answers) < CASES_MIN:
        return Support(cases=len(hours), answered=len(answers))
    half, most = (answers[-(-len(answers) * of // 20) - 1] for of in (10, 19))
    return Support(cases=len(hours), answered=len(answers), half_hours=half, most_hours=most)

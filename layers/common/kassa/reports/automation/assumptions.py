"""What a merchant assumes: minutes that each thing takes a person, and how slow it was before."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, StrictInt

from kassa.core.model import Model

Minutes = Annotated[StrictInt, Field(ge=0, le=480)]
HOURS_MAX = 8760  # a year
Hours = Annotated[StrictInt, Field(ge=0, le=HOURS_MAX)]
# Kassa's own guesses, to be replaced: whoever does it by hand knows better.
MINUTES = {
    "decision": 6,
    "submission": 3,
    "invoice": 4,
    "credit_note": 5,
    "reminder": 5,
    "message": 2,
    "healed": 15,
    "duplicate": 10,
}


def _known(minutes: dict[str, int]) -> dict[str, int]:
    if unknown := sorted(minutes.keys() - MINUTES.keys()):
        raise ValueError(f"{unknown[0]} is none of {', '.join(MINUTES)}")
    return minutes


class AssumptionsDraft(Model):
    """Minutes by kind, where they aren't Kassa's own, and hours as they were without it."""

    minutes: Annotated[dict[str, Minutes], AfterValidator(_known)] = {}
    decision_hours: Hours | None = None  # from a refund's request to its decision; none: not said
    bank_hours: Hours | None = None  # from the request until the money left


class Assumptions(AssumptionsDraft):
    """What is assumed, as it was saved; a past report's manifest keeps the version it went by."""

    minutes: dict[str, Minutes] = {}  # of a newer release's kinds too
    version: int = 0  # 0: nobody saved any

    def minutes_of(self, kind: str) -> int:
        """Return how many minutes a thing of a kind takes a person."""
        return self.minutes.get(kind, MINUTES[kind])

    def with_guesses(self) -> Self:
        """Return the same with Kassa's own minutes where nobody said any."""
        return self.model_copy(update={"minutes": {**MINUTES, **self.minutes}})

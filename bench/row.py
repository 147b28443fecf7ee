"""One line of the bench's table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A figure beside what it should be at most and what it can't go below.

    Without a value the row stays in the table, with the reason why it couldn't be measured.
    """

    name: str
    value: float | None
    unit: str
    goal: float | None = None  # at most
    floor: float | None = None
    reason: str = ""
    noise: float = 0.0  # a share: what is over the goal by no more than it may be chance

    @property
    def is_missed(self) -> bool:
        """Say whether a goal is set, measured and missed by more than noise."""
        return (
            self.value is not None
            and self.goal is not None
            and self.value > self.goal * (1 + self.noise)
        )

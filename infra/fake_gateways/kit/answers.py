"""What a fake answers to one request."""

from dataclasses import dataclass, field
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """A status, a JSON object and the headers beside it."""

    status: int
    body: Body
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None  # what is answered instead of JSON, such as a report or nothing at all

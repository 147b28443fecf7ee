"""A gateway's memory of the requests it executed, by idempotency key; it forgets in time.

The oldest stand first, so that forgetting costs nothing while there is nothing to forget.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from infra.fake_gateways.kit.answers import Answer


@dataclass(frozen=True)
class Remembered:
    """An executed request and what was answered."""

    fingerprint: object
    answer: Answer
    at_s: float


class Memory:
    """Answers by key; a key is in use while its first request is executing."""

    def __init__(self, now: Callable[[], float], forget_after_s: float) -> None:
        """Remember for so many seconds of this clock."""
        self._now = now
        self.forget_after_s = forget_after_s
        self._answers: dict[str, Remembered] = {}
        self._in_use: set[str] = set()

    def recall(self, key: str) -> Remembered | None:
        """Return what a key was first used for, unless that is forgotten."""
        oldest = self._now() - self.forget_after_s
        while self._answers:
            first = next(iter(self._answers))
            if self._answers[first].at_s > oldest:
                break
            del self._answers[first]
        return self._answers.get(key)

    def remember(self, key: str, fingerprint: object, answer: Answer) -> None:
        """Keep an answer; whoever repeats the request gets the same."""
        self._answers[key] = Remembered(fingerprint, answer, self._now())

    def is_in_use(self, key: str) -> bool:
        """Return whether a request with this key is executing now."""
        return key in self._in_use

    @contextmanager
    def using(self, key: str | None) -> Iterator[None]:
        """Hold a key while its request is on its way, so that a second one conflicts.

        Whoever comes second holds nothing, and so gives nothing back.
        """
        if key is None or key in self._in_use:
            yield
            return
        self._in_use.add(key)
        try:
            yield
        finally:
            self._in_use.discard(key)


class Keyed:
    """A gateway that knows a request again by the key in a header of it."""

    KEY = "idempotency-key"  # the header's name, in lower case
    memory: Memory

    def executing(self, headers: Mapping[str, str]) -> AbstractContextManager[None]:
        """Hold a request's key while it is on its way, so that a second one conflicts."""
        return self.memory.using(self.key_of(headers))

    def is_in_use(self, headers: Mapping[str, str]) -> bool:
        """Return whether another request holds this one's key."""
        return self.memory.is_in_use(self.key_of(headers) or "")

    def conflict(self, headers: Mapping[str, str]) -> Answer:
        """Answer the second of two requests with one key."""
        raise NotImplementedError

    def key_of(self, headers: Mapping[str, str]) -> str | None:
        """Return a request's key."""
        return next((v for name, v in headers.items() if name.lower() == self.KEY), None)

"""What goes wrong at a gateway on demand: the next N requests of a path, in a chosen way."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a request goes wrong, named by what the caller can't see."""

    ERROR_BEFORE = "error_before"  # a 500, and nothing was done
    ERROR_AFTER = "error_after"  # a 500, and all was done
    RATE_LIMITED = "rate_limited"  # a 429
    UNAVAILABLE = "unavailable"  # a 503
    LOST_REQUEST = "lost_request"  # the connection breaks before anything was done
    LOST_RESPONSE = "lost_response"  # the connection breaks after all was done
    SLOW = "slow"  # executed after so many seconds, the key in use meanwhile
    SLOW_RESPONSE = "slow_response"  # executed at once, answered after so many seconds


IN_THE_MODEL = {Kind.ERROR_BEFORE, Kind.ERROR_AFTER, Kind.RATE_LIMITED, Kind.UNAVAILABLE}
ON_THE_WAY = {Kind.LOST_REQUEST, Kind.LOST_RESPONSE, Kind.SLOW, Kind.SLOW_RESPONSE}


class Lost(Exception):
    """A request or its response was lost on the way."""


@dataclass
class Fault:
    """The next so many requests whose path begins so go wrong like this."""

    kind: Kind
    path: str = "/"
    method: str = ""
    times: int = 1
    seconds: float = 0.0

    def concerns(self, method: str, path: str) -> bool:
        """Return whether a request is one of those."""
        return path.startswith(self.path) and self.method in ("", method)


class Faults:
    """The faults still to come, in the order they were requested."""

    def __init__(self) -> None:
        """Begin with none."""
        self._coming: list[Fault] = []

    def expect(self, fault: Fault) -> None:
        """Let requests go wrong from now on."""
        self._coming.append(fault)

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._coming.clear()

    def take(self, kinds: set[Kind], method: str, path: str) -> Fault | None:
        """Return the first fault of these kinds for a request, and count it as used."""
        if not self._coming:
            return None
        concerning = (one for one in self._coming if one.kind in kinds)
        fault = next((one for one in concerning if one.concerns(method, path)), None)
        if fault:
            fault.times -= 1
            if fault.times <= 0:
                self._coming.remove(fault)
        return fault

"""A kind of rules that people change: what its form is, and which operations stand behind it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from kassa.audit.trail import Actor
from kassa.console.pages.rules.mistakes import Found
from kassa.console.pages.rules.rows import Row
from kassa.core.callers import Caller, require_fresh
from kassa.reports.localization import Texts

Document = Mapping[str, Any]  # rules as a person writes them
Fields = Mapping[str, str]  # of a form
TimeLeft = Callable[[], float]  # seconds


class Version(NamedTuple):
    """Rules as they were saved."""

    number: int
    saved_at: datetime
    saved_by: str | None
    document: Document
    begins_at: datetime | None = None  # where that isn't when they were saved
    note: str = ""


class Checked(NamedTuple):
    """What a check says, and the rules as they would be saved, if they can be read."""

    found: Found
    document: Document | None


class Saver(NamedTuple):
    """Who saves, and whose rules they are."""

    caller: Caller
    written_by: str
    time_left_s: TimeLeft
    now: datetime

    def fresh(self) -> Actor:
        """Return who saves, by a sign-in of just now; raise SignInTooOld where it is older."""
        require_fresh(self.caller, self.now)
        return Actor.of(self.caller)


class Trying(NamedTuple):
    """Who tries, with what they ask, and how a page of it is written."""

    caller: Caller
    query: Mapping[str, str]
    texts: Texts
    time_left_s: TimeLeft


class Kind(NamedTuple):
    """A kind of rules."""

    name: str
    empty: Mapping[str, Row]  # its form's lists, each with a row as it begins
    versions: Callable[[], Sequence[Version]]  # the newest first
    start: Callable[[], Document]  # from where nothing was saved
    fields_of: Callable[[Document], dict[str, str]]
    document_of: Callable[[Fields], dict[str, Any]]
    check: Callable[[Document], Checked]
    save: Callable[[Document, Saver], int]  # returns the version that says it
    attempt: Callable[[Document, Trying], dict[str, Any]]  # on the past; nothing is saved
    needs_another: Callable[[], bool] = lambda: False  # somebody else saves than who wrote it

"""How far a long command came, kept in a file, so that the next run goes on from there.

What these commands do may be done twice without harm; the file saves the time, not the truth.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from cli.output import console
from infra.stack import Stack, state_path

Thing = TypeVar("Thing")

SAVED_EVERY = 50


class Progress:
    """What a command has done of the work that `about` describes, and what it found so far.

    `counts` and `found` are the command's own; they are kept with what is done.
    """

    def __init__(self, path: Path, about: dict[str, Any]) -> None:
        self._path, self._about = path, about
        self.done, self.counts, self.found = 0, Counter[str](), list[Any]()
        self._read()

    def _read(self) -> None:
        try:
            kept = json.loads(self._path.read_text())
        except (FileNotFoundError, ValueError):
            return
        if kept.get("about") == self._about:
            self.done, self.found = kept["done"], kept["found"]
            self.counts = Counter(kept["counts"])

    def save(self) -> None:
        """Write how far it is; a reader never sees half a file."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".draft")
        draft.touch(mode=0o600)
        kept = {"about": self._about, "done": self.done}
        draft.write_text(json.dumps(kept | {"counts": self.counts, "found": self.found}))
        draft.replace(self._path)

    def finish(self) -> None:
        """Forget it: the work is whole."""
        self._path.unlink(missing_ok=True)

    def left(self, things: Sequence[Thing], what: str, is_shown: bool) -> Iterator[Thing]:
        """Yield what is left to do, counting what came back done; shows a bar on a terminal."""
        columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Bar(*columns, console=console(), disable=not is_shown, transient=True) as bar:
            shown = bar.add_task(what, total=len(things), completed=self.done)
            try:
                for thing in things[self.done :]:
                    yield thing
                    self.done += 1
                    bar.update(shown, completed=self.done)
                    if self.done % SAVED_EVERY == 0:
                        self.save()
            finally:
                self.save()


def progress_of(stack: Stack, command: str, about: dict[str, Any]) -> Progress:
    """Return how far a command came on a stack; nothing yet, if it was about something else."""
    path = state_path().parent / f"{command}-{stack.name}.json"
    return Progress(path, about | {"table": stack.table})

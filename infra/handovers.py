"""Hand-overs as files: an archive written at once, and one verified."""

import os
from collections.abc import Sequence
from pathlib import Path

from kassa.billing.handover.manifest import Noted
from kassa.billing.handover.verification import Verified, verified


class HandoverFile:
    """An archive in a folder: it stands whole, or not at all."""

    def __init__(self, path: Path) -> None:
        """Begin it beside where it shall stand."""
        self._path, self._unfinished = path, path.with_name(f".{path.name}.unfinished")
        self._file = self._unfinished.open("wb")

    def noted(self) -> Sequence[Noted]:
        """Return nothing: what was stopped begins anew."""
        return ()

    def write(self, part: bytes) -> None:
        """Write the next part."""
        self._file.write(part)

    def note(self, noted: Noted) -> None:
        """Note nothing."""

    def finish(self) -> None:
        """Let the archive stand, in place of one that stood there."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._unfinished.replace(self._path)

    def give_up(self) -> None:
        """Leave nothing behind of an archive that wasn't finished."""
        self._file.close()
        self._unfinished.unlink(missing_ok=True)


def verified_file(path: Path) -> Verified:
    """Verify an archive's file; raise InvalidRequest where it is none."""
    with path.open("rb") as file:
        return verified(file)

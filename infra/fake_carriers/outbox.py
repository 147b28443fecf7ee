"""The outbox: each mail a file (.eml) that a mail program opens, each text a file (.txt)."""

import re
from pathlib import Path

_UNSAFE = re.compile(r"[^A-Za-z0-9@._+-]+")


class Outbox:
    """A folder of what was taken, in its order; made with the first, and emptied when it begins."""

    def __init__(self, folder: Path) -> None:
        """Begin with nothing in the folder, if there is one."""
        self._folder = folder
        self._count = 0
        for left in (*folder.glob("*.eml"), *folder.glob("*.txt"), *folder.glob("*.html")):
            left.unlink()

    def add_mail(self, to: str, content: bytes) -> Path:
        """Keep a mail, and return where."""
        return self._add(to, "eml", content)

    def add_text(self, to: str, content: str) -> Path:
        """Keep a text, and return where."""
        return self._add(to, "txt", content.encode())

    def _add(self, to: str, suffix: str, content: bytes) -> Path:
        self._count += 1
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{self._count:04d}-{_UNSAFE.sub('_', to)[:60]}.{suffix}"
        path.write_bytes(content)
        return path

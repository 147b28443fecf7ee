"""Files that people write, read strictly; one that can't be read is said in one line."""

from pathlib import Path
from typing import Any

from cli.stack import give_up
from infra import strict_files
from infra.strict_files import UnreadableFile


def read(path: Path) -> Any:
    """Return what a file says, YAML or JSON."""
    try:
        return strict_files.read(path)
    except UnreadableFile as error:
        give_up(str(error))

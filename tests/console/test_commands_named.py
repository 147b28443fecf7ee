"""What pages tell people to type is there to be typed."""

import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from cli.main import app
from tests.support.source import KASSA

CONSOLE = KASSA / "console"
TASKS = CONSOLE / "help/tasks.py"
PAGES = sorted([*CONSOLE.glob("te[mx][pt]*/*.*"), *CONSOLE.glob("help/**/*.*ml"), TASKS])
NAMED = re.compile(r"\bkassa ([a-z-]+)(?: ([a-z-]+))?")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    commands: Any = get_command(app)
    for group, command in NAMED.findall(page.read_text()):
        assert group in commands.commands, group
        below = getattr(commands.imported(group), "commands", {})
        assert not below or command in below or not command, f"{group} {command}"


def test_pages_name_commands() -> None:
    assert len([page for page in PAGES if NAMED.search(page.read_text())]) >= 6

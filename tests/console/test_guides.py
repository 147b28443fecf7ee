"""The guides by role: their tasks are the help page's, and what they tell people to type exists."""

import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from cli.main import app
from kassa.console.help.tasks import TASKS
from kassa.console.help.texts_of import help_texts
from tests.support.source import ROOT

DOCS = ROOT / "docs"
GUIDES = {role: DOCS / "guides" / f"{role}.md" for role in TASKS}
PAGES = [*GUIDES.values(), DOCS / "when-down.md", DOCS / "glossary.md"]
NAMED = re.compile(r"`kassa ([a-z-]+)(?: ([a-z-]+))?")
LINK = re.compile(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"")
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


@every_page
def test_every_command_that_a_guide_names_exists(page: Path) -> None:
    commands: Any = get_command(app)
    for group, command in NAMED.findall(page.read_text(encoding="utf-8")):
        assert group in commands.commands, group
        below = getattr(commands.imported(group), "commands", {})
        assert not below or command in below or not command, f"{group} {command}"


@every_page
def test_every_link_and_picture_of_a_guide_is_there(page: Path) -> None:
    for link, picture in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, heading = (link or picture).partition("#")
        to = (page.parent / path).resolve() if path else page
        assert to.is_file(), f"{page.name}: {path}"
        assert not heading or heading in _headings(to), f"{page.name}: {path}#{heading}"


@pytest.mark.parametrize("role", TASKS)
def test_a_guide_has_the_tasks_of_the_help_page_in_their_order(role: str) -> None:
    titles = re.findall(r"^## (.+)$", GUIDES[role].read_text(encoding="utf-8"), re.MULTILINE)
    h = help_texts("en")
    known = [h(f"tasks.{one.name}") for one in TASKS[role]]

    assert [title for title in titles if title in known] == known


def test_the_pictures_of_guides_are_those_that_screens_copies() -> None:
    copied = re.findall(r"docs/pictures/([a-z-]+\.png)", (ROOT / "Makefile").read_text())
    shown = {
        Path(picture).name
        for page in GUIDES.values()
        for _, picture in LINK.findall(page.read_text(encoding="utf-8"))
        if picture
    }

    assert shown <= set(copied)
    assert len(copied) == len(set(copied))


def _headings(page: Path) -> set[str]:
    """Return the addresses of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}

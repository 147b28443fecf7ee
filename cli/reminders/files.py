"""Policies of reminders as files: read strictly, each mistake with its line."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from cli import strict_files
from cli.output import console
from cli.stack import give_up
from kassa.billing.reminders.policy.model import PolicyRules
from kassa.billing.reminders.policy.parse import read_rules
from kassa.core.errors import Unreadable

PolicyFile = Annotated[Path, typer.Argument(metavar="FILE", help="The policy, YAML or JSON.")]
EXAMPLE = Path(__file__).with_name("example.yaml")
_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def read(path: Path) -> tuple[PolicyRules, dict[str, Any]]:
    """Return what a policy's file says, read and as it stands; say every mistake in it and exit."""
    content = strict_files.read(path)
    if content is None:
        content = {}
    try:
        rules = read_rules(content)
    except Unreadable as refused:
        for mistake in with_lines(path, refused.wrong):
            console().print(mistake, style="red", markup=False, soft_wrap=True)
        count = len(refused.wrong)
        give_up(f"{path} has {count} mistake{'s' if count > 1 else ''} and can't be saved")
    return rules, content


def with_lines(path: Path, mistakes: list[str]) -> Iterator[str]:
    """Yield mistakes with the line that each is on, as far as its place is in the file."""
    root = yaml.compose(path.read_text(), Loader=yaml.SafeLoader)
    for mistake in mistakes:
        place = mistake.partition(":")[0]
        yield f"line {_line(root, place)}: {mistake}"


def _line(node: yaml.Node | None, place: str) -> int:
    """Return the line of a place, such as steps[1].days, or of what holds it."""
    line = 1
    for name, number in _PART.findall(place):
        found = _within(node, name, number)
        if found is None:
            return line
        mark, node = found
        line = mark
    return line


def _within(node: yaml.Node | None, name: str, number: str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and number and int(number) < len(node.value):
        child = node.value[int(number)]
        return child.start_mark.line + 1, child
    if isinstance(node, yaml.MappingNode):
        pairs = (pair for pair in node.value if str(pair[0].value) == name)
        for key, value in pairs:
            return key.start_mark.line + 1, value
    return None

"""A target's file: read strictly, and every mistake in it said with its line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli import strict_files
from cli.stack import give_up
from infra.strict_files import line_of, lines
from kassa.core.model import Mistake
from kassa.fact_catalog import KINDS
from kassa.partners.rest.parse import read_target
from kassa.partners.rest.target import Target

TargetFile = Annotated[Path, typer.Argument(metavar="FILE", help="The target, YAML or JSON.")]
_FACTS = {name: frozenset(kind.model_fields) for name, kind in KINDS.items()}
_TRIAL_HOSTS = "http://127.0.0.1:"


def read(path: Path) -> tuple[Target, list[str]]:
    """Return a file's target and what deserves a look; exit with 1 naming every mistake."""
    value = strict_files.read(path)
    found = read_target(value, _FACTS, _trial_hosts(value))
    if found.target is None:
        listed = lines_of(path, found.wrong)
        count = "a mistake" if len(listed) == 1 else f"{len(listed)} mistakes"
        give_up("\n".join([f"{path} has {count} and can't be used:", *listed]))
    return found.target, lines_of(path, found.warnings)


def lines_of(path: Path, mistakes: Sequence[Mistake]) -> list[str]:
    """Return mistakes as lines, in the order of the file."""
    known = lines(path)
    placed = sorted((line_of(one.place, known), one) for one in mistakes)
    return [f"line {line}, {one.place or 'the file'}: {one.text}" for line, one in placed]


def _trial_hosts(value: object) -> list[str]:
    """Return the address on this machine that a target for trying out names, if it does.

    Whether a stack may call it, the stack itself says.
    """
    base = str(value.get("base_url", "")) if isinstance(value, dict) else ""
    if not base.startswith(_TRIAL_HOSTS):
        return []
    return [base.removeprefix("http://").partition("/")[0]]

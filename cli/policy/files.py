"""Policies as files: read strictly, and checked as if they were saved now."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli import strict_files
from cli.output import console, print_json
from cli.stack import give_up
from kassa.core.errors import Unreadable
from kassa.platform import clock
from kassa.refunds.policy.check_policy import Author, Checked, check_policy

PolicyFile = Annotated[Path, typer.Argument(metavar="FILE", help="The policy, YAML or JSON.")]


def read(path: Path) -> dict[str, Any]:
    """Return what a policy's file says; where it can't be read, say so and exit."""
    content = strict_files.read(path)
    if not isinstance(content, dict):
        give_up(f"{path} holds no policy: 'kassa policy example' prints one to start from")
    return content


def check(path: Path, as_json: bool = False) -> Checked:
    """Return a file's policy with its findings; where it can't be read, say every mistake in it."""
    try:
        return check_policy(read(path), 0, Author("you", clock.now()))
    except Unreadable as refused:
        wrong = refused.wrong
    if as_json:
        print_json({"findings": [], "mistakes": wrong})
    if len(wrong) == 1:
        give_up(f"{path} can't be read: {wrong[0]}")
    for mistake in () if as_json else wrong:
        console().print(mistake, style="red", markup=False, soft_wrap=True)
    give_up(f"{path} has {len(wrong)} mistakes and can't be read")

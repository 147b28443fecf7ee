"""Files that people write, read strictly; one that can't be read is said in one line.

What is read as a model of ours has every mistake named by its field.
"""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from cli.output import console
from cli.stack import give_up
from infra import strict_files
from infra.strict_files import UnreadableFile

M = TypeVar("M", bound=BaseModel)


def read(path: Path) -> Any:
    """Return what a file says, YAML or JSON."""
    try:
        return strict_files.read(path)
    except UnreadableFile as error:
        give_up(str(error))


def read_model(model: type[M], path: Path) -> M:
    """Return what a file holds; where it can't be read, say every mistake and exit with 1."""
    try:
        return model.model_validate(read(path))
    except ValidationError as error:
        wrong = [_problem(one["loc"], one["msg"]) for one in error.errors(include_input=False)]
    for mistake in wrong:
        console().print(mistake, style="red", markup=False, soft_wrap=True)
    give_up(f"{path} has {'a mistake' if len(wrong) == 1 else f'{len(wrong)} mistakes'}")


def _problem(place: tuple[int | str, ...], message: str) -> str:
    field, text = ".".join(map(str, place)), message.removeprefix("Value error, ")
    return f"{field}: {text}" if field else text

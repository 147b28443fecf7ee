"""Files that people write, read as one of our models; every mistake is named by its field."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from cli import strict_files
from cli.output import console
from cli.stack import give_up

M = TypeVar("M", bound=BaseModel)


def read_model(model: type[M], path: Path) -> M:
    """Return what a file holds; where it can't be read, say every mistake and exit with 1."""
    try:
        return model.model_validate(strict_files.read(path))
    except ValidationError as error:
        wrong = [_said(one["loc"], one["msg"]) for one in error.errors(include_input=False)]
    for mistake in wrong:
        console().print(mistake, style="red", markup=False, soft_wrap=True)
    give_up(f"{path} can't be read")


def _said(place: tuple[int | str, ...], message: str) -> str:
    field, text = ".".join(map(str, place)), message.removeprefix("Value error, ")
    return f"{field}: {text}" if field else text

"""Policies as files, YAML or JSON, read strictly: a guess here would be money paid by mistake.

A name that stands twice is refused: both readers would silently keep the last.
"""

import json
from collections.abc import Hashable
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from cli.stack import give_up
from kassa.adapters import clock
from kassa.operations.check_policy import Author, Checked, check_policy

PolicyFile = Annotated[Path, typer.Argument(metavar="FILE", help="The policy, YAML or JSON.")]


class _Strict(yaml.SafeLoader):
    """A loader that refuses a name standing twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Return a mapping of names that each stand once."""
        names = [key.value for key, _ in node.value]
        for name in names:
            if names.count(name) > 1:
                line = node.start_mark.line + 1
                raise yaml.YAMLError(
                    f"{name!r} stands twice in the list that begins on line {line}"
                )
        return super().construct_mapping(node, deep=deep)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object whose names each stand once."""
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"{twice!r} stands twice in one list")
    return dict(pairs)


def read(path: Path) -> dict[str, Any]:
    """Return what a policy's file says; a file that can't be read is told in one line."""
    try:
        text = path.read_text()
        words = json.loads(text, object_pairs_hook=_once) if _is_json(text) else _yaml(text)
    except (OSError, UnicodeDecodeError) as error:
        give_up(f"{path} can't be opened: {getattr(error, 'strerror', None) or error}")
    except (ValueError, yaml.YAMLError) as error:
        give_up(f"{path} can't be read: {' '.join(str(error).split())}")
    if not isinstance(words, dict):
        give_up(f"{path} holds no policy: 'kassa policy example' prints one to start from")
    return words


def check(path: Path) -> Checked:
    """Return a file's policy with its findings, as if it were saved now."""
    return check_policy(read(path), 0, Author("you", clock.now()))


def _is_json(text: str) -> bool:
    return text.lstrip().startswith("{")


def _yaml(text: str) -> Any:
    return yaml.load(text, Loader=_Strict)

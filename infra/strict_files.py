"""Files that people write, YAML or JSON, read strictly: a guess here would be money lost.

A name that stands twice is refused: both readers would silently keep the last.
"""

import json
import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

# YAML 1.1 counts 21:00 in sixties, and takes Norway for a no.
_TEXT = re.compile(r"(?:NO|[0-9]+(?::[0-5]?[0-9])+)$")


class UnreadableFile(ValueError):
    """A file that can't be read, said in one line."""


class _Strict(yaml.CSafeLoader):
    """A loader that refuses a name standing twice, and leaves hours, countries and names text."""

    yaml_implicit_resolvers = {
        first: [("tag:yaml.org,2002:str", _TEXT), *known]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Return a mapping of names that each stand once."""
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:bool":  # a name such as `off`
                key.tag = "tag:yaml.org,2002:str"
        names = [key.value for key, _ in node.value]
        for name in names:
            if names.count(name) > 1:
                line = node.start_mark.line + 1
                raise yaml.YAMLError(
                    f"{name!r} stands twice in the list that begins on line {line}"
                )
        return super().construct_mapping(node, deep=deep)

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        """Return a day or an instant; say on which line there is none."""
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError as error:
            line = node.start_mark.line + 1
            raise yaml.YAMLError(f"line {line}: {node.value} is no day: {error}") from error


_Strict.add_constructor("tag:yaml.org,2002:timestamp", _Strict.construct_yaml_timestamp)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object whose names each stand once."""
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"{twice!r} stands twice in one list")
    return dict(pairs)


def read(path: Path) -> Any:
    """Return what a file says; raise UnreadableFile where it can't be read."""
    try:
        text = path.read_text()
        is_json = text.lstrip().startswith("{")
        return json.loads(text, object_pairs_hook=_once) if is_json else _yaml(text)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableFile(f"{path} can't be opened: {reason}") from error
    except (ValueError, yaml.YAMLError) as error:
        raise UnreadableFile(f"{path} can't be read: {' '.join(str(error).split())}") from error


def _yaml(text: str) -> Any:
    return yaml.load(text, Loader=_Strict)


def lines(path: Path) -> dict[str, int]:
    """Return on which line of a file each of its places stands, as records[0].fields.name."""
    found: dict[str, int] = {}
    root = yaml.compose(path.read_text(), Loader=yaml.CSafeLoader)
    if root is not None:
        _note_lines(root, "", found)
    return found


def line_of(place: str, known: dict[str, int]) -> int:
    """Return the line of a place, or of the nearest one around it that is written down."""
    around = [one for one in known if place == one or place.startswith((f"{one}.", f"{one}["))]
    return known[max(around, key=len)] if around else 1


def _note_lines(node: yaml.Node, place: str, found: dict[str, int]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = f"{place}.{key.value}" if place else str(key.value)
            found[inner] = key.start_mark.line + 1
            _note_lines(value, inner, found)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            found[f"{place}[{number}]"] = value.start_mark.line + 1
            _note_lines(value, f"{place}[{number}]", found)

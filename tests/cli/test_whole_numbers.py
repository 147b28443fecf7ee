"""Every number among the words of `kassa` is plain digits, within bounds; the rest is refused."""

from collections.abc import Iterator
from importlib import import_module
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
import typer
from typer.models import ParameterInfo
from typer.testing import CliRunner

from cli.main import Kassa, app
from cli.whole_numbers import between
from kassa.core.numerals import whole

OTHER_SPELLINGS = [
    "5_0",
    "1.0",
    " 1",
    "1 ",
    "+1",
    "-1",
    "1e0",
    "0x1",
    "١",
    "１",
    "¹",
    "",
    "9" * 99,
]


def functions() -> Iterator[tuple[str, Any]]:
    """Yield the function of every command."""
    for name, (path, _) in Kassa.commands_by_name.items():
        module = import_module(f"cli.{path}")
        if hasattr(module, "command"):
            yield name, module.command
        else:
            yield from _of(module.app, name)


def _of(group: typer.Typer, name: str) -> Iterator[tuple[str, Any]]:
    for command in group.registered_commands:
        yield f"{name} {command.name}", command.callback
    if group.registered_callback:
        yield name, group.registered_callback.callback
    for inner in group.registered_groups:
        yield from _of(inner.typer_instance or typer.Typer(), name)


def numbers() -> list[tuple[str, ParameterInfo]]:
    """Return every parameter that is a number, by its command and name."""
    return [
        (f"{command} {name}", info)
        for command, function in functions()
        for name, notification in get_type_hints(function, include_extras=True).items()
        if get_origin(notification) is Annotated
        for of, info in [get_args(notification)]
        if {int, float} & {of, *get_args(of)}
    ]


@pytest.mark.parametrize(("name", "info"), numbers())
def test_every_number_of_a_command_is_plain_digits_within_bounds(
    name: str, info: ParameterInfo
) -> None:
    assert info.parser, name
    assert info.min is not None
    assert info.max is not None
    assert info.parser(str(info.min)) == info.min
    assert info.parser(str(info.max)) == info.max
    for spelled in [*OTHER_SPELLINGS, str(int(info.min) - 1), str(int(info.max) + 1)]:
        with pytest.raises(ValueError, match="must be"):
            info.parser(spelled)


def test_numbers_are_found_in_groups_and_commands() -> None:
    names = {name for name, _ in numbers()}

    assert {"up port", "policy show version", "orders resolve number", "dlq show limit"} <= names


@pytest.mark.parametrize("spelled", OTHER_SPELLINGS)
def test_another_spelling_is_refused_in_one_line(spelled: str) -> None:
    result = CliRunner().invoke(app, ["doctor", "--port", spelled])

    assert result.exit_code == 2
    [line] = result.stderr.splitlines()
    assert line.startswith("kassa: Invalid value for '--port': must be a whole number")


def test_what_is_out_of_bounds_is_reported_with_its_bounds() -> None:
    result = CliRunner().invoke(app, ["doctor", "--port", "70000"])

    assert (result.exit_code, result.stdout) == (2, "")
    assert "'--port': must be from 1 to 65535" in result.stderr


def test_plain_digits_are_the_number_they_spell() -> None:
    assert [whole("0"), whole("7"), whole("050"), whole(50)] == [0, 7, 50, 50]
    assert between(1, 10)["parser"]("10") == 10

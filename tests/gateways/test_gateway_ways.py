"""Every gateway has one way in and one way out for amounts, and no module goes past them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.every_gateway import CALLED, EVERY_GATEWAY, REFUNDING, folder


def _modules() -> list[Path]:
    return sorted(one for name in EVERY_GATEWAY for one in folder(name).glob("*.py"))


def _names(path: Path) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}


def _reads(path: Path, attribute: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr == attribute:
            yield node.lineno


@pytest.mark.parametrize("gateway", CALLED)
def test_every_gateway_that_is_called_has_one_way_in_and_one_way_out(gateway: str) -> None:
    defined = {
        node.name
        for node in ast.walk(ast.parse((folder(gateway) / "money.py").read_text()))
        if isinstance(node, ast.FunctionDef)
    }
    assert {f"from_{gateway}", f"to_{gateway}"} <= defined


@pytest.mark.parametrize("path", _modules(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_module_that_submits_writes_an_amount_past_its_gateways_way_out(path: Path) -> None:
    names = _names(path)
    if not names & {"CheckoutSubmission", "RefundSubmission"} or path.name == "money.py":
        return
    assert [*_reads(path, "amount_minor")] == []
    assert not names & {"to_decimal", "minor_digits", "to_decimal_text"}


@pytest.mark.parametrize("gateway", REFUNDING)
@pytest.mark.parametrize("name", ["checkouts.py", "refunds.py"])
def test_whatever_submits_money_uses_its_gateways_way_out(gateway: str, name: str) -> None:
    assert f"to_{gateway}" in _names(folder(gateway) / name)


@pytest.mark.parametrize("path", _modules(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_module_makes_money_of_a_gateways_number_past_the_way_in(path: Path) -> None:
    if path.name == "money.py":
        return
    tree = ast.walk(ast.parse(path.read_text()))
    called = (node.func for node in tree if isinstance(node, ast.Call))
    assert "Money" not in {one.id for one in called if isinstance(one, ast.Name)}

"""Files, functions, folders and what handlers load keep the budgets of CONTRIBUTING's table."""

import ast
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.house.budgets import CONTRIBUTING, EXCEEDING, STANDING_ALONE, allowed, budgets, unneeded
from tests.house.closures import CLOSURES
from tests.house.counts import crumbs
from tests.support.source import KASSA, MEASURED, ROOT, imported, name_of, tree
from tests.support.template import names_in, resources

TESTS = sorted((ROOT / "tests").rglob("*.py"))
FREE = {"settings", "errors", "telemetry", "clock"}  # everyone may lean on these
# Whoever loads this needs the ledger, the gateways, the policy, the risk score and the persons too.
WITH_REFUNDS = "kassa.refunds.lifecycle.lifecycle"
# Whoever loads one of these typesets documents, or holds them to the rules of electronic invoices.
# Messages tell of all there is, a person is erased from it, and the console shows it.
OVER_ALL_ROOMS = {
    *("kassa.messages.write_words", "kassa.privacy.erase_customer"),
    "kassa.console.serve_console",
}
ALL_REPORTS = "kassa.reports.build_documents"  # who makes one report of a period makes all
WITH_DOCUMENTS = {
    "kassa.billing.typeset.typeset_document",
    "kassa.billing.einvoice.checks",
}
# Whoever loads this knows what is owed, of which orders, and whether a payment is on its way.
WITH_REMINDERS = "kassa.billing.reminders.owed.find_payments_in_flight"
# Whoever loads this reads the books, orders, customers, invoices and deliveries of one payment.
WITH_EVIDENCE = "kassa.disputes.answers.gather_evidence"
LOADED: dict[str, dict[str, Any]] = json.loads(CLOSURES.read_text())


def lines(path: Path) -> int:
    """Return how many lines a file has."""
    return len(path.read_text().splitlines())


def lines_budget(path: Path) -> str:
    """Return which budget a file's length falls under."""
    if path.is_relative_to(ROOT / "tests" / "support"):
        return "lines of test support"
    if path.is_relative_to(ROOT / "tests"):
        return "lines of a test file"
    return "lines of a handler" if path.name == "app.py" else "lines of a file"


def folders() -> dict[str, int]:
    """Return how many modules stand in each folder of ours."""
    named = (path for path in MEASURED if path.name != "__init__.py")
    return Counter(name_of(path.parent) for path in named)


def own_imports(path: Path) -> set[str]:
    """Return the modules of ours that a file imports, beside those everyone may lean on."""
    return {one for one in imported(path) if _is_module(one) and one.split(".")[-1] not in FREE}


def _is_module(module: str) -> bool:
    if module.split(".")[0] not in ("kassa", "cli", "infra"):
        return False
    base = ROOT / "layers" / "common" if module.startswith("kassa") else ROOT
    return (base / (module.replace(".", "/") + ".py")).exists()


def workers() -> set[str]:
    """Return the functions that a queue or a schedule starts: nobody waits for them."""
    sources = resources("Lambda::EventSourceMapping").values()
    schedules = [one["Target"]["Arn"] for one in resources("Scheduler::Schedule").values()]
    named = {*names_in([one["FunctionName"] for one in sources]), *names_in(schedules)}
    functions = resources("Serverless::Function")
    return {functions[name]["CodeUri"].rpartition("/")[2] for name in named}


def loading_budget(function: str) -> str:
    """Return which budget a handler's modules fall under."""
    if function in ("receive_webhook", "receive_eventbridge"):
        return "modules a webhook loads"
    if not OVER_ALL_ROOMS.isdisjoint(LOADED[function]["modules"]):
        return "modules loaded over all rooms"
    if not {WITH_REFUNDS, WITH_REMINDERS, WITH_EVIDENCE}.isdisjoint(LOADED[function]["modules"]):
        return "modules loaded with refunds or reminders"
    if not WITH_DOCUMENTS.isdisjoint(LOADED[function]["modules"]):
        return "modules loaded with documents"
    if ALL_REPORTS in LOADED[function]["modules"]:
        return "modules loaded with all reports"
    return "modules a worker loads" if function in workers() else "modules the API loads"


@cache
def measured() -> dict[str, dict[str, int]]:
    """Return what may be listed as exceeding its budget, measured."""
    found: dict[str, dict[str, int]] = {name: {} for name in budgets()}
    for path in (*MEASURED, *TESTS):
        found[lines_budget(path)][name_of(path)] = lines(path)
    for path in MEASURED:
        found["own modules imported"][name_of(path)] = len(own_imports(path))
    found["modules in a folder"] = folders()
    for function, loaded in LOADED.items():
        found[loading_budget(function)][function] = len(loaded["modules"])
    return found


def test_files_and_folders_keep_their_budgets() -> None:
    for budget, found in measured().items():
        exceeding = {what: n for what, n in found.items() if n > allowed(budget, what)}
        assert exceeding == {}, budget


def test_every_function_keeps_its_budget() -> None:
    most, looked_at = budgets(), 0
    for path in MEASURED:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                where = f"{name_of(path)}: {node.name}"
                looked_at += 1
                length = (node.end_lineno or 0) - node.lineno + 1
                parameters = [a for a in node.args.args if a.arg not in ("self", "cls")]
                assert length <= most["lines of a function"], f"{where} has {length} lines"
                assert len(parameters) <= most["parameters"] or _is_command(node), where
                assert _nesting(node) <= most["blocks nested"], f"{where} nests too deep"
    assert looked_at > len(MEASURED)


def _is_command(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """A command line's parameters are its options, a route's are what its query may say."""
    decorated = " ".join(ast.unparse(decorator) for decorator in node.decorator_list)
    words = ("command", "callback", "routes.get")
    return node.name == "command" or any(word in decorated for word in words)


def _nesting(node: ast.AST, depth: int = 0) -> int:
    """Return how deep blocks stand in blocks; with and try only frame what they hold."""
    deepest = depth
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        is_else_if = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse
        deeper = isinstance(child, ast.If | ast.For | ast.While | ast.Match) and not is_else_if
        deepest = max(deepest, _nesting(child, depth + deeper))
    return deepest


def test_a_small_module_that_one_other_reads_stands_in_it() -> None:
    """Unless they may not touch the same: `tests/house/roles.py` says what a name may."""
    assert set(crumbs()) == set(STANDING_ALONE)


def test_no_folder_lies_too_deep() -> None:
    deepest = max(len(path.relative_to(KASSA).parts) for path in KASSA.rglob("*.py"))
    assert deepest <= budgets()["folders deep"]


def test_every_handler_is_held_to_a_budget_of_what_it_loads() -> None:
    assert [name for name, loaded in LOADED.items() if len(loaded["modules"]) <= 5] == []


def test_the_template_is_short_enough_to_follow_an_event_through_it() -> None:
    assert lines(ROOT / "template.yaml") <= budgets()["lines of `template.yaml`"]


@pytest.mark.parametrize("budget", sorted(EXCEEDING))
def test_what_keeps_its_budget_is_no_longer_listed(budget: str) -> None:
    assert unneeded(budget, measured()[budget]) == []


def test_every_budget_of_the_table_is_read_here() -> None:
    held = set(measured()) - {name for name, found in measured().items() if not found}
    named = {"lines of a function", "blocks nested", "parameters", "folders deep"}
    assert held | named | {"lines of `template.yaml`"} == set(budgets())


def test_who_contributes_reads_one_page() -> None:
    page = CONTRIBUTING.read_text().splitlines()
    assert len(page) <= 60
    assert max(map(len, page)) <= 100

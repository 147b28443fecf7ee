"""The house rules that a machine can hold beside the imports' contracts in pyproject.toml."""

import ast
import re
from pathlib import Path

import pytest

from kassa.orders import keys as order_keys
from kassa.platform import keys
from kassa.refunds import keys as refund_keys

ROOT = Path(__file__).parents[2]
KASSA = ROOT / "layers" / "common" / "kassa"
OURS = sorted([*KASSA.rglob("*.py"), *(ROOT / "functions").rglob("*.py")])
ROOMS = [ROOT / "cli", ROOT / "infra"]
MEASURED = sorted(
    [*OURS, *(ROOT / "layers").glob("*.py"), *(p for room in ROOMS for p in room.rglob("*.py"))]
)
FILE_MAX, FUNCTION_MAX, NESTING_MAX, PARAMETERS_MAX, HANDLER_MAX = 300, 40, 2, 5, 30
OWN_IMPORTS_MAX = 12
FOLDER_MIN, FOLDER_MAX = 3, 15  # modules of a folder of the command line
FREE = {"settings", "errors", "telemetry", "clock"}  # everyone may lean on these
BANNED_FILES = {"utils", "helpers", "common", "manager", "data", "info"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imported(path: Path) -> set[str]:
    """Return every module a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def module_of(path: Path) -> str:
    """Return a module's name below kassa; a handler is its function's."""
    base = ROOT if path.is_relative_to(ROOT / "functions") else KASSA
    return str(path.relative_to(base).with_suffix("")).replace("/", ".")


def test_what_tests_share_stands_in_support() -> None:
    """A test file is read by nobody but pytest, so that it can be moved, split or taken out."""
    rooms = ("tests", "bench", "cli", "infra")
    readers = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    shared = {
        name_of(path): tests
        for path in readers
        if (tests := {m for m in imported(path) if re.search(r"^tests\b.*\.test_\w+", m)})
    }
    assert not shared


SPELLERS = {"platform.keys", "orders.keys", "refunds.keys"}


def test_keys_are_spelled_out_in_three_files_alone() -> None:
    for path in OURS:
        if module_of(path) not in SPELLERS:
            assert not re.search(r'f?"[A-Z]+#', path.read_text()), name_of(path)


def test_only_the_clock_reads_the_clock() -> None:
    for path in OURS:
        if path != KASSA / "platform" / "clock.py":
            assert not re.search(r"datetime\.now\(|time\.time\(|time\.sleep\(", path.read_text())


@pytest.mark.parametrize("path", MEASURED, ids=name_of)
def test_a_file_keeps_its_budget(path: Path) -> None:
    lines = len(path.read_text().splitlines())
    assert lines <= (HANDLER_MAX if path.name == "app.py" else FILE_MAX)
    modules = {m for m in imported(path) if _is_module(m) and m.split(".")[-1] not in FREE}
    assert len(modules) <= OWN_IMPORTS_MAX, sorted(modules)


def test_a_folder_of_the_command_line_keeps_its_budget() -> None:
    for folder in {path.parent for path in (ROOT / "cli").rglob("*.py")}:
        modules = [path for path in folder.glob("*.py") if path.stem != "__init__"]
        assert FOLDER_MIN <= len(modules) <= FOLDER_MAX, name_of(folder)


def _is_module(module: str) -> bool:
    if module.split(".")[0] not in ("kassa", "cli", "infra"):
        return False
    base = ROOT / "layers" / "common" if module.startswith("kassa") else ROOT
    return (base / (module.replace(".", "/") + ".py")).exists()


@pytest.mark.parametrize("path", MEASURED, ids=name_of)
def test_a_function_keeps_its_budget(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            parameters = [a for a in node.args.args if a.arg not in ("self", "cls")]
            assert length <= FUNCTION_MAX, f"{node.name} has {length} lines"
            assert len(parameters) <= PARAMETERS_MAX or _is_command(node), node.name
            assert _nesting(node) <= NESTING_MAX, f"{node.name} nests too deep"


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


@pytest.mark.parametrize("path", MEASURED, ids=name_of)
def test_a_file_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(tree(path))
    assert path.stem not in BANNED_FILES


def test_one_name_in_five_places() -> None:
    template = (ROOT / "template.yaml").read_text()
    for folder in (ROOT / "functions").iterdir():
        if not (folder / "app.py").exists():
            continue
        resource = "".join(word.capitalize() for word in folder.name.split("_")) + "Function:"
        assert resource in template
        assert list(KASSA.rglob(f"{folder.name}.py")), folder.name
        assert list((ROOT / "tests").rglob(f"test_{folder.name}.py")), folder.name
        assert [p.name for p in folder.glob("*.py")] == ["app.py"]


CHARTED = [
    ("State", keys.state("<subject>")),
    ("Event", keys.event("<subject>", "<event_id>")),
    ("Closed object", keys.closed_object("<subject>", "<object_id>")),
    ("Alias", keys.alias("<gateway>", "<account>", "<object_id>")),
    ("Confirmation", keys.confirmation("<gateway>", "<account>", "<name>")),
    ("Certificate", keys.certificate("<name>")),
    ("Mapping", keys.mapping("<gateway>", "<account>")),
    ("Mapping version", keys.mapping_version("<gateway>", "<account>", "<version>")),
    ("Person", keys.person("<person_id>")),
    ("Register", keys.PERSONS_REGISTER),
    ("Cursor", keys.cursor("<gateway>", "<account>", "<name>")),
    ("Order", order_keys.order_content("<merchant_id>", "<order_id>")),
    ("Order lifecycle", order_keys.order_lifecycle("<merchant_id>", "<order_id>")),
    ("Circuit", order_keys.circuit("<merchant_id>", "<gateway>")),
    ("Refund request", refund_keys.refund_request("<refund_request_id>")),
    ("Refund lifecycle", refund_keys.refund_lifecycle("<refund_request_id>")),
    ("Merchant's limit", refund_keys.merchant_limit("<merchant_id>", "<yyyy-mm-dd>", "<currency>")),
]
CHARTS = "".join(chart.__doc__ or "" for chart in (keys, order_keys, refund_keys))


@pytest.mark.parametrize(("entity", "key"), CHARTED)
def test_the_chart_in_the_docstring_is_true(entity: str, key: keys.Key) -> None:
    assert re.search(rf"^{entity} +{re.escape(key.PK)} +{re.escape(key.SK)}( |$)", CHARTS, re.M)


def test_every_method_in_the_chart_exists() -> None:
    source = "\n".join(path.read_text() for path in KASSA.rglob("*.py"))
    named = re.findall(r"[A-Z][A-Za-z]+\.([a-z_]+)", CHARTS)
    assert len(named) > 10
    assert [method for method in named if f"def {method}(" not in source] == []

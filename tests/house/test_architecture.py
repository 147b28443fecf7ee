"""The house rules that a machine can hold beside the imports' contracts in pyproject.toml."""

import ast
import re
from pathlib import Path

import pytest

from kassa.orders import keys as order_keys
from kassa.platform import keys
from kassa.refunds import keys as refund_keys
from tests.house import roles
from tests.support.source import KASSA, MEASURED, OURS, ROOT, key_charts, name_of, tree

FOLDER_MIN = 3
BANNED_FILES = {"utils", "helpers", "common", "manager", "data", "info"}


def module_of(path: Path) -> str:
    """Return a module's name below kassa; a handler is its function's."""
    base = ROOT if path.is_relative_to(ROOT / "functions") else KASSA
    return str(path.relative_to(base).with_suffix("")).replace("/", ".")


OF_A_TEST_FILE = re.compile(
    r"\b(?:from|import) tests(?:\.\w+)*\.test_\w+|\bfrom tests[.\w]* import .*\btest_\w+"
)


def test_what_tests_share_stands_in_support() -> None:
    """A test file is read by nobody but pytest, so that it can be moved, split or taken out."""
    rooms = ("tests", "bench", "cli", "infra")
    readers = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    assert not [name_of(path) for path in readers if OF_A_TEST_FILE.search(path.read_text())]


SPELLERS = {
    *("platform.keys", "billing.manual_payments.keys", "billing.seller.keys", "customers.keys"),
    *(
        "deliveries.keys",
        "disputes.keys",
        "ledger.lists.keys",
        "ledger.notes.keys",
        "messages.keys",
        "orders.keys",
        "partners.keys",
        "people.keys",
        "portal.keys",
        "console.help.keys",
        "console.drafts.keys",
        "console.sign_in.keys",
        "console.views.keys",
        "privacy.keys",
        "partners.webhooks.keys",
        "refunds.keys",
        "reports.automation.keys",
        "reports.rates.keys",
        "reports.reading.keys",
        "reports.fees.contracts.keys",
        "taxes.keys",
    ),
    "billing.reminders.keys",
}


def test_keys_are_spelled_out_in_files_of_keys_alone() -> None:
    for path in OURS:
        if module_of(path) not in SPELLERS:
            assert not re.search(r'f?"[A-Z]+#', path.read_text()), name_of(path)


def test_the_contract_of_rules_lists_all_that_no_name_excepts() -> None:
    """If this fails, look at the difference, and write it by `python -m tests.house.roles`."""
    assert roles.with_rules(roles.PYPROJECT.read_text()) == roles.PYPROJECT.read_text()


def test_a_role_is_named_only_where_the_module_s_name_says_another() -> None:
    assert set(roles.NAMED) <= set(roles.modules())
    assert [one for one, its in roles.NAMED.items() if roles.by_name(one) == its] == []


def test_a_folder_of_the_command_line_holds_more_than_two_files() -> None:
    for folder in {path.parent for path in (ROOT / "cli").rglob("*.py")}:
        modules = [path for path in folder.glob("*.py") if path.stem != "__init__"]
        assert len(modules) >= FOLDER_MIN, name_of(folder)


def test_only_the_clock_reads_the_clock() -> None:
    for path in OURS:
        if path != KASSA / "platform" / "clock.py":
            assert not re.search(r"datetime\.now\(|time\.time\(|time\.sleep\(", path.read_text())


def test_every_file_says_what_it_is() -> None:
    for path in MEASURED:
        assert ast.get_docstring(tree(path)), name_of(path)
        assert path.stem not in BANNED_FILES, name_of(path)


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
CHARTS = "\n".join(key_charts())


@pytest.mark.parametrize(("entity", "key"), CHARTED)
def test_the_chart_in_the_docstring_is_true(entity: str, key: keys.Key) -> None:
    assert re.search(rf"^{entity} +{re.escape(key.PK)} +{re.escape(key.SK)}( |$)", CHARTS, re.M)


def test_every_method_in_the_chart_exists() -> None:
    source = "\n".join(path.read_text() for path in KASSA.rglob("*.py"))
    named = re.findall(r"[A-Z][A-Za-z]+\.([a-z_]+)", CHARTS)
    assert len(named) > 10
    assert [method for method in named if f"def {method}(" not in source] == []

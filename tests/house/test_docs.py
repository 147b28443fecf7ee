"""The documents are held true: what they name exists, and what exists and must be named is."""

import ast
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from cli.main import app
from kassa.billing.receivables.entry_facts import MOVES as DOCUMENT_MOVES
from kassa.core.postings import Account, PostingKind
from kassa.fact_catalog import KINDS
from kassa.gateways.states import MOVES, RANKS
from kassa.gateways.webhooks import secrets as webhook_secrets
from kassa.platform.secrets import ApiAccess
from tests.support.documents import FENCE, FLOW, ROOT, prose, slugs

FOLDERS = ("docs", "tests", "bench")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(p for f in FOLDERS for p in (ROOT / f).rglob("*.md"))])
DEPENDENCIES = ROOT / "docs/dependencies.md"
REQUIREMENTS = sorted([*ROOT.glob("requirements/*.in"), *ROOT.glob("layers/*/requirements.in")])
DECISIONS = ROOT / "docs/decisions"

SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def name(path: Path) -> str:
    """Return how a test is called after a document."""
    return str(path.relative_to(ROOT))


every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=name)


def commands(document: Path, program: str) -> Iterator[list[str]]:
    """Return every command of a program that a document names, as its words."""
    blocks = (code for _, code in FENCE.findall(document.read_text()))
    lines = [line for block in blocks for line in block.splitlines()]
    for line in lines + SPAN.findall(prose(document)):
        try:
            args = shlex.split(line, comments=True)
        except ValueError:  # what a program printed, not what one types
            continue
        if args and args[0].rpartition("/")[2] == program:
            yield args[1:]


@every_document
def test_every_link_leads_somewhere(document: Path) -> None:
    for link in LINK.findall(prose(document)):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        assert not anchor or anchor in slugs(target), link


@every_document
def test_every_make_target_exists(document: Path) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        word
        for args in commands(document, "make")
        for word in args
        if "=" not in word and not word.startswith("-")
    }
    assert named <= targets


@every_document
def test_every_kassa_command_exists_with_its_options(document: Path) -> None:
    for args in commands(document, "kassa"):
        command: Any = get_command(app)
        rest = args[2:] if args[:1] == ["--stack"] else args
        while rest and rest[0] in getattr(command, "commands", {}):
            named_one = getattr(command, "imported", command.commands.get)
            command, rest = named_one(rest[0]), rest[1:]
        named = [word for word in rest if not word.startswith("-")]
        is_group = hasattr(command, "commands") and not command.invoke_without_command
        assert not (named and is_group), f"no such command: {args}"
        options = {option for param in command.params for option in param.opts}
        assert {word for word in rest if word.startswith("--")} <= options, args


@every_document
def test_every_secret_shown_is_one_that_functions_take(document: Path) -> None:
    for language, code in FENCE.findall(document.read_text()):
        if language == "json" and "signing_secrets" in code:
            webhook_secrets._endpoint(code)
        elif language == "json" and "api_key" in code:
            assert json.loads(code).keys() <= ApiAccess.model_fields.keys()
            ApiAccess.model_validate_json(code)


@pytest.mark.parametrize("requirements", REQUIREMENTS, ids=name)
def test_every_direct_dependency_is_accounted_for(requirements: Path) -> None:
    lines = requirements.read_text().splitlines()
    packages = {re.split(r"[\[=<>~ ]", line)[0] for line in lines if line[:1].isalpha()}
    rows = set(re.findall(r"^\| ([\w.-]+) \|", DEPENDENCIES.read_text(), re.MULTILINE))
    assert packages <= rows


def test_no_dependency_is_accounted_for_that_is_not_there() -> None:
    rows = set(re.findall(r"^\| ([\w.-]+) \|", DEPENDENCIES.read_text(), re.MULTILINE))
    required = "\n".join(path.read_text() for path in REQUIREMENTS)
    assert {row for row in rows - {"package"} if not re.search(rf"(?m)^{row}\b", required)} == set()


@pytest.mark.parametrize("fact", KINDS.values())
def test_every_fact_has_its_row_and_schema(fact: type) -> None:
    row = f"| [{fact.__name__}](../infra/schemas/{fact.__name__}.json) |"
    assert row in FLOW.read_text()


@pytest.mark.parametrize("kind", RANKS)
def test_the_ranks_are_those_of_the_code(kind: str) -> None:
    assert f"| {kind} | {' · '.join(RANKS[kind])} |" in FLOW.read_text()  # type: ignore[index]


@pytest.mark.parametrize("kind", PostingKind)
def test_the_postings_are_those_of_the_code(kind: PostingKind) -> None:
    source, destination = (MOVES | DOCUMENT_MOVES)[kind]
    assert f"| `{kind}` | `{source}` | `{destination}` |" in FLOW.read_text()


def test_every_account_is_named_in_the_flow() -> None:
    assert [account for account in Account if f"`{account}`" not in FLOW.read_text()] == []


def test_the_decisions_are_numbered_and_listed() -> None:
    pages = sorted(path.name for path in DECISIONS.glob("0*.md"))
    assert [page[:4] for page in pages] == [f"{n:04}" for n in range(1, len(pages) + 1)]
    index = (DECISIONS / "README.md").read_text()
    assert [page for page in pages if f"[{page[:4]}]({page})" not in index] == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("adding-*.md")), ids=name)
def test_every_test_that_a_page_names_is_there(page: Path) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page.read_text())

    assert len(named) > 5
    for path, test in named:
        assert f"def {test}(" in (ROOT / path).read_text(), f"{path}::{test}"


def files_named(text: str) -> set[str]:
    """Return the Python files of ours that a text names, as they are spelled there."""
    return set(re.findall(r"(?<![\w./*<>-])([a-z_][\w/]*\.py)\b(?!\w)", text))


@pytest.mark.parametrize("folder", ["layers/common/kassa", "functions", "infra", "cli", "tests"])
def test_every_file_that_a_docstring_names_is_there(folder: str) -> None:
    there = [
        path.relative_to(ROOT).as_posix()
        for top in ("bench", "cli", "functions", "infra", "layers/common", "tests")
        for path in (ROOT / top).rglob("*.py")
    ]
    dead = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
        named = files_named(docstring) - {"app.py"}
        dead += [
            f"{path.relative_to(ROOT)} names {one}"
            for one in sorted(named)
            if not any(f"/{known}".endswith(f"/{one}") for known in there)
        ]

    assert dead == []


def test_every_file_that_the_makefile_runs_is_there() -> None:
    named = re.findall(r"\b((?:tests|infra|bench)/[\w/]+\.py)\b", (ROOT / "Makefile").read_text())

    assert [one for one in named if not (ROOT / one).exists()] == []


@pytest.mark.parametrize("document", sorted((ROOT / "docs").glob("adding-*.md")), ids=name)
def test_every_name_beside_a_file_stands_in_it(document: Path) -> None:
    rooms = (ROOT, ROOT / "layers/common/kassa")
    for file, names in re.findall(r"`([\w/]+\.(?:py|yaml))` \(([^)]*)\)", document.read_text()):
        (path,) = [room / file for room in rooms if (room / file).exists()]
        text = path.read_text()
        assert [one for one in re.findall(r"`(\w+)`", names) if one not in text] == [], file

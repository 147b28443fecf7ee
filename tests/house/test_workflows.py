"""What GitHub runs is what the Makefile has, and needs no stored secret."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.template import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
every_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    """Return a workflow's jobs."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text())["jobs"]
    return found


def made(path: Path) -> Iterator[str]:
    """Yield every target that a workflow makes."""
    for job in jobs(path).values():
        proofs = job.get("strategy", {}).get("matrix", {}).get("proof", [])
        for step in job["steps"]:
            words = step.get("run", "").split()
            named = proofs if "matrix.proof" in words else [w for w in words[1:] if "=" not in w]
            yield from (word for word in named if word.isascii() and word[0].isalpha())


@every_workflow
def test_a_workflow_makes_only_what_there_is(path: Path) -> None:
    targets = list(made(path))
    assert targets
    assert set(targets) <= TARGETS | {"inputs.environment", "vars.AWS_STACK_ROLE"}


@every_workflow
def test_a_workflow_stores_no_secret_and_writes_nothing(path: Path) -> None:
    assert "secrets." not in path.read_text()
    assert yaml.safe_load(path.read_text())["permissions"] == {"contents": "read"}
    for name, job in jobs(path).items():
        assert job.get("permissions", {}).get("contents", "read") == "read", name
        assert job["timeout-minutes"] <= 350, name


def test_only_the_deployment_may_prove_who_it_is() -> None:
    by_job = {name: job for path in WORKFLOWS for name, job in jobs(path).items()}
    proving = {n for n, job in by_job.items() if "id-token" in job.get("permissions", {})}
    assert proving == {"deploy"}
    assert by_job["deploy"]["environment"] == "${{ inputs.environment }}"


def test_every_proof_of_the_night_is_named() -> None:
    proofs = jobs(ROOT / ".github/workflows/check.yml")["prove"]["strategy"]["matrix"]["proof"]
    assert {"simulate", "mutants", "enumerate", "gateways", "localstripe", "sam-check"} <= set(
        proofs
    )

"""The scratch folder that mutmut works in: `kassa` under src, so that modules keep their names.

Only what is deterministic and fast is run against a mutant: the unit tests of the refunds' rules
and policies, and the operations on the table in memory. Saving and trying policies is proven on
moto, which is too slow for this.
"""

import json
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRATCH = ROOT / ".kassa" / "mutation"
MUTATED = (
    *("domain/refunds.py", "domain/refund_waking.py", "domain/policy.py"),
    *("domain/resolutions.py", "domain/refund_lines.py", "domain/refund_holds.py"),
    *("domain/customers.py", "domain/disputes.py", "domain/refund_evidence.py"),
    *("operations/approve_refund.py", "operations/weigh_refund.py", "operations/pay_refund.py"),
    *("operations/refund_steps.py", "operations/ask_for_refund.py", "operations/tell_refund.py"),
    *("operations/expire_refund.py", "operations/decide_refund.py", "operations/refund_tries.py"),
    "operations/see_refunds.py",
)
TESTS = (
    *("tests/unit/test_refunds.py", "tests/unit/test_policy.py"),
    *("tests/unit/test_refund_decisions.py", "tests/integration/test_refund_steps.py"),
    *("tests/unit/test_resolutions.py", "tests/unit/test_refund_lines.py"),
    *("tests/unit/test_customers.py", "tests/unit/test_disputes.py"),
    *("tests/integration/test_refund_outcomes.py", "tests/integration/test_refund_claims.py"),
    *("tests/integration/test_refund_disputes.py", "tests/integration/test_refund_customers.py"),
)
NEEDED = ("infra/twins", "functions", "tests", "template.yaml", "infra/__init__.py")
LOGGED = [r"logger\.\w+\("]  # words for people; what alarms listen to is a metric, and is mutated
_CONFIG = """
[tool.pytest.ini_options]
pythonpath = ["."]
addopts = ["--import-mode=importlib", "--strict-markers", "-p", "no:cacheprovider"]
markers = ["e2e: needs the embedded stack running", "slow: a longer proof"]
filterwarnings = ["error", "ignore::DeprecationWarning:botocore.*"]

[tool.mutmut]
source_paths = ["src"]
only_mutate = {mutated}
do_not_mutate_patterns = {logged}
also_copy = {needed}
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["-q", "-x"]
use_git_change_detection = false
"""


def make() -> None:
    """Lay out the folder afresh; nothing of the checkout is touched while mutants run."""
    shutil.rmtree(SCRATCH, ignore_errors=True)
    shutil.copytree(ROOT / "layers/common/kassa", SCRATCH / "src/kassa", ignore=_no_bytecode)
    for name in NEEDED:
        source, target = ROOT / name, SCRATCH / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=_no_bytecode)
        elif source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    words = {
        "mutated": [f"src/kassa/{name}" for name in MUTATED],
        "logged": LOGGED,
        "needed": [name for name in NEEDED if (ROOT / name).exists()],
        "tests": list(TESTS),
    }
    said = {name: json.dumps(value) for name, value in words.items()}
    (SCRATCH / "pyproject.toml").write_text(_CONFIG.format(**said))


def _no_bytecode(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name == "__pycache__"]

"""The scratch folders that mutmut works in: `kassa` under src, so that modules keep their names.

Each part has a folder of its own, with the modules that are mutated and the tests that must see it.
The rules of orders and refunds have unit tests that are enough and fast. Those of the books are
many and folded in every order, amounts are tried in every currency, and operations need the table
in memory, so these are mutated at night. Saving and trying policies is proven on moto, which is too
slow for both.
"""

import json
import shutil
from pathlib import Path
from typing import NamedTuple

from infra.whole_template import included

ROOT = Path(__file__).parents[2]
SCRATCH = ROOT / ".kassa" / "mutation"
NEEDED = (
    *("infra/fake_gateways", "functions", "tests", "infra/__init__.py"),
    *("template.yaml", "infra/whole_template.py", *included()),
)
LOGGED = [r"logger\.\w+\("]  # words for people; what alarms listen to is a metric, and is mutated


class Part(NamedTuple):
    """What is mutated together, and the tests that must see it."""

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]
    is_nightly: bool = False
    left_out: str = ""  # of the tests, as pytest's -k takes it: too slow for each mistake

    @property
    def scratch(self) -> Path:
        """Return the folder it is mutated in."""
        return SCRATCH / self.name


PARTS = (
    Part(
        "books",
        (
            *(
                "ledger/movements/captures.py",
                "ledger/movements/postings.py",
                "ledger/objects.py",
                "ledger/state.py",
                "gateways/states.py",
            ),
            *(
                "ledger/booking.py",
                "ledger/movements/dispute_funds.py",
                "ledger/movements/gateway_reversals.py",
            ),
            "ledger/compaction.py",
        ),
        (
            *("tests/ledger/test_movement_postings.py", "tests/ledger/test_gateway_reversals.py"),
            *("tests/ledger/test_compaction.py", "tests/ledger/test_settlement.py"),
            "tests/ledger/test_captures.py",
            *("tests/ledger/test_payment_sums.py", "tests/ledger/test_payments.py"),
            *("tests/ledger/test_booking.py", "tests/gateways/test_ranks.py"),
            *("tests/ledger/test_dispute_funds.py", "tests/ledger/test_objects.py"),
            "tests/gateways/test_customers.py",
        ),
        is_nightly=True,  # a thousand mistakes, each against the folds of every order
    ),
    Part(
        "units",
        (
            *("gateways/amounts.py", "gateways/adyen/money.py"),
            *("gateways/btcpay/money.py", "gateways/klarna/money.py"),
            *("gateways/paypal/money.py", "gateways/stripe/money.py"),
            *("gateways/stripe/exchange.py", "core/money.py"),
        ),
        (
            *(
                "tests/gateways/test_gateway_units.py",
                "tests/gateways/btcpay/test_btcpay_amounts.py",
            ),
            *("tests/gateways/stripe/test_stripe_exchange.py", "tests/core/test_money.py"),
            "tests/gateways/test_gateway_money.py",
        ),
        left_out="never_leave or mapped_gateway_counts",  # every currency at every gateway
        is_nightly=True,
    ),
    Part(
        "orders",
        (
            *("platform/pacing/circuits.py", "orders/payments.py", "orders/lifecycle.py"),
            *("orders/attempts.py", "orders/resolutions.py", "orders/next_step.py"),
        ),
        (
            *("tests/platform/test_circuits.py", "tests/orders/test_order_payments.py"),
            "tests/orders/test_attempts_of_payments.py",
            "tests/orders/test_charged_back_payments.py",
            *("tests/orders/test_orders_lifecycle.py", "tests/orders/test_orders.py"),
            *("tests/orders/test_attempts.py", "tests/orders/test_attempt_resolutions.py"),
        ),
    ),
    Part(
        "refunds",
        (
            *(
                "refunds/lifecycle/next_step.py",
                "refunds/lifecycle/next_check.py",
                "refunds/policy/model.py",
            ),
            *(
                "refunds/lifecycle/resolutions.py",
                "refunds/lifecycle/outcomes.py",
                "refunds/request/lines.py",
                "refunds/request/holds.py",
            ),
            *(
                "gateways/customers.py",
                "refunds/request/disputes.py",
                "refunds/decision/evidence.py",
            ),
        ),
        (
            *("tests/refunds/test_refunds.py", "tests/refunds/test_policy.py"),
            *("tests/refunds/test_refund_decisions.py", "tests/refunds/test_resolutions.py"),
            *("tests/refunds/test_refund_lines.py", "tests/gateways/test_customers.py"),
            "tests/refunds/test_disputes.py",
        ),
    ),
    Part(
        "refund-steps",
        (
            *("refunds/approve_refund.py", "refunds/weigh_refund.py"),
            *("refunds/paying/pay_refund.py", "refunds/paying/steps.py"),
            *("refunds/paying/gateway_refund.py", "refunds/lifecycle/cases.py"),
            *("refunds/decide_refund.py", "refunds/check_gateway_refunds.py"),
        ),
        (
            *("tests/refunds/test_refunds.py", "tests/refunds/test_refund_decisions.py"),
            *("tests/refunds/test_refund_steps.py", "tests/refunds/test_refund_claims.py"),
            *("tests/refunds/test_refund_outcomes.py", "tests/refunds/test_policy.py"),
            "tests/refunds/test_refund_disputes.py",
            "tests/refunds/test_refund_customers.py",
        ),
        is_nightly=True,
    ),
)
_CONFIG = """
[tool.pytest.ini_options]
pythonpath = ["."]
addopts = [
    "--import-mode=importlib", "--strict-markers", "-p", "no:cacheprovider",
    "--hypothesis-profile=mutation", "-k", {chosen},
]
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


def make(part: Part) -> None:
    """Lay out a part's folder afresh; nothing of the checkout is touched while mutants run."""
    if part.scratch.exists():
        shutil.rmtree(part.scratch)
    shutil.copytree(ROOT / "layers/common/kassa", part.scratch / "src/kassa", ignore=_no_bytecode)
    for name in NEEDED:
        source, target = ROOT / name, part.scratch / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=_no_bytecode)
        elif source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    shutil.copy2(Path(__file__).with_name("quick_first.py"), part.scratch / "conftest.py")
    settings = {
        "mutated": [f"src/kassa/{name}" for name in part.modules],
        "logged": LOGGED,
        "needed": ["conftest.py", *(name for name in NEEDED if (ROOT / name).exists())],
        "tests": list(part.tests),
        "chosen": f"not ({part.left_out})" if part.left_out else "",
    }
    quoted = {name: json.dumps(value) for name, value in settings.items()}
    (part.scratch / "pyproject.toml").write_text(_CONFIG.format(**quoted))


def _no_bytecode(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name == "__pycache__"]

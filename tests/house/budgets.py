"""The budgets of the house: CONTRIBUTING's one table, and what still exceeds it.

What is listed here as exceeding a budget may only shrink: a bigger number fails, and so does a line
that is no longer needed.
"""

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
_ROW = re.compile(r"(?m)^\| .+ \| [\d,]+ \|.*$")
_CELLS = re.compile(r"\| ([^|]+?) \| ([\d,]+) (?=\|)")


@cache
def budgets() -> dict[str, int]:
    """Return every budget of CONTRIBUTING's table by its words."""
    rows = _ROW.findall(CONTRIBUTING.read_text())
    pairs = [pair for row in rows for pair in _CELLS.findall(row)]
    return {what: int(number.replace(",", "")) for what, number in pairs}


EXCEEDING: dict[str, dict[str, int]] = {
    "modules in a folder": {
        # Eighteen names are the same at every gateway (tests/support/gateway_files.py), and who
        # can all has all of them; PayPal's processor codes and Stripe's exchange are theirs alone.
        # In a folder below, some would stand elsewhere at one gateway than at another.
        "layers/common/kassa/gateways/adyen": 17,
        "layers/common/kassa/gateways/klarna": 17,
        "layers/common/kassa/gateways/paypal": 19,
        "layers/common/kassa/gateways/stripe": 19,
    },
    "lines of a test file": {
        "tests/checkout/test_order_races.py": 782,
        "tests/checkout/test_track_order.py": 690,
        "tests/fake_gateways/test_fake_adyen.py": 411,
        "tests/gateways/adyen/test_adyen_gateway.py": 436,
        "tests/gateways/adyen/test_adyen_events.py": 468,
        "tests/gateways/btcpay/test_btcpay_gateway.py": 495,
        "tests/gateways/btcpay/test_btcpay_events.py": 423,
        "tests/gateways/klarna/test_klarna_and_kassa.py": 511,
        "tests/gateways/paypal/test_paypal_gateway.py": 598,
        "tests/gateways/paypal/test_paypal_events.py": 580,
        "tests/gateways/paypal/test_paypal_webhook.py": 404,
        "tests/gateways/paypal/test_paypal_and_kassa.py": 459,
        "tests/hostile/test_canaries.py": 437,
        "tests/monitoring/test_watch_gateways.py": 484,
        "tests/refunds/test_decide_refund.py": 441,
        "tests/refunds/test_escalations.py": 479,
        "tests/refunds/test_refund_outcomes.py": 421,
        "tests/refunds/test_refund_steps.py": 587,
        "tests/refunds/test_refunds.py": 624,
    },
    "lines of test support": {
        "tests/support/order_scene.py": 297,
        "tests/support/refund_scene.py": 264,
    },
}


# Small modules that only one other of their room reads, and which would overburden it: each with
# what stands apart in it. May only shrink, as the above.
STANDING_ALONE = {
    "billing.receipts.create_receipt": "what a receipt says, apart from its document",
    "billing.receipts.store_receipt": "a receipt's document, apart from its number",
    "monitoring.watch_checkouts": "orders one by one, apart from accounts and from what is queued",
    "billing.credit_notes.create_credit_note": "a note's number and share, in one transaction",
    "billing.invoices.create_invoice": "what an invoice says, apart from whether one is due",
    "billing.orders.issue_order_invoice": "orders that are paid later, apart from all others",
}


def allowed(budget: str, what: str) -> int:
    """Return how much of a budget something may take: what it says, or what it took when listed."""
    return EXCEEDING.get(budget, {}).get(what, budgets()[budget])


def unneeded(budget: str, measured: dict[str, int]) -> list[str]:
    """Return what is listed as exceeding a budget and keeps it, or isn't there any more."""
    kept = budgets()[budget]
    return [what for what in EXCEEDING.get(budget, {}) if measured.get(what, 0) <= kept]

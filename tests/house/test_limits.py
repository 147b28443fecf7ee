"""README says what Kassa doesn't do, and each of it is still so."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import get_args

import pytest

from infra.limits import LIMITS, README, Limit, written
from infra.whole_template import whole_template
from kassa.deliveries.delivery import Channel
from kassa.fact_catalog import AnyFactData
from kassa.gateways.registry import GATEWAYS
from kassa.messages.carriers.dispatch import CARRIERS
from tests.support.template import ROOT, template

FACTS = {one.__name__ for one in get_args(get_args(AnyFactData)[0])}
ACTIONS = whole_template()


def languages() -> set[str]:
    """Return what documents are written in."""
    return set(template()["Parameters"]["MerchantLanguage"]["AllowedValues"])


HOLDS: dict[str, Callable[[], bool]] = {
    "gateways": lambda: len(GATEWAYS) == 6 and "standard" in GATEWAYS,
    "one merchant": lambda: template()["Parameters"]["MerchantId"]["Type"] == "String",
    "evidence": lambda: not {name for name in FACTS if "Evidence" in name},
    "messages": lambda: set(CARRIERS) == {Channel.MAIL, Channel.TEXT, Channel.LETTER},
    "real AWS": lambda: (ROOT / "cli/smoke/commands.py").exists(),
    "invoices": lambda: (
        languages() == {"en", "ja"}
        and not {one for one in FACTS if one.startswith("Invoice")}
        and find_spec("kassa.billing.tax") is None
    ),
    "bank": lambda: find_spec("kassa.bank") is None and not {n for n in FACTS if "Deposit" in n},
    "console": lambda: "real user pool yet" in (ROOT / "docs/console.md").read_text(),
    "assumed": lambda: "## What it takes for granted" in (ROOT / "docs/flow.md").read_text(),
}


def test_readme_says_the_limits_of_the_list() -> None:
    current = README.read_text()
    assert written(current) == current, "run '.venv/bin/python -m infra.limits'"


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_a_limit_still_holds(limit: Limit) -> None:
    assert HOLDS[limit.name](), f"no more true, so take it out of infra/limits.py: {limit.says}"


def test_every_limit_is_held_by_something() -> None:
    assert {limit.name for limit in LIMITS} == HOLDS.keys()


def test_a_document_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="has no <!-- limits -->"):
        written("# Kassa")

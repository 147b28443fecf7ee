"""POST /invoices with classes of tax: resolved on the day of supply, once, and kept so."""

import pytest

from kassa.billing.numbering.store import Numbers
from kassa.taxes.rates import TaxRates
from kassa.taxes.sheet import read_sheet
from kassa.taxes.store import SavedRates
from tests.support.aws_stack import Stack
from tests.support.builders import OPERATOR
from tests.support.drafts import HOURS, draft, post
from tests.support.taxed_orders import in_finland as in_finland

SHEET = """country,class,category,rate,valid_from,valid_until,source,noted_on
FI,reduced,S,14,2013-01-01,2025-12-31,AVL,2026-11-01
FI,reduced,S,{},2026-01-01,,AVL,2026-11-01
SE,standard,S,25,1990-07-01,,ML,2026-11-01"""


@pytest.fixture(autouse=True)
def rates(in_finland: None) -> None:
    save("13.5", 1)


def save(reduced: str, version: int) -> None:
    rates = tuple(read_sheet(SHEET.format(reduced)).rates.values())
    SavedRates("main").save(TaxRates(version=version, rates=rates), OPERATOR)


def of_class(name: str, **fields: object) -> dict[str, object]:
    return draft(lines=[HOURS | {"tax": None, "tax_class": name}], **fields)


def taxes() -> list[str]:
    return [one.rate for one in Numbers().numbered("main", "2026", 1).entry.taxes]


@pytest.mark.parametrize(
    ("name", "fields", "rate"),
    [
        ("reduced", {}, "13.5"),
        ("reduced", {"delivered_on": "2025-12-31"}, "14"),
        ("reduced", {"period": ["2025-12-01", "2025-12-31"]}, "14"),
        ("SE/standard", {}, "25"),
    ],
)
def test_a_class_comes_to_the_rate_of_the_day_of_supply(
    stack: Stack, name: str, fields: dict[str, object], rate: str
) -> None:
    assert post(of_class(name, **fields))[0] == 201
    assert taxes() == [rate]


def test_a_later_change_of_the_rates_changes_no_invoice(stack: Stack) -> None:
    post(of_class("reduced"))
    save("10", 2)
    assert post(of_class("reduced"))[0] == 200
    assert taxes() == ["13.5"]


def test_another_class_is_another_draft(stack: Stack) -> None:
    post(of_class("reduced"))
    status, error = post(of_class("SE/standard"))
    assert (status, error["code"]) == (409, "conflict")
    assert "other lines" in error["message"]


def test_a_class_that_isnt_there_on_that_day_spends_no_number(stack: Stack) -> None:
    status, error = post(of_class("reduced", delivered_on="2012-12-31"))
    assert (status, error["param"]) == (400, "lines.0.tax_class")
    assert "2012-12-31; the rates saved have none" in error["message"]
    assert Numbers().series("main", "2026").last_number == 0

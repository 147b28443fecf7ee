"""A document with tax that gets no electronic invoice is counted, once, however often it comes."""

from typing import Any

import pytest

from functions.generate_invoice.app import lambda_handler
from kassa.platform import aws
from kassa.platform.settings import settings
from tests.support.aws_stack import Context, Stack
from tests.support.invoices import fact_batch, order_captured
from tests.support.taxed_orders import in_finland, send
from tests.support.taxed_refunds import given_back

__all__ = ["in_finland"]
Capture = pytest.CaptureFixture[str]
NAME = "ElectronicInvoiceMissing"


def missing(capsys: Capture) -> list[str]:
    """Take the metrics that were written; return how often and how it was counted."""
    lines = capsys.readouterr().out.splitlines()
    return [line for line in lines if f'"{NAME}":[' in line]


def without_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the seller have no number, without which no rule lets an electronic invoice pass."""
    monkeypatch.setenv("MERCHANT_TAX_ID", "")
    settings.cache_clear()


def test_an_invoice_and_its_note_without_one_are_counted_once_each(
    stack: Stack, context: Context, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_number(monkeypatch)
    send()
    for fact in (order_captured(), order_captured(), given_back(10_00), given_back(10_00)):
        lambda_handler(fact_batch(fact), context)
    found = missing(capsys)

    assert len(found) == 2
    assert all('"Dimensions":[["stack","service"]]' in line for line in found)


def test_a_document_that_has_one_isnt_counted(
    stack: Stack, context: Context, capsys: Capture
) -> None:
    send()
    lambda_handler(fact_batch(order_captured(), given_back(10_00)), context)

    assert missing(capsys) == []


def test_a_simple_invoice_never_has_one_and_isnt_counted(
    stack: Stack, context: Context, capsys: Capture
) -> None:
    lambda_handler(fact_batch(order_captured()), context)

    assert missing(capsys) == []


def test_one_whose_worker_died_before_it_stood_is_counted_when_it_stands(
    stack: Stack, context: Context, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_number(monkeypatch)
    send()
    real = aws.client("s3")

    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError("the worker is gone")

    aws.install({"s3": Broken()})
    lambda_handler(fact_batch(order_captured()), context)
    assert missing(capsys) == []
    aws.install({"s3": real})
    lambda_handler(fact_batch(order_captured()), context)

    assert len(missing(capsys)) == 1

"""An order is invoiced to the buyer it was sent with, whatever their customer does later."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from functions.generate_invoice.app import lambda_handler
from kassa.customers.store import Customers
from tests.support.aws_stack import Context, Stack
from tests.support.invoices import fact_batch, order_captured, stored_form
from tests.support.order_requests import post
from tests.support.order_scene import OrderScene, scene
from tests.support.orders import ORDER_BODY
from tests.support.queue_batches import failed
from tests.support.taxed_orders import BUYER, in_finland, send
from tests.support.taxed_refunds import given_back

__all__ = ["in_finland", "scene"]
COMPANY = BUYER | {"name": "Esimerkki Oy", "tax_id": "FI20774740"}


def printed(stack: Stack, number: str = "2026/2026-00000001") -> str:
    pdf = PdfReader(io.BytesIO(stored_form(stack, f"{number}.pdf")))
    return "".join(page.extract_text() for page in pdf.pages)


def invoice(context: Context, number: int = 1) -> None:
    assert failed(lambda_handler(fact_batch(order_captured(number)), context)) == []


def test_two_orders_of_a_customer_in_two_names_are_invoiced_in_each(
    stack: Stack, context: Context
) -> None:
    send(order_id="order-1", buyer=COMPANY)
    send(order_id="order-2", buyer=BUYER)
    invoice(context, 1)
    invoice(context, 2)

    assert "Esimerkki Oy" in printed(stack)
    assert "Maija" not in printed(stack)
    assert "Maija Esimerkki" in printed(stack, "2026/2026-00000002")


def test_a_credit_note_goes_to_the_buyer_of_its_invoice(stack: Stack, context: Context) -> None:
    send(order_id="order-1", buyer=COMPANY)
    invoice(context)
    send(order_id="order-2", buyer=BUYER)
    assert failed(lambda_handler(fact_batch(given_back(30_00)), context)) == []

    assert "Esimerkki Oy" in printed(stack, "CN-2026/CN-2026-00000001")


def test_who_was_forgotten_stands_on_no_document_made_after_it(
    stack: Stack, context: Context
) -> None:
    send(order_id="order-1")
    Customers("main").erase("customer-1")
    send(order_id="order-2", buyer=COMPANY)
    invoice(context, 1)
    invoice(context, 2)

    assert "Maija" not in printed(stack)
    assert "Esimerkki Oy" in printed(stack, "2026/2026-00000002")


@pytest.mark.parametrize("customer_id", ["customer-1", None])
def test_an_order_that_is_sent_again_brings_nobody_back(
    scene: OrderScene, customer_id: str | None
) -> None:
    body: dict[str, Any] = ORDER_BODY | {"buyer": BUYER, "customer_id": customer_id}
    kept_under = customer_id or "order:order-1"
    customers = Customers("main")
    assert post(body)["statusCode"] == 200
    assert customers.buyer_of(kept_under, "order-1") is not None
    customers.erase(kept_under)

    again = post(body)
    assert (again["statusCode"], again["content"]["warnings"]) == (200, [])
    assert customers.buyer_of(kept_under, "order-1") is None

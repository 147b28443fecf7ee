"""A payment link of a stack that runs here is followed as it stands on the invoice."""

import httpx

from infra.demo.actors.people import system
from infra.stack import Stack
from infra.stack_clients import connect
from kassa.core.callers import Scope

DRAFT = {
    "order_id": "linked-1",
    "currency": "EUR",
    "lines": [{"name": "Lamp", "unit_price_minor": 5000, "tax": {"category": "S", "rate": "25.5"}}],
    "payment_link": {
        "success_url": "https://shop.example/thanks",
        "cancel_url": "https://shop.example/cart",
    },
}


def test_the_link_of_an_invoice_opens_and_who_only_looks_opens_nothing(stack: Stack) -> None:
    connect(stack)
    status, invoice = system(stack, "biller", Scope.INVOICES_WRITE).post("/invoices", DRAFT)
    assert status == 201, invoice
    url = str(invoice["payment_url"])
    assert url.startswith(f"{stack.base_url}/pay/")

    looked = httpx.head(url, timeout=60)
    assert (looked.status_code, looked.content) == (200, b"")
    followed = httpx.get(url, timeout=60)
    assert followed.status_code == 303
    page = httpx.get(followed.headers["location"], timeout=60)
    assert page.status_code == 200
    assert httpx.head(url, timeout=60).headers["location"] == followed.headers["location"]
    nowhere = httpx.head(f"{stack.base_url}/pay/nobody-was-given-this", timeout=60)
    assert nowhere.status_code == 404

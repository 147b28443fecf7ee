"""An order whose lines say their tax, and who buys, gets an invoice with both."""

import io
from typing import Any

import pytest
from lxml import etree
from pypdf import PdfReader

from functions.generate_invoice.app import lambda_handler
from kassa.billing.invoices.invoice import Invoice
from kassa.customers.store import Customers
from kassa.platform import aws
from kassa.platform.settings import settings
from kassa.taxes.rates import TaxRates
from kassa.taxes.sheet import read_sheet
from kassa.taxes.store import SavedRates
from tests.support.aws_stack import Context, Stack
from tests.support.builders import OPERATOR
from tests.support.invoices import (
    fact_batch,
    invoice_documents,
    invoice_of,
    order_captured,
    stored_form,
)
from tests.support.queue_batches import failed
from tests.support.taxed_orders import BOOK, LAMP, in_finland, send

__all__ = ["in_finland"]


def invoice() -> Invoice:
    found = invoice_of(order_captured().metadata.fact_id)
    assert found is not None
    return found


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def stored(stack: Stack, ending: str) -> bytes:
    return stored_form(stack, f"2026/2026-00000001.{ending}")


def test_an_invoice_states_each_rate_and_comes_to_what_was_paid(
    stack: Stack, context: Context
) -> None:
    send()
    assert failed(lambda_handler(fact_batch(order_captured()), context)) == []
    made = invoice()

    assert [(one.rate, one.net_minor, one.tax_minor) for one in made.taxes] == [
        ("25.5", 47_81, 12_19),
        ("13.5", 35_24, 4_76),
    ]
    assert made.total.amount_minor == 100_00
    assert [(one.description, one.amount.amount_minor) for one in made.lines] == [
        ("Lamp", 60_00),
        ("Book", 40_00),
    ]


def test_its_pdf_names_the_buyer_and_carries_the_electronic_invoice(
    stack: Stack, context: Context
) -> None:
    send(language="fi")
    lambda_handler(fact_batch(order_captured()), context)
    pdf = invoice_documents(stack)["invoices/main/2026/2026-00000001.pdf"]
    attached = PdfReader(io.BytesIO(pdf)).attachments

    assert "Maija Esimerkki" in text_of(pdf)
    assert "Lasku" in text_of(pdf)
    assert list(attached) == ["factur-x.xml"]
    assert b"Maija Esimerkki" in attached["factur-x.xml"][0]


def test_the_electronic_invoice_stands_beside_it(stack: Stack, context: Context) -> None:
    send()
    lambda_handler(fact_batch(order_captured()), context)
    ubl = etree.fromstring(stored(stack, "xml"))
    amounts = {etree.QName(one).localname: one.text for one in ubl.iter() if one.get("currencyID")}

    assert ubl.findtext("{*}ID") == "2026-00000001"
    assert (amounts["TaxInclusiveAmount"], amounts["PayableAmount"]) == ("100.00", "0.00")


def test_neither_the_table_nor_the_record_holds_who_bought_but_for_the_customer(
    stack: Stack, context: Context
) -> None:
    send()
    lambda_handler(fact_batch(order_captured()), context)
    named = [item["PK"]["S"] for item in stack.items() if "Maija" in str(item)]

    assert named == ["CUSTOMER#main#customer-1"]
    assert b"Maija" not in stored(stack, "json")


def test_who_was_forgotten_isnt_in_the_table_any_more(stack: Stack, context: Context) -> None:
    send()
    Customers("main").erase("customer-1")

    assert "Maija" not in str(stack.items())
    assert Customers("main").buyer_of("customer-1", "order-1") is None
    assert failed(lambda_handler(fact_batch(order_captured()), context)) == []
    assert invoice().document_sha256 is not None


def test_a_crash_between_number_and_documents_is_completed(stack: Stack, context: Context) -> None:
    send()
    real = aws.client("s3")

    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError("the worker is gone")

    aws.install({"s3": Broken()})
    assert failed(lambda_handler(fact_batch(order_captured()), context)) == ["m0"]
    aws.install({"s3": real})
    assert failed(lambda_handler(fact_batch(order_captured()), context)) == []
    assert (invoice().number, len(invoice().taxes)) == (1, 2)
    assert invoice().document_sha256 is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"lines": [LAMP, BOOK | {"tax": None}]},
        {
            "amount_minor": 99_00,
            "lines": [LAMP, BOOK | {"amount_minor": 39_00}],
        },
    ],
)
def test_an_order_that_doesnt_say_all_gets_the_simple_invoice(
    stack: Stack, context: Context, fields: dict[str, Any]
) -> None:
    send(**fields)
    lambda_handler(fact_batch(order_captured()), context)

    assert (invoice().taxes, invoice().total.amount_minor) == ((), 100_00)


def test_what_no_electronic_invoice_can_say_still_gets_its_pdf(
    stack: Stack, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MERCHANT_TAX_ID", "")
    settings.cache_clear()
    send()
    lambda_handler(fact_batch(order_captured()), context)

    assert invoice().document_sha256 is not None
    listed = aws.client("s3").list_objects_v2(Bucket=stack.bucket, Prefix="invoices/")["Contents"]
    assert not [one["Key"] for one in listed if one["Key"].endswith(".xml")]


def test_a_line_of_a_class_is_invoiced_at_the_rate_it_had_when_its_order_came(
    stack: Stack, context: Context
) -> None:
    save_reduced("13.5", version=1)
    send(lines=[LAMP, BOOK | {"tax": None, "tax_class": "reduced"}])
    save_reduced("10", version=2)
    lambda_handler(fact_batch(order_captured()), context)

    assert [one.rate for one in invoice().taxes] == ["25.5", "13.5"]


def save_reduced(rate: str, version: int) -> None:
    sheet = (
        "country,class,category,rate,valid_from,source,noted_on\n"
        f"FI,reduced,S,{rate},2020-01-01,a law,2026-11-01"
    )
    rates = tuple(read_sheet(sheet).rates.values())
    SavedRates("main").save(TaxRates(version=version, rates=rates), OPERATOR)

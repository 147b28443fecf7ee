"""A saved profile stands on the documents of orders, and stays on those that were made with it."""

import io
import json
from typing import Any

import pytest
from lxml import etree
from pypdf import PdfReader

from functions.generate_invoice.app import lambda_handler
from kassa.billing.einvoice.checks import problems
from kassa.billing.invoices.invoice import Invoice
from kassa.billing.numbering.record import content_digest
from kassa.billing.typeset.branding import Branding
from kassa.customers.parties import BankAccount, Party
from kassa.platform import aws
from kassa.platform.settings import settings
from tests.conformance.einvoices.cases import Case
from tests.conformance.einvoices.orders import order_cases
from tests.conformance.einvoices.people import ACCOUNTS, BUYERS, SELLERS
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.facts import captured
from tests.support.invoices import fact_batch, invoice_of, stored_form
from tests.support.queue_batches import failed
from tests.support.sellers import save
from tests.support.taxed_orders import BOOK, LAMP, send
from tests.support.taxed_refunds import given_back

RED = b"0.8 0.2 0 sc"
REFERENCE = {"reference": "991-1234512345-06", "purchase_order": "PO-7"}
XRECHNUNG_ID = "urn:xeinkauf.de:kosit:xrechnung_3.0"
PEPPOL_ID = "urn:fdc:peppol.eu:2017:poacc:billing:3.0"


@pytest.fixture(autouse=True)
def nowhere(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the settings say nothing of the seller: all comes from its profile."""
    monkeypatch.setenv("MERCHANT_COUNTRY", "")
    settings.cache_clear()


def buyer(country: str, **more: Any) -> dict[str, Any]:
    return BUYERS[country].model_dump(exclude_none=True) | REFERENCE | more


def invoice(context: Context, currency: str = "EUR") -> Invoice:
    fact = captured("pi_1", NOW, (100_00, currency), order_id="order-1")
    assert failed(lambda_handler(fact_batch(fact), context)) == []
    found = invoice_of(fact.metadata.fact_id)
    assert found is not None
    return found


def lose_document(stack: Stack, made: Invoice) -> None:
    """Lose a document and the note that it stands, as where a worker died before both."""
    aws.client("s3").delete_object(Bucket=stack.bucket, Key=made.path)
    aws.client("dynamodb").update_item(
        TableName=stack.table,
        Key={"PK": {"S": "INVOICE#main#2026#00000001"}, "SK": {"S": "INVOICE"}},
        UpdateExpression="REMOVE document_key",
    )


def xml(stack: Stack, path: str = "2026/2026-00000001.xml") -> Any:
    return etree.fromstring(stored_form(stack, path))


def reader(stack: Stack, path: str = "2026/2026-00000001.pdf") -> PdfReader:
    return PdfReader(io.BytesIO(stored_form(stack, path)))


def text_of(stack: Stack, path: str = "2026/2026-00000001.pdf") -> str:
    return "".join(page.extract_text() for page in reader(stack, path).pages)


@pytest.mark.parametrize(
    ("country", "profile", "follows"),
    [
        ("FI", None, "urn:cen.eu:en16931:2017"),
        ("FI", "peppol", f"urn:cen.eu:en16931:2017#compliant#{PEPPOL_ID}"),
        (
            "DE",
            "xrechnung",
            "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
        ),
    ],
)
def test_an_order_comes_out_in_the_profile_that_the_seller_chose(
    stack: Stack, context: Context, country: str, profile: str | None, follows: str
) -> None:
    save(country, profile=profile)
    send(buyer=buyer(country))
    invoice(context)

    ubl = xml(stack)
    assert ubl.findtext("{*}CustomizationID") == follows
    assert ubl.findtext("{*}BuyerReference") == "991-1234512345-06"
    assert ubl.findtext("{*}OrderReference/{*}ID") == "PO-7"
    assert list(reader(stack).attachments) == ["factur-x.xml"]


def test_a_japanese_seller_s_order_is_a_jp_pint_invoice_of_the_day_it_was_paid(
    stack: Stack, context: Context
) -> None:
    save("JP")
    rates = [LAMP | {"tax": {"category": "S", "rate": "10"}}]
    rates += [BOOK | {"tax": {"category": "AA", "rate": "8"}}]
    send(buyer=BUYERS["JP"].model_dump(exclude_none=True), currency="JPY", lines=rates)
    invoice(context, "JPY")

    ubl = xml(stack)
    assert ubl.findtext("{*}CustomizationID") == "urn:peppol:pint:billing-1@jp-1"
    period = [ubl.findtext(f"{{*}}InvoicePeriod/{{*}}{edge}Date") for edge in ("Start", "End")]
    assert period == ["2026-11-21"] * 2
    assert not reader(stack).attachments


def test_a_finnish_seller_may_choose_finvoice(stack: Stack, context: Context) -> None:
    save("FI", profile="finvoice")
    send(buyer=buyer("FI"))
    invoice(context)

    finvoice = xml(stack)
    assert finvoice.tag == "Finvoice"
    assert finvoice.findtext(".//EpiAccountID") == "FI2112345600000785"
    assert finvoice.findtext(".//EpiDateOptionDate") == "20261121"
    assert list(reader(stack).attachments) == ["factur-x.xml"]


def test_who_has_no_address_in_the_network_gets_a_plain_european_invoice(
    stack: Stack, context: Context
) -> None:
    save("FI", profile="peppol")
    send()
    invoice(context)

    assert xml(stack).findtext("{*}CustomizationID") == "urn:cen.eu:en16931:2017"


def test_the_pdf_has_the_seller_s_name_logo_and_footer(stack: Stack, context: Context) -> None:
    save("FI")
    send(buyer=buyer("FI"))
    invoice(context)
    printed = text_of(stack)

    assert "Lamppu Oy" in printed
    assert "Footer of the seller" in printed
    assert RED in reader(stack).pages[0].get_contents().get_data()  # type: ignore[union-attr]


def test_a_simple_invoice_names_the_seller_of_the_profile(stack: Stack, context: Context) -> None:
    save("FI")
    made = invoice(context)

    assert (made.taxes, made.seller_version, made.layout) == ((), 1, 2)
    assert (made.merchant.name, made.merchant.country) == ("Lamppu", "FI")
    assert "00100 Helsinki" in made.merchant.address


def test_a_simple_invoice_has_the_seller_s_logo_and_texts_and_states_no_tax(
    stack: Stack, context: Context
) -> None:
    save("FI", note="Lamps are tested before they leave.")
    made = invoice(context)

    printed = text_of(stack)
    for part in ("Lamppu Oy", "Footer of the seller", "Lamps are tested", "pi_1", "Already paid"):
        assert part in printed
    assert "VAT %" not in printed
    assert "Outside the scope" not in printed
    assert RED in reader(stack).pages[0].get_contents().get_data()  # type: ignore[union-attr]
    record = json.loads(stored_form(stack, "2026/2026-00000001.json"))
    assert json.loads(str(made.entry))["content_sha256"] == content_digest(record)
    first = stored_form(stack, "2026/2026-00000001.pdf")
    lose_document(stack, made)
    save("DE")
    invoice(context)
    assert stored_form(stack, "2026/2026-00000001.pdf") == first


@pytest.mark.parametrize(
    ("language", "order"),
    [
        ("th-TH", "เลขที่คำสั่งซื้อ"),
        ("zh-HK", "訂單號碼"),
        ("ru", "Заказ"),
        ("fi", "Tilaus"),
        ("ja", "ご注文番号"),
    ],
)
def test_a_simple_invoice_is_in_the_customer_s_language(
    stack: Stack, context: Context, language: str, order: str
) -> None:
    save("FI")
    fact = captured("pi_1", NOW, (100_00, "EUR"), order_id="order-1", language=language)
    assert failed(lambda_handler(fact_batch(fact), context)) == []

    found = invoice_of(fact.metadata.fact_id)
    assert found is not None
    assert found.lines[0].description == f"{order} order-1"


def test_a_simple_invoice_prints_an_amount_that_can_t_be_parted_into_equal_prices(
    stack: Stack, context: Context
) -> None:
    save("FI")
    line = {"name": "Candle", "quantity": 3, "amount_minor": 100_00}
    send(lines=[line], buyer=buyer("FI"))
    made = invoice(context)

    assert [(one.description, one.quantity) for one in made.lines] == [("Candle", 3)]
    assert "per 3" in text_of(stack)
    assert BUYERS["FI"].name in text_of(stack)


def test_a_gateway_s_longest_words_cost_no_invoice(stack: Stack, context: Context) -> None:
    save("FI")
    fact = captured("pi_" + "1" * 400, NOW, (100_00, "EUR"), order_id="x" * 500)
    assert failed(lambda_handler(fact_batch(fact), context)) == []

    assert stored_form(stack, "2026/2026-00000001.pdf").startswith(b"%PDF-1.7")


def test_a_plain_invoice_stays_plain_though_its_seller_saved_a_profile_since(
    stack: Stack, context: Context
) -> None:
    made = invoice(context)
    first = stored_form(stack, "2026/2026-00000001.pdf")
    lose_document(stack, made)
    save("FI")
    again = invoice(context)

    assert (made.layout, again.layout, again.seller_version) == (None, None, None)
    assert stored_form(stack, "2026/2026-00000001.pdf") == first
    assert "Lamppu" not in text_of(stack)


def test_a_document_is_made_again_as_it_was_though_the_seller_moved(
    stack: Stack, context: Context
) -> None:
    save("FI")
    send(buyer=buyer("FI"))
    made = invoice(context)
    first = stored_form(stack, "2026/2026-00000001.pdf")
    lose_document(stack, made)
    moved = Party.model_validate(SELLERS["FI"].model_dump() | {"name": "Lamppu Moved Oy"})
    save("FI", party=moved, branding=Branding())
    invoice(context)

    assert made.seller_version == 1
    assert stored_form(stack, "2026/2026-00000001.pdf") == first


def test_a_credit_note_is_of_the_seller_of_its_invoice(stack: Stack, context: Context) -> None:
    save("FI", profile="finvoice")
    send(buyer=buyer("FI"))
    invoice(context)
    save("DE")
    assert failed(lambda_handler(fact_batch(given_back(30_00)), context)) == []

    note = xml(stack, "CN-2026/CN-2026-00000001.xml")
    assert note.tag == "Finvoice"
    assert note.findtext(".//SellerOrganisationName") == "Lamppu Oy"
    assert "Footer of the seller" in text_of(stack, "CN-2026/CN-2026-00000001.pdf")


def test_a_seller_s_account_stands_on_what_is_sent(stack: Stack, context: Context) -> None:
    other = BankAccount(account="FI5542345670000081")
    save("FI", bank_accounts=(ACCOUNTS["FI"], other))
    send(buyer=buyer("FI"))
    invoice(context)

    accounts = [one.text for one in xml(stack).iterfind(".//{*}PayeeFinancialAccount/{*}ID")]
    assert accounts == ["FI2112345600000785", "FI5542345670000081"]


@pytest.mark.parametrize("case", list(order_cases()), ids=lambda case: case.name)
def test_what_comes_of_orders_and_refunds_keeps_every_rule_of_its_profile(case: Case) -> None:
    assert [problems(case.document, profile) for profile in case.profiles] == [
        [] for _ in case.profiles
    ]

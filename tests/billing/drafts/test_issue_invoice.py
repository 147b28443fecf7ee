"""POST /invoices issues an invoice that is paid later: once, checked before a number is spent."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree
from pypdf import PdfReader

from functions.generate_invoice.app import lambda_handler as generate
from kassa.billing.drafts.issue_invoice import IssuedInvoice, issue_invoice
from kassa.billing.drafts.sent_draft import SentDraft
from kassa.billing.numbering.certificate import lines
from kassa.billing.numbering.record import content_digest
from kassa.billing.numbering.store import Numbers, kept
from kassa.billing.numbering.verification import verified
from kassa.billing.numbering.void_document import void_document
from kassa.billing.receivables.store import Receivables
from kassa.core.merchant import Merchant
from kassa.customers.store import Customers
from kassa.platform import aws, clock
from kassa.platform.settings import settings
from tests.support.api_requests import get
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.builders import OPERATOR
from tests.support.drafts import BUYER, HOURS, draft, post
from tests.support.invoices import fact_batch, invoice_documents, order_captured, stored_form
from tests.support.taxed_orders import in_finland as in_finland

FIRST = "2026-00000001"


class Broken:
    """A client of a function that is gone."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("the function is gone")


def numbers() -> int:
    return Numbers().series("main", "2026").last_number


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_draft_becomes_an_open_invoice_with_its_documents(stack: Stack) -> None:
    status, answer = post()

    assert (status, answer["number"], answer["state"]) == (201, FIRST, "open")
    assert answer["total"] == {"amount_minor": 847_13, "currency": "EUR"}
    assert (answer["open_minor"], answer["due_on"]) == (847_13, "2026-12-05")
    shown = get(f"/invoices/{FIRST}")[1]
    tax = {"category": "S", "rate": "25.5", "net_minor": 675_00, "tax_minor": 172_13}
    assert (shown["kind"], shown["taxes"], shown["language"]) == ("invoice", [tax], "en")
    [line] = shown["lines"]
    assert (line["quantity"], line["unit_price"]["amount_minor"]) == ("7.5", 90_00)
    assert line["amount"] == {"amount_minor": 675_00, "currency": "EUR"}
    pdf = invoice_documents(stack)[f"invoices/main/2026/{FIRST}.pdf"]
    assert "Esimerkki Oy" in text_of(pdf)
    ubl = etree.fromstring(stored_form(stack, f"2026/{FIRST}.xml"))
    assert ubl.findtext("{*}DueDate") == "2026-12-05"
    assert f"/{FIRST}.pdf" in answer["document_url"]
    assert f"/{FIRST}.xml" in answer["einvoice_url"]


def test_it_is_listed_as_open_by_customer_and_by_when_it_is_due(stack: Stack) -> None:
    post()

    for query in ({}, {"customer_id": "cus_1"}, {"due_before": "2026-12-06"}, {"state": "open"}):
        assert [one["number"] for one in get("/invoices", **query)[1]["invoices"]] == [FIRST]
    assert Receivables("main").of_number(FIRST).receivable.open_minor == 847_13


def test_the_same_draft_leads_to_the_same_number(stack: Stack, fake_clock: FakeClock) -> None:
    first = post()[1]
    fake_clock.at += timedelta(days=40)
    status, again = post()

    assert (status, numbers()) == (200, 1)
    volatile = {"document_url", "einvoice_url"}
    assert [(k, v) for k, v in first.items() if k not in volatile] == [
        (k, v) for k, v in again.items() if k not in volatile
    ]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"lines": [HOURS | {"quantity": "8"}]}, "lines"),
        ({"customer_id": "cus_2"}, "customer_id"),
        ({"due_on": "2026-12-24", "note": "thanks"}, "due_on, note"),
        ({"buyer": BUYER | {"name": "Toinen Oy"}}, "buyer"),
    ],
)
def test_another_draft_of_the_same_name_is_refused(
    stack: Stack, change: dict[str, Any], named: str
) -> None:
    post()
    status, error = post(draft(**change))

    assert (status, error["code"], error["param"]) == (409, "conflict", "draft_id")
    assert named in error["message"]
    assert numbers() == 1


def test_a_buyer_who_is_said_too_late_stands_on_no_document_and_is_refused(stack: Stack) -> None:
    assert post(draft(buyer=None))[0] == 201
    status, error = post()

    assert (status, error["param"]) == (409, "draft_id")
    assert not [item for item in stack.items() if "Esimerkki Oy" in str(item)]


def test_many_at_once_spend_one_number_for_each_draft(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    forms = "kassa.billing.drafts.store_draft.print_forms"
    monkeypatch.setattr(forms, lambda *_: {"pdf": b"%PDF"})  # a typesetter is one thread's
    merchant = Merchant.from_settings(settings().model_dump())

    def issue(name: str) -> IssuedInvoice:
        return issue_invoice(SentDraft(**draft(draft_id=name)), merchant, "", lambda: 29.0)

    with ThreadPoolExecutor(9) as pool:
        made = list(pool.map(issue, ["a", "b", "c"] * 3))

    assert len({one.item["entry"] for one in made}) == numbers() == 3
    series, items = Numbers().series("main", "2026"), Numbers().items("main", "2026", 3)
    certificate = [json.dumps(one) for one in lines(series, map(kept, items), clock.now())]
    assert verified(certificate).broken is None


def test_the_same_idempotency_key_gets_the_same_answer(stack: Stack) -> None:
    key = {"idempotency-key": "key-1"}
    first = post(**key)

    assert post(**key) == first
    assert post(draft(draft_id="draft-2"), **key)[1]["code"] == "idempotency_key_reused"
    assert numbers() == 1


def test_a_crash_between_number_and_documents_is_completed_by_asking_again(stack: Stack) -> None:
    real = aws.client("s3")
    aws.install({"s3": Broken()})
    key = {"idempotency-key": "key-1"}
    assert post(**key)[0] == 500
    assert numbers() == 1
    aws.install({"s3": real})
    status, answer = post(**key)

    assert (status, answer["number"], numbers()) == (200, FIRST, 1)
    assert "Esimerkki Oy" in text_of(invoice_documents(stack)[f"invoices/main/2026/{FIRST}.pdf"])


def test_who_buys_stands_with_the_customer_and_in_the_documents_alone(stack: Stack) -> None:
    post()
    named = [item["PK"]["S"] for item in stack.items() if "Esimerkki Oy" in str(item)]

    assert named == ["CUSTOMER#main#cus_1"]
    record = stored_form(stack, f"2026/{FIRST}.json")
    assert b"Esimerkki" not in record
    digest = Numbers().numbered("main", "2026", 1).entry.content_sha256
    assert content_digest(json.loads(record)) == digest


def test_who_was_forgotten_meanwhile_is_in_no_document(stack: Stack) -> None:
    real = aws.client("s3")
    aws.install({"s3": Broken()})
    post()
    aws.install({"s3": real})
    Customers("main").erase("cus_1")

    assert post()[0] == 200
    pdf = invoice_documents(stack)[f"invoices/main/2026/{FIRST}.pdf"]
    assert "Esimerkki Oy" not in text_of(pdf)


@pytest.mark.parametrize(
    ("change", "due_on"),
    [
        ({"due_on": "2026-11-21"}, "2026-11-21"),
        ({"payment_terms_days": 0}, "2026-11-21"),
        ({"payment_terms_days": 30}, "2026-12-21"),
    ],
)
def test_terms_say_by_when_to_pay(stack: Stack, change: dict[str, Any], due_on: str) -> None:
    assert post(draft(**change))[1]["due_on"] == due_on


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"draft_id": None}, "body"),
        ({"order_id": "order-1"}, "body"),
        ({"draft_id": "jane@shop.example"}, "draft_id"),
        ({"customer_id": "jane@shop.example"}, "customer_id"),
        ({"lines": []}, "lines"),
        ({"lines": [HOURS | {"tax": None}]}, "lines.0.tax"),
        ({"lines": [HOURS | {"tax_class": "standard"}]}, "lines"),
        ({"lines": [HOURS | {"tax": None, "tax_class": "luxury"}]}, "lines.0.tax_class"),
        ({"lines": [HOURS | {"name": "Light 💡"}]}, "lines.0.name"),
        ({"buyer": BUYER | {"name": "דוד"}}, "buyer.name"),
        ({"lines": [HOURS | {"unit_price_minor": -1}]}, "lines.0.unit_price_minor"),
        ({"lines": [HOURS | {"unit_price_minor": 90.5}]}, "lines.0.unit_price_minor"),
        ({"lines": [HOURS | {"quantity": "0"}]}, "lines.0.quantity"),
        ({"lines": [HOURS | {"unit": "hour"}]}, "lines.0.unit"),
        ({"lines": [HOURS | {"quantity": 10**8, "unit_price_minor": 10**15}]}, "lines"),
        ({"lines": [HOURS | {"description": "x" * 1000}] * 300}, "lines"),
        ({"adjustments": [{"amount_minor": 10**9, "reason": "gift"}]}, "adjustments"),
        ({"currency": "EUX"}, "currency"),
        ({"currency": "XAU"}, "currency"),  # gold: no payment could settle it
        ({"due_on": "2026-11-20"}, "due_on"),
        ({"due_on": "2026-12-01", "payment_terms_days": 3}, "body"),
        ({"period": ["2026-11-02", "2026-11-01"]}, "body"),
        ({"buyer": {"name": "Esimerkki Oy"}}, "buyer.address"),
        ({"profile": "edifact"}, "profile"),
        ({"seller": BUYER}, "seller"),
    ],
)
def test_what_is_no_document_is_refused_by_its_field_and_nothing_is_kept(
    stack: Stack, change: dict[str, Any], param: str
) -> None:
    status, error = post(draft(**change))

    assert (status, error["param"]) == (400, param), error
    assert [one for one in stack.items() if "IDEMPOTENCY" not in one["PK"]["S"]] == []


@pytest.mark.parametrize(
    ("change", "rule", "param"),
    [
        ({"profile": "en16931", "lines": [HOURS | {"unit": "ZZZ"}]}, "BR-CL-23", "lines.0.unit"),
        ({"profile": "en16931", "currency": "KWD"}, "BR-DEC-23", "currency"),
        ({"profile": "peppol"}, "PEPPOL-EN16931-R010", "buyer.endpoint"),
        ({"profile": "xrechnung"}, "BR-DE-15", "buyer_reference"),
        (
            {"profile": "en16931", "buyer": BUYER | {"tax_id": "FI20774741"}},
            "KASSA-VAT",
            "buyer.tax_id",
        ),
    ],
)
def test_what_cannot_be_the_electronic_invoice_that_is_asked_for_spends_no_number(
    stack: Stack, change: dict[str, Any], rule: str, param: str
) -> None:
    status, error = post(draft(**change))

    assert (status, error["code"]) == (400, "no_einvoice")
    broken = {one["rule"]: one["field"] for one in error["rules"]}
    assert broken[rule] == param
    assert numbers() == 0
    assert post(draft(**change | {"profile": None}))[0] == 201


def test_what_comes_to_nothing_is_paid_and_may_be_void(stack: Stack) -> None:
    answer = post(draft(lines=[HOURS | {"unit_price_minor": 0}]))[1]
    assert (answer["state"], answer["open_minor"]) == ("paid", 0)
    void_document("main", FIRST, ("issued twice", OPERATOR), lambda: 30.0)

    assert get(f"/invoices/{FIRST}")[1]["state"] == "void"
    assert [one["number"] for one in get("/invoices", state="void")[1]["invoices"]] == [FIRST]


def test_a_draft_whose_invoice_is_void_is_refused_and_its_sale_goes_under_a_new_name(
    stack: Stack,
) -> None:
    post()
    void_document("main", FIRST, ("a mistake", OPERATOR), lambda: 30.0)

    status, error = post()
    assert (status, error["param"], numbers()) == (409, "draft_id", 1)
    assert f"{FIRST} is void" in error["message"]
    assert post(draft(draft_id="anew"))[0] == 201


def test_a_draft_that_comes_again_without_its_buyer_is_refused(stack: Stack) -> None:
    post(draft(buyer=BUYER))

    status, error = post(draft(buyer=None))
    assert (status, error["param"], numbers()) == (409, "draft_id", 1)


def test_an_invoice_of_a_sale_that_was_captured_is_refused(stack: Stack, context: Context) -> None:
    generate(fact_batch(order_captured(1)), context)
    Numbers().lead_to(Numbers().numbered("main", "2026", 1).entry, "order:main:order-1")
    status, error = post(draft(draft_id=None, order_id="order-1"))

    assert (status, error["param"]) == (409, "order_id")
    assert "2026-00000001, for what was captured" in error["message"]


def test_a_field_that_is_wrong_is_named_alone(stack: Stack) -> None:
    error = post(draft(lines=[HOURS | {"unit_price_minor": 90.5}]))[1]

    assert [one["field"] for one in error["fields"]] == ["lines.0.unit_price_minor"]


def test_without_a_country_to_sell_from_nothing_is_issued(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MERCHANT_COUNTRY", "")
    settings.cache_clear()

    assert (post()[0], post()[1]["param"]) == (400, "seller")

"""A payment link leads to its order's page while all of the invoice is owed, else says why not."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from pypdf import PdfReader

from functions.generate_invoice.app import lambda_handler as generate
from kassa.billing.drafts.keep_order import keep_order
from kassa.billing.numbering.store import Numbers
from kassa.billing.numbering.void_document import void_document
from kassa.billing.payment_links.follow_payment_link import follow_payment_link
from kassa.billing.payment_links.link_store import FOLLOWED_MAX
from kassa.billing.payment_links.pages import HEADERS, TEXTS, Notice
from kassa.billing.receivables.receivable import Entry, EntryKind
from kassa.billing.receivables.store import Receivables
from kassa.core.errors import GatewayRefused
from kassa.gateways.submissions import CheckoutState
from kassa.orders.attempts import begun
from kassa.orders.lifecycle import OrderLifecycle
from kassa.orders.store import Orders
from kassa.platform import aws
from kassa.recovery.rebuild_books import bring_invoices_back
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.builders import NOW, OPERATOR
from tests.support.drafts import post
from tests.support.invoice_facts import accrued, booked, capture, refunded
from tests.support.invoices import fact_batch, invoice_documents
from tests.support.order_scene import SILENT, FakeGateway
from tests.support.orders import order
from tests.support.payment_links import LINK, follow, linked, look_at
from tests.support.payment_links import north as north
from tests.support.taxed_orders import in_finland as in_finland

FIRST = "2026-00000001"


@pytest.fixture
def url(in_finland: None, north: FakeGateway) -> str:
    """Issue an invoice with a link, in Finnish."""
    status, answer = post(linked(languages=["fi"]))
    assert status == 201, answer
    return str(answer["payment_url"])


def settle(minor: int, kind: EntryKind = EntryKind.SETTLED) -> None:
    entry = Entry(kind=kind, source_id=f"{kind}:{minor}", minor=minor, tax_minor=0, at=NOW)
    Receivables("main").add(FIRST, entry)


def test_the_link_stands_on_the_document_and_leads_to_the_payment_page(
    stack: Stack, url: str, north: FakeGateway
) -> None:
    pdf = invoice_documents(stack)[f"invoices/main/2026/{FIRST}.pdf"]
    pages = PdfReader(io.BytesIO(pdf)).pages
    text = "".join(page.extract_text() for page in pages)
    assert url in text.replace("\n", "").replace("\u200b", "")
    assert "Maksa verkossa" in text
    links = [note.get_object()["/A"]["/URI"] for page in pages for note in page["/Annots"]]
    assert set(links) == {url}

    status, headers, page = follow(url)

    assert (status, headers["Location"], page) == (303, "https://north.example/north_1", "")
    [sent] = north.submissions
    assert (sent.amount.amount_minor, sent.amount.currency) == (847_13, "EUR")
    assert (sent.success_url, sent.language) == (LINK["success_url"], "fi")


def test_a_program_that_only_asks_opens_no_page_and_counts_as_nobody(
    url: str, stack: Stack, north: FakeGateway
) -> None:
    before = stack.items()
    status, headers, body = look_at(url)

    assert (status, body, north.submitted) == (200, "", [])
    assert headers == dict(HEADERS)
    assert stack.items() == before


def test_a_program_is_answered_as_a_person_is_once_the_page_is_open(
    url: str, north: FakeGateway
) -> None:
    assert follow(url) == look_at(url) == (303, look_at(url)[1], "")


@pytest.mark.parametrize(
    ("minor", "kind"), [(847_13, EntryKind.SETTLED), (800_00, EntryKind.SETTLED)]
)
def test_a_program_is_answered_as_a_person_where_nothing_is_to_be_paid(
    url: str, north: FakeGateway, minor: int, kind: EntryKind
) -> None:
    settle(minor, kind)
    assert look_at(url) == (*follow(url)[:2], "")
    unknown = url.rpartition("/")[0] + "/x"
    assert look_at(unknown) == (*follow(unknown)[:2], "")


def test_following_again_leads_to_the_open_page_and_opens_no_other(
    url: str, north: FakeGateway, fake_clock: FakeClock
) -> None:
    first = follow(url)[1]["Location"]
    fake_clock.at += timedelta(minutes=5)

    assert follow(url)[1]["Location"] == first
    assert len(north.submitted) == 1


def test_a_page_that_expired_is_followed_by_a_new_one(
    url: str, north: FakeGateway, fake_clock: FakeClock
) -> None:
    first = follow(url)[1]["Location"]
    north.states["order-1.1"] = CheckoutState.EXPIRED
    fake_clock.at += timedelta(hours=30)

    assert follow(url)[1]["Location"] != first


@pytest.mark.parametrize(
    ("minor", "kind", "notice"),
    [
        (847_13, EntryKind.SETTLED, Notice.PAID),
        (900_00, EntryKind.SETTLED, Notice.PAID),
        (800_00, EntryKind.SETTLED, Notice.IN_PART),
        (847_13, EntryKind.VOIDED, Notice.CLOSED),
        (847_13, EntryKind.WRITTEN_OFF, Notice.CLOSED),
    ],
)
def test_what_is_not_owed_as_a_whole_opens_nothing(
    url: str, north: FakeGateway, minor: int, kind: EntryKind, notice: Notice
) -> None:
    settle(minor, kind)
    status, headers, page = follow(url)

    assert (status, north.submitted) == (200, [])
    assert TEXTS["fi"][notice] in page
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Cache-Control"] == "no-store"


def test_a_link_that_nobody_was_given_leads_nowhere(url: str, north: FakeGateway) -> None:
    for token in ("", "x", url.rpartition("/")[2][:-1], "x" * 3000, "../orders", "é"):
        status, _, page = follow(f"https://api.shop.example/pay/{token}")
        assert (status, TEXTS["en"][Notice.UNKNOWN] in page) == (404, True)
    assert north.submitted == []


def test_what_was_paid_in_part_and_given_up_is_not_said_to_be_paid(
    url: str, north: FakeGateway
) -> None:
    settle(800_00)
    settle(47_13, EntryKind.WRITTEN_OFF)
    status, _, page = follow(url)

    assert (status, TEXTS["fi"][Notice.CLOSED] in page) == (200, True)


def test_what_is_paid_on_a_page_after_its_invoice_was_void_is_the_customers_credit(
    stack: Stack, url: str, north: FakeGateway
) -> None:
    follow(url)
    void_document("main", FIRST, ("by mistake", OPERATOR), lambda: 30.0)
    paid, back = booked(capture(847_13), refunded(800_00))
    assert generate(fact_batch(paid, paid), Context()) == {"batchItemFailures": []}
    stood = Receivables("main").of_number(FIRST).receivable
    assert (stood.state, stood.credit_minor) == ("void", 847_13)

    assert generate(fact_batch(back), Context()) == {"batchItemFailures": []}
    assert Receivables("main").of_number(FIRST).receivable.credit_minor == 47_13
    assert [Numbers().series("main", name).last_number for name in ("2026", "CN-2026")] == [1, 0]
    assert accrued(stack) == {}


@pytest.mark.parametrize("act", [SILENT, GatewayRefused("no", is_retryable=False)])
def test_where_no_page_opens_the_customer_is_asked_to_come_again(
    url: str, north: FakeGateway, act: str | Exception
) -> None:
    north.acts = [act]
    status, _, page = follow(url)

    assert (status, TEXTS["fi"][Notice.NOT_NOW] in page) == (503, True)


def test_a_link_is_followed_so_often_in_an_hour_and_again_in_the_next(
    url: str, north: FakeGateway, fake_clock: FakeClock
) -> None:
    assert {follow(url)[0] for _ in range(FOLLOWED_MAX)} == {303}
    status, headers, _ = follow(url)
    assert (status, headers["Retry-After"]) == (429, "3600")

    fake_clock.at += timedelta(hours=1)
    assert follow(url)[0] == 303
    assert len(north.submitted) == 1


def test_many_who_follow_at_once_open_one_page(
    url: str, north: FakeGateway, fake_clock: FakeClock
) -> None:
    fake_clock.at += timedelta(seconds=1)
    token = url.rpartition("/")[2]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: follow_payment_link(token, lambda: 29.0), range(6)))

    assert {answer.status for answer in answers} <= {303, 503}
    assert len(north.pages) == 1


def test_neither_the_page_nor_the_log_says_who_or_what(
    url: str, north: FakeGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    follow(url)
    settle(847_13)
    _, _, page = follow(url)
    logged = capsys.readouterr().out

    for secret in (url.rpartition("/")[2], "Esimerkki", "847", FIRST, "cus_1"):
        assert secret not in page
    assert url.rpartition("/")[2] not in logged
    assert "Esimerkki" not in logged


def test_the_table_cant_open_a_link_by_its_key(stack: Stack, url: str) -> None:
    token = url.rpartition("/")[2]
    keys = [item["PK"]["S"] for item in stack.items()]

    assert len([key for key in keys if key.startswith("PAYLINK#")]) == 1
    assert not [key for key in keys if token in key]


def test_a_link_that_the_table_lost_leads_to_its_order_again_after_a_rebuild(
    stack: Stack, url: str, north: FakeGateway
) -> None:
    dynamodb = aws.client("dynamodb")
    lost = ("PAYLINK#", "INVOICE", "ORDER#")
    for item in [one for one in stack.items() if one["PK"]["S"].startswith(lost)]:
        key = {"PK": item["PK"], "SK": item["SK"]}
        dynamodb.delete_item(TableName=stack.table, Key=key)
    assert follow(url)[0] == 404

    assert list(bring_invoices_back()) == [FIRST]
    assert post(linked(languages=["fi"]))[1]["payment_url"] == url
    assert follow(url)[0] == 303


def test_the_same_draft_keeps_its_link_and_completes_what_a_crash_left_out(
    stack: Stack, url: str
) -> None:
    assert post(linked(languages=["fi"]))[1]["payment_url"] == url
    item = Numbers().of_source("order:main:order-1")
    assert item is not None
    before = stack.items()
    keep_order(item, 847_13, "main")

    assert stack.items() == before


def test_an_order_that_costs_something_else_is_refused_before_a_number_is_spent(
    in_finland: None, north: FakeGateway
) -> None:
    attempts = (begun(1, ("north", "main"), NOW),)
    Orders("main").open(order(), OrderLifecycle(order_id="order-1", version=1, attempts=attempts))
    status, error = post(linked())

    assert (status, error["param"]) == (409, "order_id")
    assert Numbers().series("main", "2026").last_number == 0


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"order_id": None, "draft_id": "d-1"}, "body"),
        (
            {"payment_link": LINK | {"success_url": "http://shop.example"}},
            "payment_link.success_url",
        ),
        ({"payment_link": {}}, "payment_link.success_url"),
        (
            {"lines": [{"name": "Gift", "unit_price_minor": 0, "tax": {"category": "Z"}}]},
            "payment_link",
        ),
    ],
)
def test_a_link_to_nothing_is_refused(
    in_finland: None, north: FakeGateway, change: dict[str, object], param: str
) -> None:
    status, error = post(linked(**change))

    assert (status, error["param"]) == (400, param)


def test_every_language_has_every_notice() -> None:
    assert all(set(texts) == set(Notice) for texts in TEXTS.values())

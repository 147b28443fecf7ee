"""An invoice whose request died behind its number is finished without anybody sending it again."""

import json
from typing import Any

import pytest

from functions.generate_invoice.app import lambda_handler as generate
from functions.watch_gateways.app import lambda_handler as watch
from kassa.billing.drafts import issue_invoice
from kassa.billing.numbering.store import Numbers
from kassa.platform import aws
from tests.support.api_requests import get
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.drafts import draft, post
from tests.support.invoices import fact_batch, invoice_documents
from tests.support.queue_batches import failed
from tests.support.taxed_orders import in_finland as in_finland

FIRST = "2026-00000001"


@pytest.fixture(autouse=True)
def _in_finland(in_finland: None, fake_clock: FakeClock) -> None:
    """Sell from Finland at one instant."""


class Broken:
    """A client of a function that is gone."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("the function is gone")


def die_before_documents() -> None:
    """Send a draft to a function that dies once its number is published."""
    real = aws.client("s3")
    aws.install({"s3": Broken()})
    assert post()[0] == 500
    aws.install({"s3": real})


def die_before_publishing(monkeypatch: pytest.MonkeyPatch, **fields: Any) -> None:
    """Send a draft to a function that dies right behind its number."""

    def gone(*_: Any) -> None:
        raise RuntimeError("the function is gone")

    with monkeypatch.context() as patch:
        patch.setattr(issue_invoice, "make_known", gone)
        assert post(draft(**fields))[0] == 500


def queued(stack: Stack) -> list[str]:
    """Take all messages off InvoicesQueue."""
    client, taken = aws.client("sqs"), list[str]()
    while got := client.receive_message(QueueUrl=stack.invoices_queue, MaxNumberOfMessages=10).get(
        "Messages"
    ):
        for one in got:
            taken.append(one["Body"])
            handle = one["ReceiptHandle"]
            client.delete_message(QueueUrl=stack.invoices_queue, ReceiptHandle=handle)
    return taken


def receive(*bodies: str) -> None:
    assert failed(generate(fact_batch(*bodies), Context())) == []


def issued_facts(stack: Stack) -> list[str]:
    facts = [one for one in stack.published() if one["detail-type"] == "InvoiceIssued"]
    return [json.dumps({"detail": one["detail"]}) for one in facts]


def test_who_hears_of_an_invoice_without_documents_makes_them(stack: Stack) -> None:
    die_before_documents()
    assert invoice_documents(stack) == {}
    receive(*issued_facts(stack))

    assert list(invoice_documents(stack)) == [f"invoices/main/2026/{FIRST}.pdf"]
    assert get(f"/invoices/{FIRST}")[1]["document_sha256"]


def test_what_nobody_heard_of_is_found_by_the_clock_published_and_finished(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    die_before_publishing(monkeypatch)
    assert issued_facts(stack) == []
    assert watch({}, Context())["unfinished"] == 1
    receive(*queued(stack))

    assert len(issued_facts(stack)) == 1
    assert list(invoice_documents(stack)) == [f"invoices/main/2026/{FIRST}.pdf"]
    assert watch({}, Context())["unfinished"] == 0


def test_what_is_finished_is_looked_at_once(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        assert post(draft(draft_id=name))[0] == 201
    die_before_publishing(monkeypatch, draft_id="c")
    assert post(draft(draft_id="d"))[0] == 201
    looked_at = list[int]()
    real = Numbers.items

    def items(self: Numbers, *of: Any) -> Any:
        looked_at.append(of[-1])
        return real(self, *of)

    monkeypatch.setattr(Numbers, "items", items)
    assert watch({}, Context())["unfinished"] == 1
    receive(*queued(stack))
    watch({}, Context())
    watch({}, Context())

    assert looked_at == [0, 2]  # from behind what was finished; and then there was nothing


def test_what_can_t_be_finished_is_for_a_person_after_two_days(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, fake_clock: FakeClock
) -> None:
    die_before_publishing(monkeypatch)
    fake_clock.at = fake_clock.at.replace(day=fake_clock.at.day + 3)

    assert watch({}, Context())["unfinished"] == 0

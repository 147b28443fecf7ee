"""No address, name or word of a message stands where it is not due: logs, deliveries, facts."""

import logging
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from functions.generate_invoice.app import lambda_handler as generate
from functions.receive_mail_event.app import lambda_handler as receive_mail_event
from functions.unsubscribe.app import lambda_handler as unsubscribe
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.facts import captured, fact
from tests.support.invoices import fact_batch
from tests.support.mail_events import bounce, complaint
from tests.support.messages import (
    FakeCarrier,
    carrier,
    deliveries,
    enveloped,
    facts_on_the_bus,
    let_out,
    tell,
)
from tests.support.queue_batches import batch
from tests.support.taxed_orders import in_finland as in_finland
from tests.support.taxed_orders import send

MARKS = ("canaryname", "canarystreet", "canarymail", "canarystaff", "4012399")
BUYER = {
    "name": "Canaryname Esimerkki",
    "address": {"lines": ["Canarystreet 3"], "city": "Turku", "country": "FI"},
    "email": "canarymail@buyer.example",
    "phone": "+3584012399",
}
MAY_HOLD = ("CUSTOMER#", "MESSAGESETTINGS#")  # who bought, and which staff hears of what


def loud(code: str, status: int) -> ClientError:
    """Return a refusal that quotes the request, as carriers' do."""
    error = {"Code": code, "Message": f"{BUYER['email']} {BUYER['name']} {BUYER['phone']}"}
    response: Any = {"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "SendEmail")


@pytest.fixture
def ses(stack: Stack) -> FakeCarrier:
    return carrier()


@pytest.mark.parametrize(
    "answers",
    [
        [],
        [loud("MessageRejected", 400), loud("ValidationException", 400)],
        [loud("ThrottlingException", 429), loud("SendingPausedException", 400)],
        [ReadTimeoutError(endpoint_url="https://canarymail@host"), loud("InternalError", 500)],
        [RuntimeError(str(BUYER)), RuntimeError(str(BUYER))],
    ],
)
def test_no_mark_is_found_where_it_does_not_belong(
    stack: Stack, ses: FakeCarrier, answers: list[Exception], capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("kassa").setLevel(logging.DEBUG)
    let_out(
        channels={"invoice": ["mail", "text"]},
        text_sender="KAUPPA",
        staff={"dispute_opened": ["canarystaff@shop.example"]},
    )
    send(buyer=BUYER)
    paid = captured("pi_1", NOW, (100_00, "EUR"), order_id="order-1", customer_id="customer-1")
    generate(fact_batch(paid), Context())
    ses.raises = list(answers)
    tell(*facts_on_the_bus(stack, "InvoiceIssued"))
    tell(enveloped(fact("DisputeOpened", "pi_1", NOW, (1, "EUR"), object_id="dp_1")))
    for one in deliveries():
        told = (bounce(one.delivery_id, address=BUYER["email"]), complaint(one.delivery_id))
        receive_mail_event(batch(*told, "{}"), Context())
    request = {"requestContext": {"http": {"method": "GET"}}, "pathParameters": {"token": "x"}}
    unsubscribe(request, Context())

    kept = [one for one in stack.items() if not one["PK"]["S"].startswith(MAY_HOLD)]
    facts = [str(one) for one in stack.published()]
    shown = (str(kept) + "".join(facts) + "".join(capsys.readouterr())).casefold()
    assert len(kept) > 5
    assert [mark for mark in MARKS if mark in shown] == []

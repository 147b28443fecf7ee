"""What went wrong elsewhere, tried here: addresses nobody can mail, and how long a stranger waits.

Each test names the public report that it follows.
"""

from datetime import timedelta

import pytest

from functions.generate_invoice.app import lambda_handler as generate
from functions.receive_mail_event.app import lambda_handler as receive_mail_event
from kassa.customers.addresses import address_digest, mailbox
from kassa.deliveries.delivery import Reason, Status
from kassa.messages.contacts.contact import Cause
from kassa.messages.contacts.contact_store import ContactStore
from kassa.partners.retry_after import retry_after
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.facts import captured
from tests.support.invoices import fact_batch
from tests.support.mail_events import bounce
from tests.support.messages import (
    BUYER,
    carrier,
    deliveries,
    facts_on_the_bus,
    let_out,
    tell,
)
from tests.support.queue_batches import batch
from tests.support.taxed_orders import in_finland as in_finland
from tests.support.taxed_orders import send
from tests.support.webhook_world import World, status
from tests.support.webhook_world import world as world

# github.com/frappe/frappe/issues/24407, github.com/tin-cat/emailqueue/issues/44: an address that
# one check took and another refused stopped whatever was to be mailed.
UNSENDABLE = (
    *("maija@-b.example", "maija@ex-.example", "maija@buyer..example", "maija@buyer.example."),
    *("maija@a_b.example", "maija@*.example", "maija@buyer.example/x", "maija@xn--a.example"),
    *("maija@buyer.c", "maija@127.0.0.1", "maija@\u2603.example", f"maija@{'b' * 64}.example"),
)


def invoiced(stack: Stack, address: str) -> str:
    """Let a buyer with an address pay; return the fact that their invoice was issued."""
    send(buyer=BUYER | {"email": address})
    paid = captured("pi_1", NOW, (100_00, "EUR"), order_id="order-1", customer_id="customer-1")
    generate(fact_batch(paid), Context())
    [issued] = facts_on_the_bus(stack, "InvoiceIssued")
    return issued


@pytest.mark.parametrize("address", UNSENDABLE)
def test_an_address_that_no_mail_reaches_is_skipped_and_stands_on_the_desk(
    stack: Stack, address: str
) -> None:
    ses = carrier()
    let_out()
    assert tell(invoiced(stack, address)) == []
    [told] = deliveries()
    assert (ses.mails, told.status, told.reason) == ([], Status.SKIPPED, Reason.NO_ADDRESS)


# github.com/python/cpython/issues/92025: by IDNA 2003 one owner's domain is another owner's.
def test_a_mail_goes_to_the_domain_that_was_named_and_its_bounce_stops_it(stack: Stack) -> None:
    ses = carrier()
    let_out()
    named, spelled = "maija@straße.example", "maija@xn--strae-oqa.example"
    tell(invoiced(stack, named))
    [mail], [told] = ses.read, deliveries()
    assert mail["To"] == spelled
    assert ses.mails[0]["Destination"] == {"ToAddresses": [spelled]}

    receive_mail_event(batch(bounce(told.delivery_id, address=spelled)), Context())
    assert ContactStore("main").read(address_digest("main", named)).cause is Cause.BOUNCE
    assert mailbox("maija@strasse.example") == "maija@strasse.example"


# github.com/anthropics/anthropic-sdk-python/pull/1827: a date of an extreme year got out of the
# reader of Retry-After.
UNREADABLE = (
    *("Mon, 01 Jan 99999999999 00:00:00 GMT", "Mon, 01 Jan 2026 99999999999999999999:00:00 GMT"),
    *("Mon, 01 Jan 2026 00:00:00 +999999999999999999999", "\u00b2", "9" * 400, "1e3", "(" * 5000),
)


@pytest.mark.parametrize("asked", UNREADABLE)
def test_a_receiver_that_asks_for_nonsense_is_tried_by_the_schedule(
    world: World, asked: str
) -> None:
    made = world.add()
    world.answering["shop.example"] = status(503, retry_after=asked)
    world.publish()
    world.run(timedelta(days=1))

    assert (world.failures, world.queue.dead) == (0, [])
    assert 5 <= len(world.taken) < 40
    assert [one.status for one in world.deliveries(made.endpoint.endpoint_id)] == [Status.WAITING]


@pytest.mark.parametrize("asked", UNREADABLE)
def test_nonsense_asks_for_no_wait(asked: str) -> None:
    assert retry_after(asked, NOW) is None

"""A card that a gateway keeps for a customer is exported and erased with them; it is no payment."""

from kassa.api import payment_lists
from kassa.api.payment_lists import PaymentFilter
from kassa.core.errors import EventNotFound
from kassa.ledger import raw_archive
from kassa.platform.index_pages import PageRequest
from kassa.privacy.erase_customer import erase_customer
from kassa.privacy.erase_raw import events_of
from kassa.privacy.export_customer import export_customer
from tests.support.aws_stack import Stack
from tests.support.builders import OPERATOR
from tests.support.cards import booked, ends, known

OF_CARD = "OBJECT#stripe#main#card_1"


def body() -> bytes:
    """Return what the gateway sent of the card; nothing once that is erased."""
    [event] = events_of(OF_CARD)
    delivery = raw_archive.find(str(event.raw))
    try:
        return raw_archive.body_of(delivery)
    except EventNotFound:
        return b""


def test_a_card_stands_in_the_export_of_whose_order_its_customer_paid(stack: Stack) -> None:
    known()
    booked(ends())
    exported = export_customer("customer-1")

    assert {"evt_1", "evt_9"} <= {one.event_id for one in exported.events}
    assert [one.payment_id for one in exported.payments] == ["pi_1"]


def test_what_the_gateway_sent_of_the_card_is_erased_with_its_customer(stack: Stack) -> None:
    known()
    booked(ends())
    assert b"Maija" in body()
    erase_customer("customer-1", OPERATOR, lambda: 600.0)

    assert body() == b""


def test_a_card_is_not_listed_among_its_customer_s_payments(stack: Stack) -> None:
    known()
    booked(ends())
    theirs = PaymentFilter(gateway="stripe", account="main")
    page = payment_lists.of_customer("cus_1", theirs, PageRequest(None, 50))

    assert [one.payment_id for one in page.payments] == ["pi_1"]

"""The mail of a sign-in code: sent at once, once, while the code is good, to the right address."""

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from kassa.customers.addresses import address_digest
from kassa.deliveries.delivery import Status
from kassa.messages.contacts.contact import Cause
from kassa.messages.contacts.contact_store import ContactStore
from kassa.messages.kinds import Category
from tests.support.aws_stack import NOW, FakeClock, Stack
from tests.support.messages import deliveries, let_out, tell, wake
from tests.support.portal import BEGIN, JANE, NOBODY, Portal, call, digits_in, named


@pytest.fixture
def portal(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Portal:
    made = Portal(monkeypatch)
    named("customer-1", "order-1")
    return made


def test_a_mail_waits_for_no_quiet_hours_no_cap_and_no_unsubscribing(portal: Portal) -> None:
    every = [one.value for one in Category]
    let_out(quiet_hours={"begin": "00:00", "end": "23:59", "hold": every}, mails_a_day=0)
    for category in Category:
        ContactStore("main").unsubscribe(address_digest("main", JANE), category, NOW)

    assert call(BEGIN, portal.code()).status == 201


def test_a_code_goes_by_mail_whatever_channels_are_set(portal: Portal) -> None:
    let_out(channels={"sign_in_code": ["text"]}, text_sender="KAUPPA")
    portal.ask()

    assert len(portal.mail()) == 1
    assert portal.ses.texts == []


@pytest.mark.parametrize("cause", list(Cause))
def test_an_address_that_bounced_or_complained_gets_none(portal: Portal, cause: Cause) -> None:
    ContactStore("main").suppress(address_digest("main", JANE), cause, NOW)
    assert portal.ask().status == 202

    assert portal.mail() == []
    [kept] = deliveries()
    assert (kept.status, kept.reason) == (Status.SKIPPED, "suppressed")


def test_a_code_that_comes_too_late_or_was_replaced_isnt_mailed(
    portal: Portal, fake_clock: FakeClock
) -> None:
    portal.ask()
    [first] = portal.queued()
    portal.ask()
    [second] = portal.queued()
    fake_clock.at += timedelta(minutes=9, seconds=1)
    assert tell(first, second) == []

    assert portal.ses.mails == []
    assert {one.reason for one in deliveries()} == {"not_true_any_more"}


def test_a_message_that_comes_twice_is_mailed_once(portal: Portal) -> None:
    portal.ask()
    [queued] = portal.queued()
    assert tell(queued, queued) == []
    assert tell(queued) == []

    assert len(portal.ses.mails) == 1


def test_a_code_that_was_tried_again_by_its_carrier_is_the_same(
    portal: Portal, fake_clock: FakeClock
) -> None:

    busy = {
        "Error": {"Code": "TooManyRequestsException"},
        "ResponseMetadata": {"HTTPStatusCode": 429},
    }
    portal.ses.raises = [ClientError(busy, "SendEmail")]
    code_id = portal.ask().body["code_id"]
    assert portal.mail() == []
    [waiting] = deliveries()
    fake_clock.at += timedelta(minutes=2)
    assert tell(wake(waiting)) == []
    [mail] = portal.ses.read

    assert "voimassa 8 minuuttia" in mail.get_body(("plain",)).get_content()
    assert call(BEGIN, {"code_id": code_id, "code": digits_in(mail)}).status == 201


def test_nobody_is_mailed_whom_no_order_names(portal: Portal) -> None:
    assert portal.ask(NOBODY).status == 202
    assert portal.mail() == []
    assert deliveries() == []

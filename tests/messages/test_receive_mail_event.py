"""Reports of carriers come twice and in any order, and dead addresses get no more mail."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from functions.receive_mail_event.app import lambda_handler
from kassa.audit.trail import Actor
from kassa.customers.addresses import address_digest
from kassa.deliveries.delivery import Channel, Delivery, Outcome, Status, new_delivery
from kassa.deliveries.store import Deliveries
from kassa.messages.contacts.contact import Cause
from kassa.messages.contacts.contact_store import ContactStore
from kassa.messages.contacts.lift_suppression import Lift, lift_suppression
from kassa.platform import aws
from tests.support.aws_stack import NOW, Context, FakeClock, Stack
from tests.support.facts import captured
from tests.support.mail_events import bounce, complaint, mail_event, text_event
from tests.support.queue_batches import batch, failed

JANE = address_digest("main", "jane@shop.example")


def sent(number: int = 1, status: Status = Status.SENT) -> Delivery:
    """Return a mail that left; or of which nobody knows."""
    fact = captured(f"pi_{number}", NOW, (1, "EUR"))
    new = new_delivery(fact, Channel.MAIL, "customer:jane", NOW, message="invoice")
    attempt = Deliveries("main").begin(new, is_repeatable=False)
    assert attempt is not None
    return Deliveries("main").end(attempt, Outcome(status))


def receive(*bodies: str) -> list[str]:
    return failed(lambda_handler(batch(*bodies), Context()))


def now_is(delivery: Delivery) -> Delivery:
    kept = Deliveries("main").find(delivery.delivery_id)
    assert kept is not None
    return kept


def cause() -> Cause | None:
    return ContactStore("main").read(JANE).cause


def test_reports_end_in_the_same_whatever_their_order(stack: Stack) -> None:
    for number, kinds in enumerate(permutations(range(4))):
        mail = sent(number)
        reports = (
            mail_event("Send", mail.delivery_id),
            mail_event("Delivery", mail.delivery_id),
            bounce(mail.delivery_id),
            complaint(mail.delivery_id),
        )
        assert receive(*(reports[kind] for kind in kinds), *reports) == []
        assert (now_is(mail).status, now_is(mail).reason) == (Status.COMPLAINED, "abuse")


def test_a_report_that_another_write_overtakes_is_noted_at_once(stack: Stack) -> None:
    mail, real = sent(), aws.client("dynamodb")

    class Overtaken:
        """Lets another report in before the first write."""

        others = [Status.DELIVERED]

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def put_item(self, **arguments: Any) -> Any:
            while self.others:
                Deliveries("main").report(mail.delivery_id, self.others.pop())
            return real.put_item(**arguments)

    aws.install({"dynamodb": Overtaken()})
    assert receive(complaint(mail.delivery_id)) == []

    assert now_is(mail).status is Status.COMPLAINED


@pytest.mark.parametrize("kind", ["Send", "Delivery"])
def test_an_event_of_the_carrier_s_settles_what_nobody_knew(stack: Stack, kind: str) -> None:
    mail = sent(status=Status.UNKNOWN)
    receive(mail_event(kind, mail.delivery_id))

    assert now_is(mail).status is (Status.SENT if kind == "Send" else Status.DELIVERED)


def test_a_hard_bounce_stops_the_address_and_no_other(stack: Stack) -> None:
    mail = sent()
    receive(bounce(mail.delivery_id, address="Jane@Shop.example"))

    assert (now_is(mail).status, now_is(mail).reason) == (Status.BOUNCED, "permanent_general")
    assert cause() is Cause.BOUNCE
    assert ContactStore("main").read(address_digest("main", "other@shop.example")).cause is None


def test_a_wrong_address_is_dead_though_ses_calls_it_transient(stack: Stack) -> None:
    receive(bounce(sent().delivery_id, "Transient", status="5.1.1"))

    assert cause() is Cause.BOUNCE


def test_a_full_mailbox_is_given_up_after_three_days_not_after_three_events(
    stack: Stack, fake_clock: FakeClock
) -> None:
    full = [
        bounce(
            sent(day).delivery_id, "Transient", status="5.2.2", at=str(NOW + timedelta(days=day))
        )
        for day in range(3)
    ]
    receive(full[0], full[0], full[0], full[1])
    assert cause() is None

    receive(full[2])
    assert cause() is Cause.SOFT_BOUNCES


def test_days_long_past_count_no_more(stack: Stack) -> None:
    for day in (0, 40, 80):
        at = str(NOW + timedelta(days=day))
        receive(bounce(sent(day).delivery_id, "Transient", status="4.2.2", at=at))

    assert cause() is None


def test_a_note_of_absence_after_the_mail_arrived_changes_nothing(stack: Stack) -> None:
    for day in range(5):
        mail, at = sent(day), str(NOW + timedelta(days=day))
        receive(mail_event("Delivery", mail.delivery_id))
        receive(bounce(mail.delivery_id, "Transient", status="4.0.0", at=at))

    assert (now_is(mail).status, cause()) == (Status.DELIVERED, None)


def test_who_said_that_a_mail_is_no_spam_didn_t_complain(stack: Stack) -> None:
    mail = sent()
    receive(complaint(mail.delivery_id, "not-spam"))

    assert (now_is(mail).status, cause()) == (Status.SENT, None)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("TEXT_SENT", Status.SENT),
        ("TEXT_SUCCESSFUL", Status.DELIVERED),
        ("TEXT_UNREACHABLE", Status.BOUNCED),
        ("TEXT_BLOCKED", Status.BOUNCED),
    ],
)
def test_a_text_s_fate_is_noted_too(stack: Stack, kind: str, status: Status) -> None:
    text = sent()
    receive(text_event(kind, text.delivery_id))

    assert now_is(text).status is status


def test_a_number_that_is_none_gets_no_more_texts(stack: Stack) -> None:
    receive(text_event("TEXT_INVALID", sent().delivery_id))

    digest = address_digest("main", "+358 40 1234567")
    assert ContactStore("main").read(digest).cause is Cause.BOUNCE


@pytest.mark.parametrize(
    "body",
    [
        mail_event("Bounce", None, bounceType="Permanent", bouncedRecipients=[]),
        mail_event("Delivery", "dl_of_somebody_else"),
        bounce("dl_of_somebody_else"),
        mail_event("Open", "dl_1"),
        text_event("TEXT_DELIVERED", None),
    ],
)
def test_what_isn_t_about_a_mail_of_ours_is_left_alone(stack: Stack, body: str) -> None:
    assert receive(body) == []
    assert cause() is None


@pytest.mark.parametrize("body", ["{}", '{"source":"aws.ses","detail":{}}', '{"source":"aws.ses"}'])
def test_what_says_less_than_its_like_comes_back(stack: Stack, body: str) -> None:
    assert receive(body) == ["m0"]


def test_an_old_bounce_doesn_t_undo_what_a_person_lifted(
    stack: Stack, fake_clock: FakeClock
) -> None:
    old = bounce(sent().delivery_id)
    receive(old)
    fake_clock.at += timedelta(hours=1)
    _lift()
    receive(old)
    assert cause() is None

    receive(bounce(sent(2).delivery_id, at=str(NOW + timedelta(hours=2))))
    assert cause() is Cause.BOUNCE


def _lift() -> None:
    lift_suppression("main", Lift(JANE, "the mailbox is mended", Actor(key_id="key-1")))


@pytest.mark.parametrize("order", [(bounce, complaint), (complaint, bounce)])
def test_a_complaint_stands_over_a_bounce_whichever_comes_first(stack: Stack, order: Any) -> None:
    for number, report in enumerate(order):
        receive(report(sent(number).delivery_id))

    assert cause() is Cause.COMPLAINT


def test_no_item_holds_an_address(stack: Stack) -> None:
    mail = sent()
    receive(bounce(mail.delivery_id), complaint(mail.delivery_id))
    kept: list[Any] = stack.items()

    assert "jane" not in str(kept).replace("customer:jane", "")

"""Notes on a payment: written in the console, in the customer's export, erased with them."""

import logging
from datetime import timedelta

import pytest

from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.notes import note_store
from kassa.people.persons import Role
from kassa.privacy.erase_customer import erase_customer
from kassa.privacy.export_customer import export_customer
from tests.support.builders import OPERATOR
from tests.support.console_pages import Browser, Page, person
from tests.support.console_pages import opened as opened
from tests.support.fake_clock import FakeClock
from tests.support.person import CUSTOMER
from tests.support.person_scene import play
from tests.support.refund_stage import RefundStage
from tests.support.refund_stage import stage as stage

pytestmark = pytest.mark.usefixtures("opened")
HOSTILE = "<script>alert(1)</script> Aino called"
FORM = "0123456789abcdef"


@pytest.fixture
def clerk() -> Browser:
    return Browser().sign_in(person(Role.SUPPORT, name="Bea"))


def path_of(payment_id: str) -> str:
    return f"/console/payments/stripe/main/{payment_id}"


def subject(payment_id: str) -> Subject:
    kind = SubjectKind.PAYMENT
    return Subject(gateway="stripe", account="main", kind=kind, subject_id=payment_id)


def write(browser: Browser, payment_id: str, note: str = HOSTILE, note_id: str = FORM) -> Page:
    return browser.send(f"{path_of(payment_id)}/note", note=note, note_id=note_id)


def test_notes_are_shown_with_who_wrote_them_the_newest_first(
    stage: RefundStage, clerk: Browser, fake_clock: FakeClock
) -> None:
    payment_id = stage.pay()
    assert "Nobody wrote one." in clerk.get(path_of(payment_id)).text
    assert write(clerk, payment_id).leads_to == path_of(payment_id)
    fake_clock.at += timedelta(minutes=1)
    write(clerk, payment_id, "The second", "f" * 16)
    page = clerk.get(path_of(payment_id))

    assert "<script>alert" not in page.body
    assert page.text.index("The second Bea · ") < page.text.index(f"{HOSTILE} Bea · ")


def test_the_same_form_twice_is_one_note(stage: RefundStage, clerk: Browser) -> None:
    payment_id = stage.pay()
    for _ in range(2):
        assert write(clerk, payment_id).status == 303

    assert [one.text for one in note_store.read(subject(payment_id))] == [HOSTILE]


@pytest.mark.parametrize(
    ("note", "note_id"), [("", FORM), ("  ", FORM), ("x" * 1_001, FORM), ("x", "1"), ("x", "")]
)
def test_a_note_that_can_t_be_is_refused(
    stage: RefundStage, clerk: Browser, note: str, note_id: str
) -> None:
    payment_id = stage.pay()

    assert write(clerk, payment_id, note, note_id).status == 400
    assert note_store.read(subject(payment_id)) == ()


def test_nobody_notes_on_a_payment_that_isn_t_there(clerk: Browser) -> None:
    assert write(clerk, "pi_other").status == 404


@pytest.mark.parametrize("role", [Role.READER, Role.APPROVER, Role.DEVELOPER])
def test_who_enters_no_payments_reads_notes_and_writes_none(
    stage: RefundStage, clerk: Browser, role: Role
) -> None:
    payment_id = stage.pay()
    write(clerk, payment_id)
    browser = Browser().sign_in(person(role))

    assert HOSTILE in browser.get(path_of(payment_id)).text
    assert f"{path_of(payment_id)}/note" not in browser.get(path_of(payment_id)).body
    assert write(browser, payment_id, note_id="a" * 16).status == 403


def test_no_note_is_logged(
    stage: RefundStage, clerk: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        write(clerk, stage.pay())

    assert "Aino" not in caplog.text


def test_a_customers_export_has_the_notes_and_their_erasure_erases_them(
    stage: RefundStage, clerk: Browser
) -> None:
    payment_id = play(stage).payment_id
    write(clerk, payment_id)
    exported = export_customer(CUSTOMER)
    assert [one.text for one in exported.payment_notes] == [HOSTILE]

    done = erase_customer(CUSTOMER, OPERATOR, lambda: 100.0)
    assert done.erased.notes == 1
    assert export_customer(CUSTOMER).payment_notes == ()
    assert "Aino called" not in clerk.get(path_of(payment_id)).text

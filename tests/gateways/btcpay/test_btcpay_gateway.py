"""What Kassa asks of BTCPay, against its fake: pages, refunds, look-ups, and kinds of silence."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.fake_gateways.kit.faults import Fault, Kind
from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.core.money import Money
from kassa.gateways import http
from kassa.gateways.btcpay import gateway as calls
from kassa.gateways.btcpay.events import read
from kassa.gateways.events import (
    Delivery,
    GatewayEvent,
    Subject,
    SubjectKind,
    UnverifiedNotification,
)
from kassa.gateways.http import HttpAnswer, HttpRequest
from kassa.gateways.submissions import CheckoutState, CheckoutSubmission, RefundSubmission
from kassa.platform.secrets import ApiAccess
from tests.support.gateway_scenes.btcpay import BtcpayScene

START = datetime(2026, 11, 21, 9, tzinfo=UTC)


class Wire:
    """A scene whose clock a test moves, and the access to it."""

    def __init__(self) -> None:
        self.at = START
        self.scene = BtcpayScene(lambda: self.at.timestamp(), 7)
        self.fake = self.scene.fake
        self.access = ApiAccess.model_validate(self.scene.secrets()["api/btcpay/main"])
        self.requests: list[HttpRequest] = []
        http.install(self.transport)

    def transport(self, request: HttpRequest) -> HttpAnswer:
        self.requests.append(request)
        return self.scene.transport(request)

    def lose(self, method: str = "POST", kind: Kind = Kind.LOST_RESPONSE, times: int = 1) -> None:
        self.fake.faults.expect(Fault(kind, method=method, times=times))

    def answer_instead(self, status: int, body: bytes) -> None:
        http.install(lambda request: HttpAnswer(status, {}, body))

    def skip(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.fake.run_due()

    def paid(self, amount_minor: int = 10_00) -> str:
        return str(self.fake.sell("o-1", amount_minor)["payment_id"])

    def ids(self) -> list[str]:
        return list(self.fake.store.pull_payments)


@pytest.fixture
def wire() -> Iterator[Wire]:
    yield Wire()
    http.install(None)


def submission(**more: Any) -> CheckoutSubmission:
    fields: dict[str, Any] = {"order_id": "o-1", "submission_id": "o-1.1"}
    fields |= {"amount": Money(amount_minor=10_00, currency="EUR"), "language": "fi"}
    fields |= {"success_url": "https://shop.example/thanks", "customer_id": "c-1"}
    return CheckoutSubmission(**(fields | {"cancel_url": "https://shop.example/"} | more))


def refund_submission(
    invoice_id: str, amount_minor: int = 6_00, submission_id: str = "rr_1"
) -> RefundSubmission:
    payment = Subject(
        gateway="btcpay", account="main", kind=SubjectKind.PAYMENT, subject_id=invoice_id
    )
    return RefundSubmission(
        payment=payment,
        submission_id=submission_id,
        amount=Money(amount_minor=amount_minor, currency="EUR"),
    )


def delivery(origin: str) -> Delivery:
    return Delivery(
        gateway="btcpay",
        account="main",
        merchant_id="shop",
        mode="live",
        received_at=START,
        origin=origin,
    )


def events(bodies: Any, origin: str = "look_up") -> list[GatewayEvent]:
    found = [read(body, delivery(origin)) for body in bodies]
    return [one for one in found if isinstance(one, GatewayEvent)]


def object_report(event: GatewayEvent) -> tuple[str, str, int]:
    last = event.object_reports[-1]
    return last.kind.value, last.state, last.amount.amount_minor


def test_a_checkout_is_an_invoice_of_the_orders_amount_that_names_the_attempt(wire: Wire) -> None:
    opened = calls.open_checkout(wire.access, submission())
    (invoice,) = wire.fake.store.invoices.values()
    assert opened.checkout_id == f"{invoice.id}/checkout"
    assert (opened.payment_id, opened.url) == (invoice.id, f"https://btcpay.example/i/{invoice.id}")
    assert opened.expires_at == START + timedelta(minutes=30)
    names = {"orderId": "o-1", "submission_id": "o-1.1", "customerId": "c-1", "language": "fi"}
    assert invoice.metadata == names
    assert (f"{invoice.price}", invoice.currency) == ("10.00", "EUR")
    assert invoice.checkout["redirectURL"] == "https://shop.example/thanks"
    assert invoice.checkout["defaultLanguage"] == "fi-FI"


@pytest.mark.parametrize("language", [None, "sv", "zh-Hant", "ja", "th", "ru", "en"])
def test_a_checkout_opens_in_every_language_also_those_btcpay_doesnt_speak(
    wire: Wire, language: str | None
) -> None:
    assert calls.open_checkout(wire.access, submission(language=language)).url


def test_yen_are_submitted_without_decimals(wire: Wire) -> None:
    calls.open_checkout(wire.access, submission(amount=Money(amount_minor=1500, currency="JPY")))
    (invoice,) = wire.fake.store.invoices.values()
    assert f"{invoice.price}" == "1500"


def test_a_checkout_whose_answer_was_lost_is_found_by_order_and_attempt(wire: Wire) -> None:
    wire.lose()
    with pytest.raises(GatewayUnavailable):
        calls.open_checkout(wire.access, submission())
    found = calls.find_checkout(wire.access, submission(), None)
    assert found is not None
    assert found.state is CheckoutState.OPEN
    assert found.opened.payment_id in wire.fake.store.invoices
    assert calls.find_checkout(wire.access, submission(submission_id="o-1.2"), None) is None
    assert calls.find_checkout(wire.access, submission(order_id="o-2"), None) is None


def test_what_is_found_is_what_was_opened(wire: Wire) -> None:
    opened = calls.open_checkout(wire.access, submission())
    for checkout_id in (opened.checkout_id, None):
        found = calls.find_checkout(wire.access, submission(), checkout_id)
        assert found is not None
        assert found.opened == opened
    assert calls.find_checkout(wire.access, submission(), "nothing/checkout") is None


def test_a_checkout_that_was_archived_is_still_the_one_of_its_attempt(wire: Wire) -> None:
    opened = calls.open_checkout(wire.access, submission())
    wire.fake.store.invoices[str(opened.payment_id)].is_archived = True
    found = calls.find_checkout(wire.access, submission(), None)
    assert found is not None
    assert found.opened == opened


def test_of_two_checkouts_of_one_attempt_the_paid_one_is_found(wire: Wire) -> None:
    left, paid, open_one = (calls.open_checkout(wire.access, submission()) for _ in range(3))
    wire.fake.finish_checkout(left.checkout_id, "expired")
    found = calls.find_checkout(wire.access, submission(), None)
    assert found is not None
    assert found.state is CheckoutState.OPEN
    wire.fake.finish_checkout(paid.checkout_id, "paid")
    found = calls.find_checkout(wire.access, submission(), None)
    assert found is not None
    assert found.opened == paid
    assert open_one != paid


STATES = [
    (lambda fake, one: None, CheckoutState.OPEN),
    (lambda fake, one: fake.pay(one, 4_00, True), CheckoutState.OPEN),
    (lambda fake, one: fake.pay(one), CheckoutState.OPEN),
    (lambda fake, one: fake.finish_checkout(one, "paid"), CheckoutState.PAID),
    (lambda fake, one: fake.finish_checkout(one, "declined"), CheckoutState.FAILED),
    (lambda fake, one: fake.finish_checkout(one, "expired"), CheckoutState.EXPIRED),
    (lambda fake, one: fake.mark_invoice(one, "Settled"), CheckoutState.PAID),
]


@pytest.mark.parametrize(("act", "state"), STATES)
def test_the_status_of_a_checkout_is_read(wire: Wire, act: Any, state: CheckoutState) -> None:
    opened = calls.open_checkout(wire.access, submission())
    act(wire.fake, opened.payment_id)
    found = calls.find_checkout(wire.access, submission(), opened.checkout_id)
    assert found is not None
    assert found.state is state


@pytest.mark.parametrize(
    ("amount_minor", "is_confirmed", "state"),
    [
        (4_00, True, CheckoutState.EXPIRED),  # the part is captured; the order isn't paid
        (10_00, False, CheckoutState.OPEN),  # on its way: nothing else may be opened
        (10_00, True, CheckoutState.PAID),
    ],
)
def test_the_status_of_an_expired_checkout_that_was_paid_late_is_read(
    wire: Wire, amount_minor: int, is_confirmed: bool, state: CheckoutState
) -> None:
    opened = calls.open_checkout(wire.access, submission())
    wire.skip(1_801)
    wire.fake.pay(str(opened.payment_id), amount_minor, is_confirmed)
    found = calls.find_checkout(wire.access, submission(), opened.checkout_id)
    assert found is not None
    assert found.state is state


def test_a_refund_is_a_pull_payment_of_our_name_in_the_payments_currency(wire: Wire) -> None:
    paid = wire.paid()
    made = calls.refund(wire.access, refund_submission(paid))
    (offer,) = wire.fake.store.pull_payments.values()
    assert (offer.id, offer.name, offer.invoice_id) == (made.refund_id, "rr_1", paid)
    assert (f"{offer.amount}", offer.currency, offer.is_auto_approved) == ("6.00", "EUR", False)
    assert calls.payment_of(wire.access, made.refund_id) == paid


@pytest.mark.parametrize("kind", [Kind.LOST_RESPONSE, Kind.ERROR_AFTER])
def test_a_refund_whose_answer_was_lost_is_found_and_not_offered_again(
    wire: Wire, kind: Kind
) -> None:
    refund = refund_submission(wire.paid())
    wire.lose(kind=kind)
    with pytest.raises(GatewayUnavailable):
        calls.refund(wire.access, refund)
    again = calls.refund(wire.access, refund)
    assert wire.ids() == [again.refund_id]
    assert calls.find_refund(wire.access, refund) == again


def test_a_refund_that_never_arrived_is_submitted_again(wire: Wire) -> None:
    refund = refund_submission(wire.paid())
    wire.lose(kind=Kind.LOST_REQUEST)
    with pytest.raises(GatewayUnavailable):
        calls.refund(wire.access, refund)
    assert calls.find_refund(wire.access, refund) is None
    assert wire.ids() == []
    made = calls.refund(wire.access, refund)
    assert wire.ids() == [made.refund_id]


def test_nothing_is_offered_while_nobody_can_say_what_was_offered_before(wire: Wire) -> None:
    refund = refund_submission(wire.paid())
    wire.lose("GET", Kind.ERROR_BEFORE, times=3)
    with pytest.raises(GatewayUnavailable):
        calls.refund(wire.access, refund)
    assert [one.method for one in wire.requests if one.method == "POST"] == []


def test_of_two_offers_that_raced_the_older_stands_and_the_other_is_archived(wire: Wire) -> None:
    refund = refund_submission(wire.paid())

    def twice(request: HttpRequest) -> HttpAnswer:
        if request.method == "POST":
            wire.transport(request)  # a lost request of before that arrives only now
            wire.skip(1)
        return wire.transport(request)

    http.install(twice)
    made = calls.refund(wire.access, refund)
    first, second = wire.fake.store.pull_payments.values()
    assert made.refund_id == first.id
    assert (first.is_archived, second.is_archived) == (False, True)
    assert calls.refund(wire.access, refund) == made
    assert len(wire.ids()) == 2


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_what_is_refused_after_an_offer_was_made_is_no_known_no(wire: Wire, method: str) -> None:
    refund, is_made = refund_submission(wire.paid()), False

    def denying(request: HttpRequest) -> HttpAnswer:
        nonlocal is_made
        if is_made and request.method == method:
            return HttpAnswer(403, {}, b'{"code": "missing-permission"}')
        if request.method == "POST":
            is_made = True
            wire.transport(request)
        return wire.transport(request)

    http.install(denying)
    with pytest.raises(GatewayUnavailable):
        calls.refund(wire.access, refund)
    http.install(wire.transport)
    assert calls.refund(wire.access, refund).refund_id in wire.ids()
    assert len(wire.ids()) == 2  # nothing more was offered


def test_refunds_of_other_names_payments_and_people_are_not_ours(wire: Wire) -> None:
    paid, other = wire.paid(), wire.paid()
    wire.fake.refund_in_dashboard(paid, 1_00)
    calls.refund(wire.access, refund_submission(other))
    calls.refund(wire.access, refund_submission(paid, submission_id="rr_2"))
    assert calls.find_refund(wire.access, refund_submission(paid)) is None


def test_a_refund_that_was_archived_is_still_the_refund_of_its_name(wire: Wire) -> None:
    refund = refund_submission(wire.paid())
    made = calls.refund(wire.access, refund)
    wire.fake.archive_refund(made.refund_id)
    assert calls.refund(wire.access, refund) == made


@pytest.mark.parametrize(
    ("is_known", "reason"), [(True, "not_refundable"), (False, "unknown_payment")]
)
def test_a_known_no_says_why(wire: Wire, is_known: bool, reason: str) -> None:
    unpaid = calls.open_checkout(wire.access, submission()).payment_id
    with pytest.raises(GatewayRefused) as refused:
        calls.refund(wire.access, refund_submission(str(unpaid) if is_known else "unknown"))
    assert (str(refused.value), refused.value.is_retryable) == (reason, False)
    assert wire.ids() == []


@pytest.mark.parametrize(
    ("status", "body", "reason", "is_retryable"),
    [
        (401, b"", "access_denied", True),
        (403, b'{"code": "missing-permission"}', "access_denied", True),
        (400, b'{"code": "generic-error", "message": "no coin"}', "no_payment_method", True),
        (400, b'{"code": "something-new"}', "something-new", False),
        (422, b'[{"path": "Currency", "message": "?"}]', "currency_not_supported", True),
        (422, b'[{"path": "checkout.x", "message": "?"}]', "invalid_checkout.x", True),
    ],
)
def test_a_checkout_that_is_refused_says_whether_another_gateway_may_do(
    wire: Wire, status: int, body: bytes, reason: str, is_retryable: bool
) -> None:
    wire.answer_instead(status, body)
    with pytest.raises(GatewayRefused) as refused:
        calls.open_checkout(wire.access, submission())
    assert (str(refused.value), refused.value.is_retryable) == (reason, is_retryable)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>a proxy's page</html>"),
        (200, b'"text"'),
        (204, b""),
        (302, b"<html>moved</html>"),
        (404, b"<html>not found</html>"),
        (408, b""),
        (429, b"{}"),
        (500, b'{"code": "generic-error"}'),
        (503, b"<html>starting</html>"),
    ],
)
def test_what_isnt_btcpays_answer_is_silence_and_never_means_that_there_is_nothing(
    wire: Wire, status: int, body: bytes
) -> None:
    refund = refund_submission("inv")
    wire.answer_instead(status, body)
    for call in (
        lambda: calls.find_refund(wire.access, refund),
        lambda: calls.find_checkout(wire.access, submission(), "inv/checkout"),
        lambda: calls.find_checkout(wire.access, submission(), None),
        lambda: calls.look_up(wire.access, refund.payment),
        lambda: calls.refund(wire.access, refund),
    ):
        with pytest.raises(GatewayUnavailable):
            call()


@pytest.mark.parametrize("missing", ["api_base", "shop"])
def test_without_an_address_or_a_store_nothing_is_called(wire: Wire, missing: str) -> None:
    access = wire.access.model_copy(update={missing: None})
    with pytest.raises(GatewayRefused):
        calls.open_checkout(access, submission())
    assert wire.requests == []


def test_the_key_stands_in_its_header_and_in_no_address(wire: Wire) -> None:
    calls.refund(wire.access, refund_submission(wire.paid()))
    calls.look_up(wire.access, refund_submission(wire.paid()).payment)
    assert {one.headers["Authorization"] for one in wire.requests} == {"token btcpay-api-key"}
    assert not any("btcpay-api-key" in one.url for one in wire.requests)


def test_a_look_up_reports_the_payment_and_each_of_its_refunds(wire: Wire) -> None:
    paid = wire.paid()
    calls.refund(wire.access, refund_submission(paid))
    wire.fake.refund_in_dashboard(paid, 1_50)
    found = events(calls.look_up(wire.access, refund_submission(paid).payment))
    assert [object_report(one) for one in found] == [
        ("charge", "captured", 10_00),
        ("refund", "requires_action", 6_00),
        ("refund", "succeeded", 1_50),
    ]
    assert {one.subject.subject_id for one in found} == {paid}
    assert calls.look_up(wire.access, refund_submission("unknown").payment) == []


def test_the_same_state_looked_up_twice_is_one_event_and_another_state_another(wire: Wire) -> None:
    opened = calls.open_checkout(wire.access, submission())
    payment = refund_submission(str(opened.payment_id)).payment
    first, again = (calls.look_up(wire.access, payment) for _ in range(2))
    assert first == again
    wire.fake.finish_checkout(str(opened.payment_id), "paid")
    (before,), (after,) = (events(one) for one in (first, calls.look_up(wire.access, payment)))
    assert before.event_id != after.event_id
    assert before.event_id.startswith(f"look_up:{opened.payment_id}:")


def test_nothing_of_a_buyers_name_or_mail_is_kept(wire: Wire) -> None:
    paid = wire.paid()
    wire.fake.store.invoices[paid].metadata |= {"buyerEmail": "b@example.org", "buyerName": "Bo"}
    notification = UnverifiedNotification(
        event_id="d1",
        gateway_type="InvoiceSettled",
        happened_at=START,
        reads="invoice",
        object_id=paid,
        name="d1",
    )
    kept = json.dumps(calls.confirm(wire.access, notification)) + str(
        calls.look_up(wire.access, refund_submission(paid).payment)
    )
    assert "b@example.org" not in kept
    assert "Bo" not in kept


def listed(wire: Wire, read_until: str | None) -> tuple[list[tuple[str, str, int]], str | None]:
    found: list[GatewayEvent] = []
    for page in calls.list_events(wire.access, read_until, wire.at):
        found += events(page.bodies, "pull")
        assert read_until is None or page.read_until > read_until
        read_until = page.read_until
    return sorted(object_report(one) for one in found), read_until


def test_what_was_missed_is_listed_invoices_and_refunds_alike(wire: Wire) -> None:
    calls.open_checkout(wire.access, submission())  # nobody pays: nothing to tell
    paid = wire.paid()
    wire.fake.refund_in_dashboard(paid, 2_00)
    wire.skip(3_600)
    found, read_until = listed(wire, None)
    assert found == [
        ("charge", "captured", 10_00),
        ("checkout", "expired", 10_00),
        ("refund", "succeeded", 2_00),
    ]
    assert listed(wire, read_until) == ([], read_until)  # too soon to walk again


def test_an_invoice_made_before_the_cursor_and_paid_after_it_is_listed(wire: Wire) -> None:
    opened = calls.open_checkout(wire.access, submission())
    _, read_until = listed(wire, None)
    wire.fake.finish_checkout(str(opened.payment_id), "paid")
    wire.skip(7_200)
    assert listed(wire, read_until)[0] == [("charge", "captured", 10_00)]


def test_an_invoice_that_nobody_touched_is_not_even_read(wire: Wire) -> None:
    calls.open_checkout(wire.access, submission())
    wire.skip(60)
    wire.requests.clear()
    assert listed(wire, None)[0] == []
    assert not any("payment-methods" in one.url for one in wire.requests)


def test_an_old_invoice_is_listed_while_coins_or_a_person_may_still_change_it(wire: Wire) -> None:
    watched, marked, over = (wire.fake.store.invoices[wire.paid()] for _ in range(3))
    wire.skip(3 * 86_400)
    watched.status, marked.additional = "Processing", "Marked"
    found = [
        event.subject.subject_id
        for page in calls.list_events(wire.access, None, wire.at)
        for event in events(page.bodies, "pull")
    ]
    assert sorted(found) == sorted([watched.id, marked.id])
    assert over.id not in found


def test_a_walk_that_was_broken_off_goes_on_where_it_stopped(wire: Wire) -> None:
    paid = [wire.paid(1_00 + number) for number in range(120)]
    wire.skip(60)
    seen, read_until = set(), None
    for _ in range(5):
        page = next(calls.list_events(wire.access, read_until, wire.at), None)
        if page is None:
            break
        seen |= {event.subject.subject_id for event in events(page.bodies, "pull")}
        assert read_until is None or page.read_until > read_until
        read_until = page.read_until
    assert seen == set(paid)
    assert page is None

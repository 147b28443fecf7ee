"""What a payment was paid with stands in the fact of its fee, so that the fee can be explained."""

import pytest

from kassa.core.money import Money
from kassa.gateways.events import Movement, ObjectKind, ObjectReport
from kassa.gateways.payment_methods import PaidMethod
from kassa.ledger.facts import BalanceTransactionBooked, PaymentCaptured, PaymentDescribed
from tests.support.builders import balance, event, fold, object_report

K = ObjectKind
FEE = Movement(moves="charge", gross=Money(amount_minor=100_00, currency="EUR"), fee_minor=1_65)
Paid = tuple[str | None, str | None, str | None]


def charge(object_id: str, *paid: str | None, state: str = "captured") -> ObjectReport:
    method, brand, card_country = paid or (None, None, None)
    fields = {"method": method, "brand": brand, "card_country": card_country}
    return object_report(object_id, K.CHARGE, state).model_copy(update=fields)


def paid_with(*charges: ObjectReport) -> Paid:
    """Return what the fact of a fee says that comes after these charges."""
    paid = [event(f"evt_{n}", one) for n, one in enumerate(charges)]
    _, facts = fold([*paid, balance(FEE)])
    (fee,) = [one.data for one in facts if isinstance(one.data, BalanceTransactionBooked)]
    return fee.method, fee.brand, fee.card_country


VISA = (PaidMethod.CARD, "visa", "FI")


def test_a_fee_says_what_its_payment_was_paid_with() -> None:
    assert paid_with(charge("ch_1", *VISA)) == ("card", "visa", "FI")


def test_a_failed_attempt_with_another_card_is_not_what_was_paid_with() -> None:
    failed = charge("ch_0", PaidMethod.CARD, "amex", "US", state="failed")

    assert paid_with(failed, charge("ch_1", *VISA)) == ("card", "visa", "FI")


def test_a_fee_says_only_what_all_captures_of_its_payment_were_paid_with() -> None:
    other = charge("ch_2", PaidMethod.CARD, "mastercard", "FI")

    assert paid_with(charge("ch_1", *VISA), other) == ("card", None, "FI")


def test_a_fee_says_when_its_payment_was_captured() -> None:
    taken = charge("ch_1", *VISA)
    _, facts = fold([event("evt_1", taken), balance(FEE)])

    (fee,) = [one.data for one in facts if isinstance(one.data, BalanceTransactionBooked)]
    assert fee.captured_at == taken.happened_at


def test_a_fee_that_comes_before_its_payment_says_nothing() -> None:
    _, facts = fold([balance(FEE), event("evt_1", charge("ch_1", *VISA))])

    (fee,) = [one.data for one in facts if isinstance(one.data, BalanceTransactionBooked)]
    (taken,) = [one.data for one in facts if isinstance(one.data, PaymentCaptured)]
    assert (fee.method, fee.brand, fee.card_country) == (None, None, None)
    assert taken.card_country == "FI"


@pytest.mark.parametrize("country", ["FI", None])
def test_a_capture_that_is_described_later_names_its_country_then(country: str | None) -> None:
    later = charge("ch_1", PaidMethod.CARD, "visa", country)
    _, facts = fold([event("evt_1", charge("ch_1")), event("evt_2", later)])

    (described,) = [one.data for one in facts if isinstance(one.data, PaymentDescribed)]
    assert described.card_country == country

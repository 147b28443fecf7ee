"""What is written of a disputed payment: only what is known, by the reason, within what fits."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from kassa.core.money import Money
from kassa.disputes.answers.evidence import (
    Added,
    Known,
    KnownRefund,
    Section,
    fitting,
    parts_of,
    statement_of,
)
from kassa.disputes.answers.letter import letter, unprintable
from kassa.disputes.reasons import DisputeCategory

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
PAID = Money(amount_minor=100_00, currency="EUR")
KNOWN = Known(
    order_id="order-1",
    captured=PAID,
    captured_at=AT,
    method="card",
    earlier_payments=3,
    refunds=(KnownRefund(refund_id="re_1", amount=PAID, state="succeeded", at=AT),),
)


def test_what_isnt_known_isnt_claimed() -> None:
    assert parts_of(Known(), Added(), DisputeCategory.FRAUDULENT) == ()


@pytest.mark.parametrize(
    ("category", "first"),
    [
        (DisputeCategory.FRAUDULENT, Section.HISTORY),
        (DisputeCategory.NOT_RECEIVED, Section.SHIPPING),
        (DisputeCategory.NOT_REFUNDED, Section.REFUNDS),
        (DisputeCategory.GENERAL, Section.PAYMENT),
    ],
)
def test_what_counts_for_the_reason_comes_first(category: DisputeCategory, first: Section) -> None:
    parts = parts_of(KNOWN, Added(tracking_number="JD014"), category)
    assert parts[0].section is first


def test_a_text_that_must_be_short_keeps_what_the_person_wrote() -> None:
    parts = parts_of(KNOWN, Added(statement="We handed it over."), DisputeCategory.GENERAL)
    assert statement_of(fitting(parts, 20)) == "We handed it over."
    assert 20 < len(statement_of(fitting(parts, 120))) <= 120
    assert statement_of(fitting(parts, 0)) == "We handed it over."  # too long, but never cut


def test_a_letter_is_a_pdf_that_reads_as_it_was_written() -> None:
    lines = ["Parcel (no. 5) was handed over \\ in Jyväskylä.", *["x " * 80] * 60]
    document = PdfReader(BytesIO(letter("Dispute du_1", lines)))
    text = "".join(page.extract_text() for page in document.pages)
    assert len(document.pages) > 1
    assert "Parcel (no. 5) was handed over \\ in Jyväskylä." in text
    assert letter("a", lines) == letter("a", lines)


def test_letters_that_a_pdf_of_ours_cant_hold_are_named() -> None:
    assert unprintable("Sent to 東京, 5 €") == "京東"
    assert unprintable("Lähetetty") == ""

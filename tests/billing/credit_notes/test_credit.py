"""Partial refunds make credit notes that reconcile with their invoice, rate by rate."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.billing.credit_notes.credit import Credited, Refunded, Units, charged, credited_draft
from kassa.billing.documents.draft import Preceding
from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.documents.lines import Adjustment
from kassa.billing.documents.totals import Document, worked_out
from kassa.core.errors import InvalidRequest
from tests.support.billing import draft, line, taxed
from tests.support.billing_drafts import drafts

INVOICE = Preceding(number="2026-00000007", issued_on=date(2026, 11, 21))
TODAY = date(2026, 11, 29)


def credited(
    invoice: Document, minor: int, before: Credited | None = None, units: Units | None = None
) -> tuple[Document, Credited]:
    refund = Refunded(minor, TODAY, units or {})
    made, after = credited_draft(invoice, INVOICE, before, refund)
    return worked_out(made), after


def rates(document: Document) -> dict[str, tuple[int, int]]:
    return {f"{o.tax.rate:f}": (o.net_minor, o.tax_minor) for o in document.taxes}


SOLD = worked_out(
    draft(
        [line(10_00, "24", quantity=3, product_id="LAMP"), line(8_00, "14", name="Book")],
        prices_include_tax=True,
        order_id="order-1",
    )
)


def test_a_refund_of_one_line_gives_back_that_line_and_its_tax() -> None:
    note, _ = credited(SOLD, 20_00, units={0: Decimal(2)})

    assert rates(note) == {"24": (16_13, 3_87)}
    [given] = note.draft.lines
    assert (given.name, given.quantity, given.product_id) == ("Lamp", 2, "LAMP")


def test_it_names_the_invoice_and_goes_to_whom_that_went() -> None:
    note, _ = credited(SOLD, 1_00)

    assert (note.draft.kind, note.draft.preceding) == (DocumentKind.CREDIT_NOTE, INVOICE)
    assert (note.draft.buyer, note.draft.seller) == (SOLD.draft.buyer, SOLD.draft.seller)
    assert (note.draft.order_id, note.draft.issued_on) == ("order-1", TODAY)


def test_a_refund_that_names_no_line_gives_back_of_all_in_proportion() -> None:
    note, _ = credited(SOLD, 19_00)

    assert [one.entered_minor for one in note.lines] == [15_00, 4_00]
    assert note.gross_minor == 19_00


def test_more_than_the_named_lines_goes_back_of_what_is_left() -> None:
    note, _ = credited(SOLD, 10_00 + 2_80, units={0: Decimal(1)})

    assert [one.entered_minor for one in note.lines] == [12_00, 80]


def test_less_than_the_named_lines_is_a_part_of_them_alone() -> None:
    note, _ = credited(SOLD, 5_00, units={0: Decimal(1)})

    assert [(one.line.name, one.entered_minor) for one in note.lines] == [("Lamp", 5_00)]


def test_shipping_stays_with_the_customer_who_gets_a_line_back() -> None:
    shipping = Adjustment(is_charge=True, amount_minor=4_96, reason="Shipping", tax=taxed("24"))
    sold = worked_out(draft([line(10_00, "24", quantity=2)], adjustments=(shipping,)))
    note, _ = credited(sold, 12_40, units={0: Decimal(1)})

    assert [one.name for one in charged(sold)] == ["Lamp", "Shipping"]
    assert rates(note) == {"24": (10_00, 2_40)}
    assert [one.line.name for one in note.lines] == ["Lamp"]


def test_a_voucher_is_taken_off_what_goes_back() -> None:
    off = Adjustment(percent=Decimal(10), reason="Voucher")
    sold = worked_out(draft([line(100_00, "24", quantity=2)], adjustments=(off,)))

    assert charged(sold)[0].gross_minor == 223_20
    note, _ = credited(sold, 111_60, units={0: Decimal(1)})
    assert rates(note) == {"24": (90_00, 21_60)}


def test_a_whole_line_that_goes_back_shows_its_quantity_and_unit() -> None:
    cable = line(4_00, "24", name="Cable", quantity="2.5", unit="MTR")
    odd = line(1_00, "24", name="Bulbs", quantity=3, unit="H87", adjustments=(
        Adjustment(amount_minor=1, reason="Off"),
    ))  # fmt: skip
    sold = worked_out(draft([cable, odd], prices_include_tax=True))
    whole, _ = credited(sold, sold.gross_minor)
    more_than_named, _ = credited(sold, sold.gross_minor, units={0: Decimal(1)})

    for note in (whole, more_than_named):
        assert [(one.quantity, one.unit) for one in note.draft.lines] == [
            (Decimal("2.5"), "MTR"),
            (Decimal(3), "H87"),
        ]
        assert [(one.unit_price_minor, one.price_quantity) for one in note.draft.lines] == [
            (4_00, 1),
            (2_99, 3),
        ]


def test_a_part_of_a_line_is_one_without_its_unit() -> None:
    sold = worked_out(draft([line(10_00, "24", quantity=3, unit="KGM")], prices_include_tax=True))
    first, after = credited(sold, 7_00)
    last, _ = credited(sold, 23_00, after)

    for note, minor in ((first, 7_00), (last, 23_00)):
        [given] = note.draft.lines
        assert (given.quantity, given.unit, given.unit_price_minor) == (1, "C62", minor)


@pytest.mark.parametrize("minor", [0, -1, 38_01])
def test_no_more_goes_back_than_there_is(minor: int) -> None:
    with pytest.raises(InvalidRequest, match="2026-00000007"):
        credited(SOLD, minor)
    _, after = credited(SOLD, 38_00)
    with pytest.raises(InvalidRequest):
        credited(SOLD, 1, after)


@given(drafts(), st.data())
def test_credit_notes_of_several_refunds_reconcile_with_their_invoice(
    sold: Document, data: st.DataObject
) -> None:
    left, before, sums = sold.gross_minor, None, Counter[tuple[str, str]]()
    for is_last in (*[False] * data.draw(st.integers(0, 12)), True):
        if not left:
            break
        minor = left if is_last else data.draw(st.integers(1, left))
        at = data.draw(st.integers(0, len(sold.lines) - 1))
        units = data.draw(st.sampled_from([{}, {at: sold.lines[at].line.quantity / 2}]))
        note, before = credited(sold, minor, before, units)
        assert note.gross_minor == minor
        assert all(one.net_minor >= 0 and one.tax_minor >= 0 for one in note.taxes)
        for one in note.taxes:
            group = f"{one.tax.category} {one.tax.rate.normalize() + 0:f}"
            sums[group, "net"] += one.net_minor
            sums[group, "tax"] += one.tax_minor
        left -= minor
    for total in sold.taxes:
        group = f"{total.tax.category} {total.tax.rate.normalize() + 0:f}"
        assert (sums[group, "net"], sums[group, "tax"]) == (total.net_minor, total.tax_minor)

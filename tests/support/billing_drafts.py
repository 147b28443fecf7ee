"""Drafts as hypothesis draws them."""

from decimal import Decimal

from hypothesis import reject
from hypothesis import strategies as st

from kassa.billing.documents.draft import Rounding
from kassa.billing.documents.lines import Adjustment, Line
from kassa.billing.documents.totals import Document, worked_out
from kassa.core.errors import InvalidRequest
from tests.support.billing import draft, line, taxed

MINOR = st.integers(0, 10**7) | st.integers(0, 20)
_RATES = st.sampled_from(["0", "5.5", "7", "8", "10", "14", "19", "24", "25.5"])
_PERCENT = st.decimals("0", "30", places=2) | st.just(Decimal(100))


@st.composite
def _adjustments(draw: st.DrawFn, base: int) -> tuple[Adjustment, ...]:
    off = draw(st.one_of(st.none(), _PERCENT))
    charge = draw(st.one_of(st.none(), MINOR))
    made = []
    if off is not None:
        made.append(Adjustment(percent=off, reason="Off"))
    if charge is not None:
        made.append(Adjustment(is_charge=True, amount_minor=charge, reason="Charge"))
    if base and draw(st.booleans()):
        most = draw(st.sampled_from([base // 2, base]))
        made.append(
            Adjustment(amount_minor=draw(st.integers(0, most) | st.just(most)), reason="Off")
        )
    return tuple(made)


@st.composite
def drafts(draw: st.DrawFn) -> Document:
    """Draw a draft that can be, worked out: 1 to 6 lines, discounts, charges, any currency."""
    lines: list[Line] = []
    for _ in range(draw(st.integers(1, 6))):
        price = draw(MINOR)
        quantity = draw(st.decimals("0.001", "1000", places=3))
        adjustments = draw(_adjustments(int(price * quantity)))
        lines.append(line(price, draw(_RATES), quantity=str(quantity), adjustments=adjustments))
    whole = sum(int(one.unit_price_minor * one.quantity) for one in lines)
    of_all = draw(_adjustments(whole))
    if draw(st.booleans()):  # shipping has a rate of its own
        fee = draw(MINOR)
        of_all += (Adjustment(is_charge=True, amount_minor=fee, reason="Fee", tax=taxed("24")),)
    sold = draft(
        lines,
        currency=draw(st.sampled_from(["EUR", "JPY", "KWD"])),
        prices_include_tax=draw(st.booleans()),
        rounding=draw(st.sampled_from(Rounding)),
        adjustments=of_all,
    )
    try:
        return worked_out(sold)
    except InvalidRequest:
        reject()

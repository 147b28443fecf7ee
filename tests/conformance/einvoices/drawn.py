"""Documents drawn at random, the same ones every time: what nobody would think of writing."""

from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

from kassa.billing.documents.draft import Draft, Rounding
from kassa.billing.documents.lines import Adjustment, Line
from kassa.billing.documents.totals import worked_out
from kassa.billing.einvoice.checks import problems
from kassa.billing.einvoice.profiles import EN16931, JP_PINT
from kassa.core.errors import InvalidRequest
from kassa.core.tax import Tax, TaxCategory
from tests.conformance.einvoices.cases import EUROPEAN, Case, credited, european, japanese
from tests.support.billing import taxed

SEED = 16931
JAPANESE = [
    Tax(category=TaxCategory.STANDARD, rate=Decimal(10)),
    Tax(category=TaxCategory.REDUCED, rate=Decimal(8)),
    Tax(category=TaxCategory.EXEMPT),
    Tax(category=TaxCategory.EXPORT),
]
TAXES = [
    *(taxed(rate) for rate in ("25.5", "13.5", "10", "2.1", "0")),
    Tax(category=TaxCategory.EXEMPT, reason="Exempt by law"),
    Tax(category=TaxCategory.REVERSE_CHARGE),
]


def drawn_cases(count: int) -> Iterator[Case]:
    """Yield so many documents that can be worked out and aren't refused, for all their profiles."""
    random = Random(SEED)
    found = 0
    while found < count:
        is_japanese = random.random() < 0.25
        draft = _draft(random, is_japanese)
        profiles = (JP_PINT,) if is_japanese else EUROPEAN
        kept = tuple(one for one in profiles if _is_sound(draft, one))
        if kept and (is_japanese or EN16931 in kept):
            found += 1
            yield Case(f"drawn {found}", draft, kept)


def _is_sound(draft: Draft, profile: Any) -> bool:
    try:
        return not problems(worked_out(draft), profile)
    except InvalidRequest:  # discounts of more than there is
        return False


def _draft(random: Random, is_japanese: bool) -> Draft:
    taxes = JAPANESE if is_japanese else TAXES
    fields: dict[str, Any] = {
        "prices_include_tax": random.random() < 0.5,
        "rounding": random.choice(list(Rounding)),
        "adjustments": _adjustments(random, 2),
    }
    lines = [_line(random, taxes) for _ in range(random.randint(1, 12))]
    if is_japanese:
        draft = japanese(lines, **fields)
    else:
        draft = european(lines, currency=random.choice(["EUR", "EUR", "USD", "JPY"]), **fields)
    return credited(draft) if random.random() < 0.4 else draft


def _line(random: Random, taxes: list[Tax]) -> Line:
    quantity = Decimal(random.randint(1, 10 ** random.randint(1, 7)))
    return Line(
        name="Lamp",
        quantity=quantity / 10 ** random.randint(0, 4),
        unit_price_minor=random.randint(0, 10 ** random.randint(1, 6)),
        price_quantity=random.choice([Decimal(1), Decimal(1), Decimal(100), Decimal("0.7")]),
        tax=random.choice(taxes),
        adjustments=_adjustments(random, 3),
    )


def _adjustments(random: Random, most: int) -> tuple[Adjustment, ...]:
    count = random.choice([0, 0, 0, 1, most])
    return tuple(_adjustment(random) for _ in range(count))


def _adjustment(random: Random) -> Adjustment:
    is_charge = random.random() < 0.4
    if random.random() < 0.5:
        percent = Decimal(random.randint(0, 9999)) / 100
        return Adjustment(is_charge=is_charge, percent=percent, reason="Share")
    return Adjustment(is_charge=is_charge, amount_minor=random.randint(0, 300), reason="Amount")

"""Documents that merchants of several countries write, each with the profiles it is written for."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any, NamedTuple

from kassa.billing.documents.draft import Draft, Rounding
from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.documents.lines import Adjustment, Line
from kassa.billing.documents.totals import Document, worked_out
from kassa.billing.einvoice.codes import UNITS
from kassa.billing.einvoice.profiles import EN16931, FINVOICE, JP_PINT, PEPPOL, XRECHNUNG, Profile
from kassa.core.tax import Tax, TaxCategory
from tests.conformance.einvoices import people
from tests.support.billing import draft, line

PERIOD = (date(2026, 11, 1), date(2026, 11, 30))
DISCOUNT = Adjustment(percent=Decimal("12.5"), reason="Loyal customer", reason_code="95")
FREIGHT = Adjustment(is_charge=True, amount_minor=790, reason="Freight", reason_code="FC")
EUROPEAN = (EN16931, PEPPOL, XRECHNUNG, FINVOICE)
RATES = {"FI": ("25.5", "13.5", "10"), "DE": ("19", "7"), "FR": ("20", "5.5", "2.1")}


class Case(NamedTuple):
    """A document that must pass, and the profiles it is written for."""

    name: str
    draft: Draft
    profiles: tuple[Profile, ...] = EUROPEAN

    @property
    def document(self) -> Document:
        """Return it worked out."""
        return worked_out(self.draft)


def cases() -> Iterator[Case]:
    """Yield every document that must pass."""
    yield from _sales()
    yield from _untaxed()
    yield from _corners()
    yield from _japanese()
    yield from _elsewhere()


def european(lines: list[Line], country: str = "FI", **fields: Any) -> Draft:
    """Return a document of a seller of the EU who says all that its profiles ask."""
    known: dict[str, Any] = {
        "seller": people.SELLERS[country],
        "buyer": people.BUYERS[country],
        "bank_accounts": (people.ACCOUNTS[country],),
        "buyer_reference": "04011000-12345-03",
        "delivered_on": date(2026, 11, 20),
    }
    return draft(lines, **(known | fields))


def credited(one: Draft, **fields: Any) -> Draft:
    """Return a credit note of what a draft says."""
    preceding = {"number": "2026-000122", "issued_on": date(2026, 11, 2)}
    given = {"kind": DocumentKind.CREDIT_NOTE, "preceding": preceding, "reason": "Returned"}
    return Draft.model_validate(one.model_dump() | given | fields)


def untaxed(category: TaxCategory, reason: str | None = None) -> Tax:
    """Return a tax of nothing."""
    return Tax(category=category, reason=reason)


def _sales() -> Iterator[Case]:
    """Yield sales at home: rates, prices with tax and without, discounts, charges, credit notes."""
    for country, inclusive in product(RATES, (False, True)):
        lines = [
            line(1999 + 7 * at, rate, quantity=Decimal(at + 1), product_id=f"SKU-{at}")
            for at, rate in enumerate(RATES[country])
        ]
        kind = "with tax" if inclusive else "net"
        fields: dict[str, Any] = {"prices_include_tax": inclusive}
        sale = european(lines, country, **fields)
        yield Case(f"{country} {kind}", sale)
        yield Case(f"{country} {kind} credit note", credited(sale))
        adjusted = european(lines, country, adjustments=(DISCOUNT, FREIGHT), **fields)
        yield Case(f"{country} {kind} discount and freight", adjusted)
        yield Case(f"{country} {kind} discount credit note", credited(adjusted))
        own = (DISCOUNT, Adjustment(amount_minor=5, reason="Scratch"), FREIGHT)
        yield Case(
            f"{country} {kind} lines adjusted",
            european(
                [one.model_copy(update={"adjustments": own}) for one in lines], country, **fields
            ),
        )
        yield Case(
            f"{country} {kind} prepaid", european(lines, country, prepaid_minor=1000, **fields)
        )


def _untaxed() -> Iterator[Case]:
    """Yield what isn't taxed, each for its reason."""
    abroad = {"buyer": people.BUYERS["DE"], "seller": people.SELLERS["FI"]}
    kinds = {
        "exempt": untaxed(TaxCategory.EXEMPT, "Exempt under article 132 of directive 2006/112/EC"),
        "reverse charge": untaxed(TaxCategory.REVERSE_CHARGE),
        "reverse charge in words": untaxed(TaxCategory.REVERSE_CHARGE, "Reverse charge"),
        "intra-community": untaxed(TaxCategory.INTRA_COMMUNITY),
        "export": untaxed(TaxCategory.EXPORT, "Export outside the EU"),
        "zero": untaxed(TaxCategory.ZERO),
    }
    for name, tax in kinds.items():
        sale = european([Line(name="Lamp", unit_price_minor=12345, tax=tax)], **abroad)
        yield Case(name, sale)
        yield Case(f"{name} credit note", credited(sale))
    mixed = [
        line(5000, "25.5"),
        Line(name="Lesson", unit_price_minor=777, tax=kinds["exempt"]),
        Line(name="Book", unit_price_minor=999, tax=kinds["zero"]),
    ]
    yield Case("taxed, exempt and zero with a discount", european(mixed, adjustments=(DISCOUNT,)))
    scope = Line(name="Deposit", unit_price_minor=100, tax=untaxed(TaxCategory.OUT_OF_SCOPE))
    small = people.without_tax_id(people.SELLERS["DE"])
    outside = european(
        [scope], "DE", seller=small, buyer=people.without_tax_id(people.BUYERS["DE"])
    )
    yield Case("out of scope", outside, (EN16931, PEPPOL, FINVOICE))
    yield Case("out of scope credit note", credited(outside), (EN16931, PEPPOL, FINVOICE))


def _corners() -> Iterator[Case]:
    """Yield corners of rounding, size and text."""
    many = [
        line(333 + at, ("25.5", "13.5", "10")[at % 3], quantity=Decimal(at + 1) / 8)
        for at in range(60)
    ]
    for inclusive in (False, True):
        name = "60 lines with tax" if inclusive else "60 lines"
        sale = european(many, prices_include_tax=inclusive, adjustments=(DISCOUNT, FREIGHT))
        yield Case(name, sale)
        yield Case(f"{name} credit note", credited(sale))
    cents = [line(1, rate) for rate in ("25.5", "13.5", "10") for _ in range(5)]
    for inclusive, rounding in product((False, True), Rounding):
        fields: dict[str, Any] = {"prices_include_tax": inclusive, "rounding": rounding}
        yield Case(f"cents {inclusive} {rounding}", european(cents, **fields))
    fine = line(123, price_quantity=Decimal(100), quantity=Decimal("12345.678"), unit="KWH")
    yield Case("price of a part of a cent", european([fine]))
    yield Case("third", european([line(1000, quantity=Decimal("0.333333"))]))
    yield Case("nothing to pay", european([line(1000)], prepaid_minor=1240))
    yield Case("free of charge", european([line(0), line(100)]))
    yield Case(
        "all taken off",
        european([line(100)], adjustments=(Adjustment(percent=Decimal(100), reason="Gift"),)),
    )
    gift = (Adjustment(percent=Decimal(100), reason="Gift"),)
    given = [line(124, adjustments=gift), line(99, "13.5")]
    yield Case("a line taken off, with tax", european(given, prices_include_tax=True))
    nearly = (Adjustment(amount_minor=222, reason="Gift"),)
    both = european([line(124), line(99)], prices_include_tax=True, adjustments=nearly)
    yield Case("nearly all taken off, with tax", both)
    yield Case(
        "period",
        european([line(100)], period=PERIOD, order_id="o-1", remittance="RF18539007547034"),
    )
    yield Case(
        "order of the buyer",
        european([line(100)], purchase_order="PO-1", order_id="o-1", note="Thank you"),
    )
    yield Case(
        "terms without a day",
        european([line(100)], due_on=None, payment_terms="At once"),
        (EN16931, PEPPOL, XRECHNUNG),
    )
    yield Case(
        "letters",
        european([line(100, name="Lämpö & <varjo> «ламп» 電球 โคมไฟ 💡", description="a\nb")]),
    )
    units = [line(100, unit=unit) for unit in sorted(UNITS)]
    yield Case("every unit", european(units))
    yield Case("dollars", european([line(1999)], currency="USD"))
    yield Case(
        "yen from Finland",
        european([line(1999, quantity=Decimal("1.5"))], currency="JPY"),
        (EN16931, PEPPOL, XRECHNUNG),
    )


def _japanese() -> Iterator[Case]:
    """Yield Japan's qualified invoices: two rates, each rounded once, the reduced one marked."""
    reduced = Tax(category=TaxCategory.REDUCED, rate=Decimal(8))
    lines = [
        line(1980, "10", name="電球", quantity=Decimal(3)),
        line(324, name="お茶", tax=reduced, quantity=Decimal(7)),
    ]
    for inclusive, rounding in product((False, True), Rounding):
        fields: dict[str, Any] = {"prices_include_tax": inclusive, "rounding": rounding}
        sale = japanese(lines, **fields)
        name = f"JP {'with tax' if inclusive else 'net'} {rounding}"
        yield Case(name, sale, (JP_PINT,))
        yield Case(f"{name} credit note", credited(sale), (JP_PINT,))
        freight = Adjustment(is_charge=True, amount_minor=550, reason="送料")
        points = Adjustment(amount_minor=333, reason="ポイント")
        yield Case(
            f"{name} points", japanese(lines, adjustments=(points, freight), **fields), (JP_PINT,)
        )
    export = Line(name="Lamp", unit_price_minor=5000, tax=untaxed(TaxCategory.EXPORT))
    yield Case("JP export", japanese([export]), (JP_PINT,))


def japanese(lines: list[Line], **fields: Any) -> Draft:
    """Return a qualified invoice from Tokyo."""
    known = {
        "seller": people.SELLERS["JP"],
        "buyer": people.BUYERS["JP"],
        "currency": "JPY",
        "period": PERIOD,
        "languages": ("ja",),
    }
    return draft(lines, **(known | fields))


def _elsewhere() -> Iterator[Case]:
    """Yield plain invoices of sellers whose country has no electronic invoice that we write."""
    for country, currency, rate in (("TH", "THB", "7"), ("RU", "RUB", "22"), ("HK", "HKD", "0")):
        for inclusive in (False, True):
            fields: dict[str, Any] = {
                "seller": people.SELLERS[country],
                "buyer": people.BUYERS["DE"],
                "currency": currency,
                "prices_include_tax": inclusive,
            }
            sale = draft([line(9999, rate, quantity=Decimal(3))], **fields)
            yield Case(f"{country} {inclusive}", sale, (EN16931,))
            yield Case(f"{country} {inclusive} credit note", credited(sale), (EN16931,))

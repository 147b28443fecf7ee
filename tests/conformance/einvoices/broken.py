"""Drafts that no electronic invoice can say, each with the rule and field that must refuse it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from kassa.billing.documents.draft import Draft, Rounding
from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.documents.lines import Adjustment, Line
from kassa.billing.einvoice.profiles import EN16931, FINVOICE, JP_PINT, PEPPOL, XRECHNUNG, Profile
from kassa.core.tax import Tax, TaxCategory
from kassa.customers.parties import BankAccount, Endpoint
from tests.conformance.einvoices import people
from tests.conformance.einvoices.cases import PERIOD, european, japanese, untaxed
from tests.support.billing import line

# Not in a set that a package ships: R003 is in Peppol's own, R008 in XRechnung's alone, and CEN's
# release 1.3.16 has no BR-CO-25. A receipt (BR-04) can't be written at all.
NOT_SHIPPED = {"PEPPOL-EN16931-R003", "PEPPOL-EN16931-R008", "BR-CO-25", "BR-04"}

LAMP = line(1000, "25.5")
TEA = line(300, "10")


class Broken(NamedTuple):
    """A draft, and what must be said of it."""

    rule: str
    field: str
    draft: Draft
    profile: Profile = EN16931

    @property
    def is_judged(self) -> bool:
        """Tell whether the rule is in a set that a package ships, and can be written at all."""
        return self.rule.startswith(("BR-", "PEPPOL-EN16931-R0")) and self.rule not in NOT_SHIPPED


def sold(category: TaxCategory, reason: str | None = None, **fields: Any) -> Line:
    """Return a lamp that is taxed in some way."""
    return Line(name="Lamp", unit_price_minor=1000, tax=untaxed(category, reason), **fields)


def seller(country: str = "FI", **fields: Any) -> dict[str, Any]:
    """Return a seller with something else."""
    return {"seller": people.SELLERS[country].model_copy(update=fields)}


def buyer(country: str = "FI", **fields: Any) -> dict[str, Any]:
    """Return a buyer with something else."""
    return {"buyer": people.BUYERS[country].model_copy(update=fields)}


def broken() -> Iterator[Broken]:
    """Yield every draft that must be refused."""
    yield from _plain()
    yield from _numbers()
    yield from _codes()
    yield from _untaxed()
    yield from _profiles()


def _plain() -> Iterator[Broken]:
    yield Broken("BR-04", "kind", european([LAMP], kind=DocumentKind.RECEIPT))
    yield Broken("BR-07", "buyer", european([LAMP], buyer=None))
    yield Broken("BR-CO-25", "due_on", european([LAMP], due_on=None))
    nameless = seller(registration_id=None, tax_id=None)
    yield Broken("BR-CO-26", "seller.tax_id", european([LAMP], **nameless))
    yield Broken("BR-DEC-23", "currency", european([LAMP], currency="KWD"))
    yield Broken("PEPPOL-EN16931-R008", "lines.0.name", european([line(1, name="  ")]))
    yield Broken("KASSA-XML", "note", european([LAMP], note="bell \x07"))


def _numbers() -> Iterator[Broken]:
    yield Broken("KASSA-VAT", "seller.tax_id", european([LAMP], **seller(tax_id="FI01120388")))
    yield Broken("KASSA-VAT", "buyer.tax_id", european([LAMP], **buyer(tax_id="DE136695977")))
    wrong = seller(registration_id="0112038-8")
    yield Broken("KASSA-ID", "seller.registration_id", european([LAMP], **wrong))
    gln = people.endpoint("0088", "7300010000002")
    address = people.BUYERS["FI"].model_validate(
        people.BUYERS["FI"].model_dump() | {"endpoint": gln}
    )
    yield Broken("KASSA-ID", "buyer.endpoint.value", european([LAMP], buyer=address))
    account = BankAccount(account="FI21 1234 5600 0007 86")
    yield Broken(
        "KASSA-IBAN", "bank_accounts.0.account", european([LAMP], bank_accounts=(account,))
    )
    yield Broken("KASSA-REFERENCE", "remittance", european([LAMP], remittance="RF19539007547034"))


def _codes() -> Iterator[Broken]:
    yield Broken("BR-CL-04", "currency", european([LAMP], currency="ABC"))
    home = people.SELLERS["FI"].address.model_copy(update={"country": "ZZ"})
    yield Broken("BR-CL-14", "seller.address.country", european([LAMP], **seller(address=home)))
    scheme = seller(registration_scheme="0999")
    yield Broken("BR-CL-11", "seller.registration_scheme", european([LAMP], **scheme))
    yield Broken("BR-CL-23", "lines.0.unit", european([line(1, unit="QQQ")]))
    odd = Adjustment(amount_minor=1, reason="Odd", reason_code="1")
    yield Broken("BR-CL-19", "adjustments.0.reason_code", european([LAMP], adjustments=(odd,)))
    extra = Adjustment(is_charge=True, amount_minor=1, reason="Odd", reason_code="95")
    own = line(100, "25.5", adjustments=(extra,))
    yield Broken("BR-CL-20", "lines.0.adjustments.0.reason_code", european([own]))
    law = Tax(category=TaxCategory.EXEMPT, reason_code="VATEX-EU-999")
    exempt = Line(name="Lesson", unit_price_minor=1, tax=law)
    yield Broken("BR-CL-22", "lines.0.tax.reason_code", european([exempt]))
    mail = Endpoint(scheme="XX", value="shop")
    yield Broken("BR-CL-25", "seller.endpoint.scheme", european([LAMP], **seller(endpoint=mail)))
    reduced = Tax(category=TaxCategory.REDUCED, rate=Decimal(8))
    yield Broken("BR-CL-18", "lines.0.tax.category", european([line(1, tax=reduced)]))


def _untaxed() -> Iterator[Broken]:
    down: dict[str, Any] = {"prices_include_tax": True, "rounding": Rounding.DOWN}
    yen = european([line(10, "10")], currency="JPY", **down)
    yield Broken("BR-CO-17", "rounding", yen)
    yield Broken("aligned-ibrp-051-jp", "rounding", japanese([line(10, "10")], **down), JP_PINT)
    stranger = buyer("DE", tax_id=None, registration_id=None)
    unregistered = seller(tax_id=None)
    for category, rule in (
        ("S", "BR-S-02"),
        ("Z", "BR-Z-02"),
        ("E", "BR-E-02"),
        ("AE", "BR-AE-02"),
        ("K", "BR-IC-02"),
    ):
        one = LAMP if category == "S" else sold(TaxCategory(category), "Because")
        yield Broken(rule, "seller.tax_id", european([one], **unregistered))
    reasoned = Tax(category=TaxCategory.STANDARD, rate=Decimal(24), reason="Because")
    yield Broken("BR-S-10", "lines.0.tax.reason", european([line(1, tax=reasoned)]))
    yield Broken("BR-Z-10", "lines.0.tax.reason", european([sold(TaxCategory.ZERO, "Because")]))
    yield Broken("BR-E-10", "lines.0.tax.reason", european([sold(TaxCategory.EXEMPT)]))
    owed = sold(TaxCategory.REVERSE_CHARGE)
    yield Broken("BR-AE-02", "buyer.tax_id", european([owed], **stranger))
    sent = sold(TaxCategory.INTRA_COMMUNITY)
    yield Broken("BR-IC-02", "buyer.tax_id", european([sent], **stranger))
    yield Broken("BR-IC-11", "delivered_on", european([sent], delivered_on=None))
    thai = {"seller": people.SELLERS["TH"]}
    yield Broken("BR-G-02", "seller.tax_id", european([sold(TaxCategory.EXPORT)], **thai))
    scope = sold(TaxCategory.OUT_OF_SCOPE)
    yield Broken("BR-O-02", "seller.tax_id", european([scope]))
    yield Broken("BR-O-11", "lines", european([scope, LAMP], **unregistered))


def _profiles() -> Iterator[Broken]:
    silent = buyer(endpoint=None)
    for profile in (PEPPOL, XRECHNUNG):
        yield Broken("PEPPOL-EN16931-R010", "buyer.endpoint", european([LAMP], **silent), profile)
        mute = european([LAMP], **seller(endpoint=None))
        yield Broken("PEPPOL-EN16931-R020", "seller.endpoint", mute, profile)
    bare = european([LAMP], buyer_reference=None)
    yield Broken("PEPPOL-EN16931-R003", "buyer_reference", bare, PEPPOL)
    yield from _german()
    yield Broken(
        "PEPPOL-EN16931-CL008",
        "seller.endpoint.scheme",
        european([LAMP], **seller(endpoint=Endpoint(scheme="EM", value="shop@shop.example"))),
        PEPPOL,
    )
    yield from _japanese()
    yield from _finnish()


def _finnish() -> Iterator[Broken]:
    """Yield what Finvoice's elements don't hold."""
    yield Broken(
        "Finvoice EpiAccountID", "bank_accounts", european([LAMP], bank_accounts=()), FINVOICE
    )
    yen = european([LAMP], currency="JPY")
    yield Broken("Finvoice EpiInstructedAmount", "currency", yen, FINVOICE)
    someday = european([LAMP], due_on=None, payment_terms="At once")
    yield Broken("Finvoice EpiDateOptionDate", "due_on", someday, FINVOICE)
    wrong = european([LAMP], remittance="1233", period=PERIOD)
    yield Broken("KASSA-REFERENCE", "remittance", wrong, FINVOICE)
    home = people.BUYERS["FI"].address
    for part, nothing in (("lines", ()), ("city", None), ("postal_code", None)):
        nowhere = european([LAMP], **buyer(address=home.model_copy(update={part: nothing})))
        field = f"buyer.address.{part}"
        yield Broken("Finvoice PostalAddressDetails", field, nowhere, FINVOICE)
    fields: dict[str, dict[str, Any]] = {
        "seller.name": seller(name="L" * 71),
        "buyer.address.city": buyer(address=home.model_copy(update={"city": "E" * 36})),
        "payment_terms": {"payment_terms": "t" * 141},
        "adjustments.0.reason": {"adjustments": (Adjustment(amount_minor=1, reason="r" * 71),)},
    }
    for field, changed in fields.items():
        yield Broken("Finvoice genericStringType", field, european([LAMP], **changed), FINVOICE)
    fine = european([line(1, "12.3456")])
    yield Broken("Finvoice percentage", "lines.0.tax.rate", fine, FINVOICE)
    much = european([line(1, quantity=Decimal("12345678.123456"))])
    yield Broken("Finvoice QuantityType", "lines.0.quantity", much, FINVOICE)


def _german() -> Iterator[Broken]:
    """Yield what Germany asks, in XRechnung and, between Germans, in Peppol."""
    shop, customer = people.SELLERS["DE"], people.BUYERS["DE"]
    drafts = {
        ("2", "seller.contact"): seller("DE", contact=None, phone=None, email=None),
        ("5", "seller.contact"): seller("DE", contact=None),
        ("6", "seller.phone"): seller("DE", phone=None),
        ("7", "seller.email"): seller("DE", email=None),
        ("15", "buyer_reference"): {"buyer_reference": None, "purchase_order": "PO-1"},
    }
    for part, digits in (("city", "38"), ("postal_code", "49")):
        for who, party, number in (("seller", shop, digits[0]), ("buyer", customer, digits[1])):
            address = party.address.model_copy(update={part: None})
            changed = party.model_copy(update={"address": address})
            drafts[number, f"{who}.address.{part}"] = {who: changed}
    for (number, field), fields in drafts.items():
        one = european([line(1000, "19")], "DE", **fields)
        yield Broken(f"BR-DE-{number}", field, one, XRECHNUNG)
        yield Broken(f"DE-R-{int(number):03}", field, one, PEPPOL)


def _japanese() -> Iterator[Broken]:
    yield Broken(
        "ibr-081", "seller.endpoint", japanese([TEA], **seller("JP", endpoint=None)), JP_PINT
    )
    yield Broken(
        "ibr-080", "buyer.endpoint", japanese([TEA], **buyer("JP", endpoint=None)), JP_PINT
    )
    for number in ("1234567890123", "T123", "T12345678901234"):
        wrong = japanese([TEA], **seller("JP", tax_id=number))
        yield Broken("aligned-ibr-jp-01", "seller.tax_id", wrong, JP_PINT)
    other = japanese([TEA], **seller("JP", tax_id="T5835678256247"))
    yield Broken("KASSA-ID", "seller.tax_id", other, JP_PINT)
    missing = japanese([TEA], **seller("JP", tax_id=None))
    yield Broken("aligned-ibr-jp-04", "seller.tax_id", missing, JP_PINT)
    yield Broken("aligned-ibrp-052", "period", japanese([TEA], period=None), JP_PINT)
    zero = japanese([sold(TaxCategory.ZERO)])
    yield Broken("aligned-ibrp-cl-01-jp", "lines.0.tax.category", zero, JP_PINT)

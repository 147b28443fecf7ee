"""A document as Finvoice 3.0, which Finnish banks and operators carry.

Source: the schema Finvoice3.0.xsd of Finance Finland. Amounts have a decimal comma, and those of a
credit note a minus, as in Finland. What a schema's length doesn't hold is refused by its rules
before a number is spent; the operator's envelope (SOAP, addresses of operators) isn't written.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.documents.totals import Document, TaxTotal, WorkedAdjustment, WorkedLine
from kassa.billing.einvoice.ids import is_finnish_reference, is_iban
from kassa.billing.einvoice.markup import Child, Markup, Node, to_bytes, written
from kassa.billing.einvoice.profiles import FINVOICE
from kassa.billing.einvoice.terms import (
    CREDIT_NOTE,
    INVOICE,
    account_number,
    amounts_of,
    note_of,
    price_of,
    tax_numbers,
)
from kassa.customers.parties import BankAccount, Party

_DAY = "CCYYMMDD"
_NOTE_MAX, _TERMS_MAX, _NAME_MAX, _PAYEE_MAX = 512, 70, 100, 35
_CODE_MAX = 20


def finvoice_bytes(document: Document, number: str) -> bytes:
    """Return a document under its number as Finvoice; the same input gives the same bytes."""
    return to_bytes(_Writer(document).document(number), "ISO-8859-15")


class _Writer:
    """Writes one document; each method one group of terms, in the order of the schema."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._draft = document.draft
        self._credits = document.draft.kind is DocumentKind.CREDIT_NOTE
        self._sign = -1 if self._credits else 1
        self._amount = amounts_of(document)
        self._x = Markup({})

    def document(self, number: str) -> Node:
        """Return the whole document."""
        return self._x.root(
            "Finvoice",
            *self._party("Seller", self._draft.seller),
            self._seller_accounts(),
            *(self._party("Buyer", self._draft.buyer) if self._draft.buyer else ()),
            self._delivery(),
            self._x("InvoiceDetails", *self._details(number), *self._totals(), *self._terms()),
            *(self._row(at, line) for at, line in enumerate(self._document.lines, start=1)),
            self._payment(),
            Version="3.0",
        )

    def _party(self, who: str, party: Party) -> Iterator[Child]:
        x, numbers, address = self._x, tax_numbers(party), party.address
        scheme = party.registration_scheme
        yield x(
            f"{who}PartyDetails",
            x(f"{who}PartyIdentifier", party.registration_id, SchemeID=scheme),
            x(f"{who}OrganisationName", party.name),
            x(f"{who}OrganisationTradingName", party.trading_name),
            x(f"{who}OrganisationTaxCode", numbers.vat or numbers.other),
            x(
                f"{who}PostalAddressDetails",
                *(x(f"{who}StreetName", line) for line in address.lines),
                x(f"{who}TownName", address.city),
                x(f"{who}PostCodeIdentifier", address.postal_code),
                x(f"{who}CountrySubdivision", address.subdivision),
                x("CountryCode", address.country),
            ),
        )
        yield x(f"{who}ContactPersonName", party.contact)
        yield x(
            f"{who}CommunicationDetails",
            x(f"{who}PhoneNumberIdentifier", party.phone),
            x(f"{who}EmailaddressIdentifier", party.email),
        )

    def _seller_accounts(self) -> Child:
        x = self._x
        accounts = (
            x(
                "SellerAccountDetails",
                self._account("SellerAccountID", account_number(one)),
                x("SellerBic", one.bic, IdentificationSchemeName="BIC"),
            )
            for one in self._draft.bank_accounts
            if one.bic
        )
        return x("SellerInformationDetails", *accounts)

    def _account(self, name: str, number: str) -> Child:
        scheme = "IBAN" if is_iban(number) else "BBAN"
        return self._x(name, number, IdentificationSchemeName=scheme)

    def _delivery(self) -> Child:
        return self._x("DeliveryDetails", self._day("DeliveryDate", self._draft.delivered_on))

    def _details(self, number: str) -> Iterator[Child]:
        x, draft, preceding = self._x, self._draft, self._draft.preceding
        yield x("InvoiceTypeCode", "INV02" if self._credits else "INV01")
        yield x("InvoiceTypeCodeUN", CREDIT_NOTE if self._credits else INVOICE)
        yield x("InvoiceTypeText", "HYVITYSLASKU" if self._credits else "LASKU")
        yield x("OriginCode", "Original")
        yield x("InvoiceNumber", number)
        yield self._day("InvoiceDate", draft.issued_on)
        if preceding:
            yield x("OriginalInvoiceNumber", preceding.number)
            yield self._day("OriginalInvoiceDate", preceding.issued_on)
        if draft.period:
            yield self._day("InvoicingPeriodStartDate", draft.period[0])
            yield self._day("InvoicingPeriodEndDate", draft.period[1])
        yield x("OrderIdentifier", draft.purchase_order)
        yield x("OrderConfirmationIdentifier", draft.order_id)
        yield x("BuyerReferenceIdentifier", draft.buyer_reference)

    def _totals(self) -> Iterator[Child]:
        done, money = self._document, self._money
        yield money("RowsTotalVatExcludedAmount", done.lines_minor)
        if done.allowances_minor:
            yield money("DiscountsTotalVatExcludedAmount", done.allowances_minor)
        if done.charges_minor:
            yield money("ChargesTotalVatExcludedAmount", done.charges_minor)
        yield money("InvoiceTotalVatExcludedAmount", done.net_minor)
        yield money("InvoiceTotalVatAmount", done.tax_minor)
        yield money("InvoiceTotalVatIncludedAmount", done.gross_minor)
        if done.draft.prepaid_minor:
            yield money("InvoicePaidAmount", done.draft.prepaid_minor)
        yield from map(self._taxed, done.taxes)

    def _taxed(self, total: TaxTotal) -> Child:
        x, tax = self._x, total.tax
        code = FINVOICE.exemption_code(tax)
        return x(
            "VatSpecificationDetails",
            self._money("VatBaseAmount", total.net_minor),
            x("VatRatePercent", _with_comma(tax.rate)),
            x("VatCode", tax.category),
            self._money("VatRateAmount", total.tax_minor),
            *(x("VatFreeText", part) for part in _parts(tax.reason, _TERMS_MAX, 3)),
            x("VatExemptionReasonCode", code) if code and len(code) <= _CODE_MAX else None,
        )

    def _terms(self) -> Iterator[Child]:
        x, draft = self._x, self._draft
        yield from (x("InvoiceFreeText", part) for part in _parts(note_of(draft), _NOTE_MAX))
        terms = (x("PaymentTermsFreeText", p) for p in _parts(draft.payment_terms, _TERMS_MAX, 2))
        yield x("PaymentTermsDetails", *terms, self._day("InvoiceDueDate", draft.due_on))
        for one in self._of_document(is_charge=False):
            yield self._adjustment("DiscountDetails", "FreeText", one)
        for one in self._of_document(is_charge=True):
            yield self._adjustment("ChargeDetails", "ReasonText", one)

    def _of_document(self, *, is_charge: bool) -> Iterable[WorkedAdjustment]:
        every = self._document.adjustments
        return (one for one in every if one.adjustment.is_charge is is_charge)

    def _adjustment(self, tag: str, reason: str, one: WorkedAdjustment) -> Child:
        x = self._x
        return x(
            tag,
            x(reason, one.adjustment.reason),
            x("ReasonCode", one.adjustment.reason_code),
            self._money("Amount", one.minor),
            x("VatCategoryCode", one.tax.category),
            x("VatRatePercent", _with_comma(one.tax.rate)),
        )

    def _row(self, at: int, worked: WorkedLine) -> Child:
        x, line = self._x, worked.line
        price = price_of(self._document, worked)
        long_name = line.name if len(line.name) > _NAME_MAX else None
        texts = [*_parts(long_name, _NOTE_MAX), *_parts(line.description, _NOTE_MAX)]
        return x(
            "InvoiceRow",
            x("ArticleIdentifier", line.product_id),
            x("ArticleName", line.name[:_NAME_MAX]),
            self._quantity("InvoicedQuantity", self._sign * line.quantity, line.unit),
            x("UnitPriceNetAmount", self._comma(price.minor), **self._currency),
            self._quantity("UnitPriceBaseQuantity", price.quantity, line.unit),
            x("RowPositionIdentifier", at),
            *(x("RowFreeText", part) for part in texts),
            *map(self._row_discount, _of(worked, is_charge=False)),
            *map(self._row_charge, _of(worked, is_charge=True)),
            x("RowVatRatePercent", _with_comma(line.tax.rate)),
            x("RowVatCode", line.tax.category),
            self._money("RowVatExcludedAmount", worked.net_minor),
        )

    def _row_discount(self, one: WorkedAdjustment) -> Child:
        x = self._x
        return x(
            "RowProgressiveDiscountDetails",
            self._money("RowDiscountAmount", one.minor),
            x("RowDiscountTypeCode", one.adjustment.reason_code),
            x("RowDiscountTypeText", one.adjustment.reason),
        )

    def _row_charge(self, one: WorkedAdjustment) -> Child:
        x = self._x
        return x(
            "RowChargeDetails",
            x("ReasonText", one.adjustment.reason),
            x("ReasonCode", one.adjustment.reason_code),
            self._money("Amount", one.minor),
        )

    def _payment(self) -> Child:
        x, draft = self._x, self._draft
        return x(
            "EpiDetails",
            x(
                "EpiIdentificationDetails",
                self._day("EpiDate", draft.issued_on),
                x.root("EpiReference"),
            ),
            *map(self._payee, draft.bank_accounts[:1]),
            x(
                "EpiPaymentInstructionDetails",
                self._reference(),
                self._money("EpiInstructedAmount", self._document.payable_minor),
                x("EpiCharge", "SLEV", ChargeOption="SLEV"),
                self._day("EpiDateOptionDate", draft.due_on or draft.issued_on),  # nothing is owed
            ),
        )

    def _payee(self, account: BankAccount) -> Child:
        x = self._x
        bic = x("EpiBfiIdentifier", account.bic, IdentificationSchemeName="BIC")
        return x(
            "EpiPartyDetails",
            x.root("EpiBfiPartyDetails", bic),
            x(
                "EpiBeneficiaryPartyDetails",
                x("EpiNameAddressDetails", self._draft.seller.name[:_PAYEE_MAX]),
                self._account("EpiAccountID", account_number(account)),
            ),
        )

    def _reference(self) -> Child:
        """Return the reference that a payer's bank checks: Finland's, or ISO 11649's."""
        remittance = (self._draft.remittance or "").replace(" ", "")
        if is_finnish_reference(remittance):
            scheme = "SPY"
        elif remittance.startswith("RF"):
            scheme = "ISO"
        else:
            return None
        return self._x("EpiRemittanceInfoIdentifier", remittance, IdentificationSchemeName=scheme)

    @property
    def _currency(self) -> dict[str, str | None]:
        return {"AmountCurrencyIdentifier": self._draft.currency}

    def _money(self, name: str, minor: int) -> Child:
        return self._x(name, self._comma(self._sign * minor), **self._currency)

    def _comma(self, minor: int) -> str:
        return self._amount(minor).replace(".", ",")

    def _quantity(self, name: str, quantity: Decimal, unit: str) -> Child:
        units = {"QuantityUnitCode": unit, "QuantityUnitCodeUN": unit}
        return self._x(name, _with_comma(quantity), **units)

    def _day(self, name: str, day: date | None) -> Child:
        return self._x(name, f"{day:%Y%m%d}" if day else None, Format=_DAY)


def _of(worked: WorkedLine, *, is_charge: bool) -> Iterable[WorkedAdjustment]:
    return (one for one in worked.adjustments if one.adjustment.is_charge is is_charge)


def _with_comma(number: Decimal) -> str:
    return written(number).replace(".", ",")


def _parts(text: str | None, size: int, most: int | None = None) -> list[str]:
    """Cut a text to what an element holds; `most` elements take it, and no more of it."""
    whole = text or ""
    parts = [whole[at : at + size] for at in range(0, len(whole), size)]
    return parts[:most]

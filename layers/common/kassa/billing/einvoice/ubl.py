"""A document as UBL 2.1: an Invoice or a CreditNote of EN 16931, in the terms of a profile.

Every element stands where EN 16931's binding to UBL (CEN/TS 16931-3-2) puts its term. Amounts are
those of the document worked out; nothing is added up here.
"""

from collections.abc import Iterator

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.documents.totals import Document, TaxTotal, WorkedAdjustment, WorkedLine
from kassa.billing.einvoice.markup import Child, Markup, Node, to_bytes
from kassa.billing.einvoice.profiles import EN16931, Profile
from kassa.billing.einvoice.terms import (
    CREDIT_NOTE,
    INVOICE,
    account_number,
    amounts_of,
    delivery_address,
    note_of,
    payment_means,
    price_of,
    rate_of,
    tax_numbers,
)
from kassa.core.tax import Tax
from kassa.customers.parties import Address, Party

_SCHEMA = "urn:oasis:names:specification:ubl:schema:xsd:"
_PARTS = {
    "cac": f"{_SCHEMA}CommonAggregateComponents-2",
    "cbc": f"{_SCHEMA}CommonBasicComponents-2",
}
_OTHER_TAX_SCHEME = "TAX"  # of a number that isn't a VAT number (BT-32)


def ubl_bytes(document: Document, number: str, profile: Profile = EN16931) -> bytes:
    """Return a document under its number as UBL; the same input gives the same bytes."""
    return to_bytes(_Writer(document, profile).document(number))


class _Writer:
    """Writes one document; each method one group of terms, in the order of the schema."""

    def __init__(self, document: Document, profile: Profile) -> None:
        self._document = document
        self._draft = document.draft
        self._profile = profile
        self._credits = document.draft.kind is DocumentKind.CREDIT_NOTE
        self._amount = amounts_of(document)
        self._name = "CreditNote" if self._credits else "Invoice"
        self._x = Markup({"": f"{_SCHEMA}{self._name}-2"} | _PARTS)

    def document(self, number: str) -> Node:
        """Return the whole document."""
        return self._x.root(
            self._name,
            *self._head(number),
            *self._references(),
            self._x("cac:AccountingSupplierParty", self._seller(self._draft.seller)),
            self._x("cac:AccountingCustomerParty", self._buyer(self._draft.buyer)),
            self._delivery(),
            *self._payment(),
            *(self._adjustment(one, of_document=True) for one in self._document.adjustments),
            self._taxes(),
            self._totals(),
            *(self._line(at, line) for at, line in enumerate(self._document.lines, start=1)),
        )

    def _head(self, number: str) -> Iterator[Child]:
        x, draft = self._x, self._draft
        yield x("cbc:CustomizationID", self._profile.customization_id)
        yield x("cbc:ProfileID", self._profile.process_id)
        yield x("cbc:ID", number)
        yield x("cbc:IssueDate", draft.issued_on)
        if self._credits:
            yield x("cbc:CreditNoteTypeCode", CREDIT_NOTE)
        else:
            yield x("cbc:DueDate", draft.due_on)
            yield x("cbc:InvoiceTypeCode", INVOICE)
        yield x("cbc:Note", note_of(draft))
        yield x("cbc:DocumentCurrencyCode", draft.currency)
        yield x("cbc:BuyerReference", draft.buyer_reference)

    def _references(self) -> Iterator[Child]:
        x, draft = self._x, self._draft
        if draft.period:
            start, end = draft.period
            yield x("cac:InvoicePeriod", x("cbc:StartDate", start), x("cbc:EndDate", end))
        # The buyer's order comes first in UBL; without one, Peppol wants NA before the seller's.
        own = draft.order_id
        theirs = draft.purchase_order or ("NA" if own else None)
        yield x("cac:OrderReference", x("cbc:ID", theirs), x("cbc:SalesOrderID", own))
        if draft.preceding:
            reference = x(
                "cac:InvoiceDocumentReference",
                x("cbc:ID", draft.preceding.number),
                x("cbc:IssueDate", draft.preceding.issued_on),
            )
            yield x("cac:BillingReference", reference)

    def _seller(self, party: Party) -> Child:
        numbers = tax_numbers(party)
        return self._party(
            party,
            None,
            self._tax_scheme(numbers.vat, "VAT"),
            self._tax_scheme(numbers.other, self._other_scheme),
        )

    @property
    def _other_scheme(self) -> str:
        return "VAT" if self._profile.is_japanese else _OTHER_TAX_SCHEME

    def _buyer(self, party: Party | None) -> Child:
        if party is None:
            return None
        numbers = tax_numbers(party)
        other = None if self._profile.is_japanese else numbers.other
        number = numbers.vat or (numbers.other if other is None else None)
        return self._party(party, other, self._tax_scheme(number, "VAT"))

    def _tax_scheme(self, number: str | None, scheme: str) -> Child:
        x = self._x
        if number is None:
            return None
        named = x("cac:TaxScheme", x("cbc:ID", scheme))
        return x("cac:PartyTaxScheme", x("cbc:CompanyID", number), named)

    def _party(self, party: Party, identifier: str | None, *tax_schemes: Child) -> Child:
        x, endpoint = self._x, party.endpoint
        return x(
            "cac:Party",
            x("cbc:EndpointID", endpoint.value, schemeID=endpoint.scheme) if endpoint else None,
            x("cac:PartyIdentification", x("cbc:ID", identifier)),
            x("cac:PartyName", x("cbc:Name", party.trading_name)),
            self._address("cac:PostalAddress", party.address),
            *tax_schemes,
            x(
                "cac:PartyLegalEntity",
                x("cbc:RegistrationName", party.name),
                x("cbc:CompanyID", party.registration_id, schemeID=party.registration_scheme),
            ),
            x(
                "cac:Contact",
                x("cbc:Name", party.contact),
                x("cbc:Telephone", party.phone),
                x("cbc:ElectronicMail", party.email),
            ),
        )

    def _address(self, name: str, address: Address) -> Child:
        x = self._x
        street, additional, third, *_ = (*address.lines, None, None, None)
        return x(
            name,
            x("cbc:StreetName", street),
            x("cbc:AdditionalStreetName", additional),
            x("cbc:CityName", address.city),
            x("cbc:PostalZone", address.postal_code),
            x("cbc:CountrySubentity", address.subdivision),
            x("cac:AddressLine", x("cbc:Line", third)),
            x("cac:Country", x("cbc:IdentificationCode", address.country)),
        )

    def _delivery(self) -> Child:
        x, address = self._x, delivery_address(self._document)
        where = self._address("cac:Address", address) if address else None
        return x(
            "cac:Delivery",
            x("cbc:ActualDeliveryDate", self._draft.delivered_on),
            x("cac:DeliveryLocation", where),
        )

    def _payment(self) -> Iterator[Child]:
        x, draft = self._x, self._draft
        for code, account in payment_means(self._document):
            yield x(
                "cac:PaymentMeans",
                x("cbc:PaymentMeansCode", code),
                x("cbc:PaymentDueDate", draft.due_on) if self._credits else None,
                x("cbc:PaymentID", draft.remittance),
                x(
                    "cac:PayeeFinancialAccount",
                    x("cbc:ID", account_number(account)),
                    x("cbc:Name", account.name),
                    x("cac:FinancialInstitutionBranch", x("cbc:ID", account.bic)),
                )
                if account
                else None,
            )
        yield x("cac:PaymentTerms", x("cbc:Note", draft.payment_terms))

    def _adjustment(self, one: WorkedAdjustment, *, of_document: bool = False) -> Child:
        x = self._x
        return x(
            "cac:AllowanceCharge",
            x("cbc:ChargeIndicator", "true" if one.adjustment.is_charge else "false"),
            x("cbc:AllowanceChargeReasonCode", one.adjustment.reason_code),
            x("cbc:AllowanceChargeReason", one.adjustment.reason),
            self._money("cbc:Amount", one.minor),
            self._category("cac:TaxCategory", one.tax) if of_document else None,
        )

    def _taxes(self) -> Child:
        return self._x(
            "cac:TaxTotal",
            self._money("cbc:TaxAmount", self._document.tax_minor),
            *map(self._subtotal, self._document.taxes),
        )

    def _subtotal(self, total: TaxTotal) -> Child:
        x, tax = self._x, total.tax
        return x(
            "cac:TaxSubtotal",
            self._money("cbc:TaxableAmount", total.net_minor),
            self._money("cbc:TaxAmount", total.tax_minor),
            x(
                "cac:TaxCategory",
                x("cbc:ID", tax.category),
                x("cbc:Percent", rate_of(tax, says_zero=self._profile.zero_rate_out_of_scope)),
                x("cbc:TaxExemptionReasonCode", self._profile.exemption_code(tax)),
                x("cbc:TaxExemptionReason", tax.reason),
                x("cac:TaxScheme", x("cbc:ID", "VAT")),
            ),
        )

    def _category(self, name: str, tax: Tax) -> Child:
        x = self._x
        scheme = x("cac:TaxScheme", x("cbc:ID", "VAT"))
        return x(name, x("cbc:ID", tax.category), x("cbc:Percent", rate_of(tax)), scheme)

    def _totals(self) -> Child:
        done, money = self._document, self._money_if
        return self._x(
            "cac:LegalMonetaryTotal",
            self._money("cbc:LineExtensionAmount", done.lines_minor),
            self._money("cbc:TaxExclusiveAmount", done.net_minor),
            self._money("cbc:TaxInclusiveAmount", done.gross_minor),
            money("cbc:AllowanceTotalAmount", done.allowances_minor),
            money("cbc:ChargeTotalAmount", done.charges_minor),
            money("cbc:PrepaidAmount", done.draft.prepaid_minor),
            self._money("cbc:PayableAmount", done.payable_minor),
        )

    def _line(self, at: int, worked: WorkedLine) -> Child:
        x, line = self._x, worked.line
        price = price_of(self._document, worked)
        quantity = "cbc:CreditedQuantity" if self._credits else "cbc:InvoicedQuantity"
        item = x(
            "cac:Item",
            x("cbc:Description", line.description),
            x("cbc:Name", line.name),
            x("cac:SellersItemIdentification", x("cbc:ID", line.product_id)),
            self._category("cac:ClassifiedTaxCategory", line.tax),
        )
        return x(
            f"cac:{self._name}Line",
            x("cbc:ID", at),
            x(quantity, line.quantity, unitCode=line.unit),
            self._money("cbc:LineExtensionAmount", worked.net_minor),
            *map(self._adjustment, worked.adjustments),
            item,
            x(
                "cac:Price",
                self._money("cbc:PriceAmount", price.minor),
                x("cbc:BaseQuantity", price.quantity, unitCode=line.unit),
            ),
        )

    def _money(self, name: str, minor: int) -> Child:
        return self._x(name, self._amount(minor), currencyID=self._draft.currency)

    def _money_if(self, name: str, minor: int) -> Child:
        return self._money(name, minor) if minor else None

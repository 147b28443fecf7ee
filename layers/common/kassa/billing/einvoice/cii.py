"""A document as CII D16B: the Cross Industry Invoice of EN 16931.

It is also what a Factur-X or ZUGFeRD file of profile EN 16931 carries inside. Every element stands
where EN 16931's binding to CII (CEN/TS 16931-3-3) puts its term; nothing is added up here.
"""

from collections.abc import Iterator
from datetime import date

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.documents.totals import Document, TaxTotal, WorkedAdjustment, WorkedLine
from kassa.billing.einvoice.ids import is_iban
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
from kassa.customers.parties import Address, BankAccount, Party

_STANDARD = "urn:un:unece:uncefact:data:standard:"
_NAMESPACES = {
    "rsm": f"{_STANDARD}CrossIndustryInvoice:100",
    "ram": f"{_STANDARD}ReusableAggregateBusinessInformationEntity:100",
    "qdt": f"{_STANDARD}QualifiedDataType:100",
    "udt": f"{_STANDARD}UnqualifiedDataType:100",
}
_DAY = "102"  # UNTDID 2379: CCYYMMDD


def cii_bytes(document: Document, number: str, profile: Profile = EN16931) -> bytes:
    """Return a document under its number as CII; the same input gives the same bytes."""
    return to_bytes(_Writer(document, profile).document(number))


class _Writer:
    """Writes one document; each method one group of terms, in the order of the schema."""

    def __init__(self, document: Document, profile: Profile) -> None:
        self._document = document
        self._draft = document.draft
        self._profile = profile
        self._amount = amounts_of(document)
        self._x = Markup(_NAMESPACES)

    def document(self, number: str) -> Node:
        """Return the whole document."""
        x, profile = self._x, self._profile
        business = "ram:BusinessProcessSpecifiedDocumentContextParameter"
        guideline = "ram:GuidelineSpecifiedDocumentContextParameter"
        lines = (self._line(at, line) for at, line in enumerate(self._document.lines, start=1))
        return x.root(
            "rsm:CrossIndustryInvoice",
            x(
                "rsm:ExchangedDocumentContext",
                x(business, x("ram:ID", profile.process_id)),
                x(guideline, x("ram:ID", profile.customization_id)),
            ),
            self._head(number),
            x(
                "rsm:SupplyChainTradeTransaction",
                *lines,
                self._agreement(),
                self._delivery(),
                self._settlement(),
            ),
        )

    def _head(self, number: str) -> Child:
        x, credits = self._x, self._draft.kind is DocumentKind.CREDIT_NOTE
        return x(
            "rsm:ExchangedDocument",
            x("ram:ID", number),
            x("ram:TypeCode", CREDIT_NOTE if credits else INVOICE),
            self._day("ram:IssueDateTime", self._draft.issued_on),
            x("ram:IncludedNote", x("ram:Content", note_of(self._draft))),
        )

    def _line(self, at: int, worked: WorkedLine) -> Child:
        x, line = self._x, worked.line
        price = price_of(self._document, worked)
        total = "ram:SpecifiedTradeSettlementLineMonetarySummation"
        return x(
            "ram:IncludedSupplyChainTradeLineItem",
            x("ram:AssociatedDocumentLineDocument", x("ram:LineID", at)),
            x(
                "ram:SpecifiedTradeProduct",
                x("ram:SellerAssignedID", line.product_id),
                x("ram:Name", line.name),
                x("ram:Description", line.description),
            ),
            x(
                "ram:SpecifiedLineTradeAgreement",
                x(
                    "ram:NetPriceProductTradePrice",
                    self._money("ram:ChargeAmount", price.minor),
                    x("ram:BasisQuantity", price.quantity, unitCode=line.unit),
                ),
            ),
            x(
                "ram:SpecifiedLineTradeDelivery",
                x("ram:BilledQuantity", line.quantity, unitCode=line.unit),
            ),
            x(
                "ram:SpecifiedLineTradeSettlement",
                self._tax("ram:ApplicableTradeTax", line.tax),
                *map(self._adjustment, worked.adjustments),
                x(total, self._money("ram:LineTotalAmount", worked.net_minor)),
            ),
        )

    def _agreement(self) -> Child:
        x, draft = self._x, self._draft
        return x.root(
            "ram:ApplicableHeaderTradeAgreement",
            x("ram:BuyerReference", draft.buyer_reference),
            self._party("ram:SellerTradeParty", draft.seller),
            self._party("ram:BuyerTradeParty", draft.buyer, is_buyer=True) if draft.buyer else None,
            x("ram:SellerOrderReferencedDocument", x("ram:IssuerAssignedID", draft.order_id)),
            x("ram:BuyerOrderReferencedDocument", x("ram:IssuerAssignedID", draft.purchase_order)),
        )

    def _party(self, name: str, party: Party, *, is_buyer: bool = False) -> Child:
        x, numbers, endpoint = self._x, tax_numbers(party), party.endpoint
        registration = "ram:SpecifiedTaxRegistration"
        return x(
            name,
            x("ram:ID", numbers.other) if is_buyer else None,
            x("ram:Name", party.name),
            x(
                "ram:SpecifiedLegalOrganization",
                x("ram:ID", party.registration_id, schemeID=party.registration_scheme),
                x("ram:TradingBusinessName", party.trading_name),
            ),
            self._contact(party),
            self._address(party.address),
            x(
                "ram:URIUniversalCommunication",
                x("ram:URIID", endpoint.value, schemeID=endpoint.scheme) if endpoint else None,
            ),
            x(registration, x("ram:ID", numbers.vat, schemeID="VA")),
            None if is_buyer else x(registration, x("ram:ID", numbers.other, schemeID="FC")),
        )

    def _contact(self, party: Party) -> Child:
        x = self._x
        return x(
            "ram:DefinedTradeContact",
            x("ram:PersonName", party.contact),
            x("ram:TelephoneUniversalCommunication", x("ram:CompleteNumber", party.phone)),
            x("ram:EmailURIUniversalCommunication", x("ram:URIID", party.email)),
        )

    def _address(self, address: Address) -> Child:
        x = self._x
        one, two, three, *_ = (*address.lines, None, None, None)
        return x(
            "ram:PostalTradeAddress",
            x("ram:PostcodeCode", address.postal_code),
            x("ram:LineOne", one),
            x("ram:LineTwo", two),
            x("ram:LineThree", three),
            x("ram:CityName", address.city),
            x("ram:CountryID", address.country),
            x("ram:CountrySubDivisionName", address.subdivision),
        )

    def _delivery(self) -> Child:
        x, address = self._x, delivery_address(self._document)
        return x.root(
            "ram:ApplicableHeaderTradeDelivery",
            x("ram:ShipToTradeParty", self._address(address) if address else None),
            x(
                "ram:ActualDeliverySupplyChainEvent",
                self._day("ram:OccurrenceDateTime", self._draft.delivered_on),
            ),
        )

    def _settlement(self) -> Child:
        x, draft = self._x, self._draft
        return x(
            "ram:ApplicableHeaderTradeSettlement",
            x("ram:PaymentReference", draft.remittance),
            x("ram:InvoiceCurrencyCode", draft.currency),
            *(self._payment(code, account) for code, account in payment_means(self._document)),
            *map(self._taxed, self._document.taxes),
            self._period(),
            *(self._adjustment(one, of_document=True) for one in self._document.adjustments),
            x(
                "ram:SpecifiedTradePaymentTerms",
                x("ram:Description", draft.payment_terms),
                self._day("ram:DueDateDateTime", draft.due_on),
            ),
            x("ram:SpecifiedTradeSettlementHeaderMonetarySummation", *self._totals()),
            self._preceding(),
        )

    def _payment(self, code: str, account: BankAccount | None) -> Child:
        x, means = self._x, "ram:SpecifiedTradeSettlementPaymentMeans"
        if account is None:
            return x(means, x("ram:TypeCode", code))
        number = account_number(account)
        return x(
            means,
            x("ram:TypeCode", code),
            x(
                "ram:PayeePartyCreditorFinancialAccount",
                x("ram:IBANID", number if is_iban(number) else None),
                x("ram:AccountName", account.name),
                x("ram:ProprietaryID", None if is_iban(number) else number),
            ),
            x("ram:PayeeSpecifiedCreditorFinancialInstitution", x("ram:BICID", account.bic)),
        )

    def _taxed(self, total: TaxTotal) -> Child:
        x, tax = self._x, total.tax
        return x(
            "ram:ApplicableTradeTax",
            self._money("ram:CalculatedAmount", total.tax_minor),
            x("ram:TypeCode", "VAT"),
            x("ram:ExemptionReason", tax.reason),
            self._money("ram:BasisAmount", total.net_minor),
            x("ram:CategoryCode", tax.category),
            x("ram:ExemptionReasonCode", self._profile.exemption_code(tax)),
            x(
                "ram:RateApplicablePercent",
                rate_of(tax, says_zero=self._profile.zero_rate_out_of_scope),
            ),
        )

    def _tax(self, name: str, tax: Tax) -> Child:
        x = self._x
        return x(
            name,
            x("ram:TypeCode", "VAT"),
            x("ram:CategoryCode", tax.category),
            x("ram:RateApplicablePercent", rate_of(tax)),
        )

    def _period(self) -> Child:
        start, end = self._draft.period or (None, None)
        return self._x(
            "ram:BillingSpecifiedPeriod",
            self._day("ram:StartDateTime", start),
            self._day("ram:EndDateTime", end),
        )

    def _adjustment(self, one: WorkedAdjustment, *, of_document: bool = False) -> Child:
        x = self._x
        charges = "true" if one.adjustment.is_charge else "false"
        return x(
            "ram:SpecifiedTradeAllowanceCharge",
            x("ram:ChargeIndicator", x("udt:Indicator", charges)),
            self._money("ram:ActualAmount", one.minor),
            x("ram:ReasonCode", one.adjustment.reason_code),
            x("ram:Reason", one.adjustment.reason),
            self._tax("ram:CategoryTradeTax", one.tax) if of_document else None,
        )

    def _totals(self) -> Iterator[Child]:
        done, money = self._document, self._money
        currency = self._draft.currency
        yield money("ram:LineTotalAmount", done.lines_minor)
        yield money("ram:ChargeTotalAmount", done.charges_minor) if done.charges_minor else None
        if done.allowances_minor:
            yield money("ram:AllowanceTotalAmount", done.allowances_minor)
        yield money("ram:TaxBasisTotalAmount", done.net_minor)
        yield self._x("ram:TaxTotalAmount", self._amount(done.tax_minor), currencyID=currency)
        yield money("ram:GrandTotalAmount", done.gross_minor)
        if done.draft.prepaid_minor:
            yield money("ram:TotalPrepaidAmount", done.draft.prepaid_minor)
        yield money("ram:DuePayableAmount", done.payable_minor)

    def _preceding(self) -> Child:
        x, preceding = self._x, self._draft.preceding
        if preceding is None:
            return None
        issued = x("qdt:DateTimeString", f"{preceding.issued_on:%Y%m%d}", format=_DAY)
        return x(
            "ram:InvoiceReferencedDocument",
            x("ram:IssuerAssignedID", preceding.number),
            x("ram:FormattedIssueDateTime", issued),
        )

    def _day(self, name: str, day: date | None) -> Child:
        text = f"{day:%Y%m%d}" if day else None
        return self._x(name, self._x("udt:DateTimeString", text, format=_DAY))

    def _money(self, name: str, minor: int) -> Child:
        return self._x(name, self._amount(minor))

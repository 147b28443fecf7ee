"""What a message is about as it stands now: whatever a fact names, read again before sending."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Self

from kassa.archive.report_names import ReportName, document_of
from kassa.billing.invoices.view import InvoiceView
from kassa.core import stored
from kassa.core.merchant import Merchant
from kassa.core.model import Model
from kassa.customers.parties import BankAccount, Buyer
from kassa.customers.sign_in_code import MailedCode
from kassa.gateways.declines import Decline
from kassa.ledger.objects import ObjectState
from kassa.orders.views import OrderCase
from kassa.refunds.lifecycle.cases import RefundCase


class MailedReport(Model):
    """What a closed report says first, in its language, as its builder wrote it beside the page."""

    language: str
    net: tuple[str, ...]  # of each currency, and what went to the bank
    usual: tuple[str, ...]  # whether that is normal
    needs_title: str
    needs: tuple[str, ...]  # at most three

    @classmethod
    def read(cls, body: bytes | None) -> Self | None:
        """Read it; nothing of reports that were closed before there was any."""
        return stored.read_text(cls, body) if body is not None else None


@dataclass(frozen=True)
class Situation:
    """The order, invoice, refund and customer that a fact is about; none where it names none."""

    merchant: Merchant
    order: OrderCase | None = None
    invoice: InvoiceView | None = None
    credit_note: InvoiceView | None = None
    refund: RefundCase | None = None
    gateway_object: ObjectState | None = None  # the refund or charge as its gateway reported it
    decline: Decline | None = None  # what the gateway's code of a failed payment means
    customer_id: str | None = None  # under which their buyer stands
    buyer: Buyer | None = None  # none: nobody said, or they were forgotten
    owed: tuple[InvoiceView, ...] = ()  # of a reminder: what is still owed of it, due first
    is_left: bool = (
        False  # of an order that was left unpaid: it still is, and nothing like it is paid
    )
    is_card_good: bool = False  # of a card that expires: its last day isn't over
    bank_accounts: tuple[BankAccount, ...] = ()  # to which that may be paid
    code: MailedCode | None = None  # to sign in by; none where it lets nobody in
    language: str | None = None  # of the order or invoice, as a BCP 47 tag
    mailed_reports: tuple[str, ...] = ()  # the periods whose reports the merchant wants mailed
    mailed_report: MailedReport | None = None  # what the report says first, where it says so
    documents: dict[str, str] = field(default_factory=dict)  # to attach: file name -> where it is
    report: str | None = None  # what its period is called: 2026-11

    @property
    def country(self) -> str | None:
        """Return the customer's country, as far as anybody said."""
        ordered = self.order.order.country if self.order else None
        return self.buyer.address.country if self.buyer else ordered

    def of_reports(self, reports: Collection[ReportName]) -> Self:
        """Return a closed report's situation with the pages of some of its period's reports.

        What the summary says first is for whoever gets that.
        """
        [(_, page_key)] = self.documents.items()
        folder = page_key.rpartition("/")[0]
        first = self.mailed_report
        if first is not None and ReportName.SUMMARY not in reports:
            first = first.model_copy(update={"net": (), "usual": (), "needs": ()})
        pages = {name: document_of(name, "html") for name in sorted(reports)}
        documents = {
            f"{page.removesuffix('.html')}-{self.report}.html": f"{folder}/{page}"
            for page in pages.values()
        }
        return replace(self, documents=documents, mailed_report=first)

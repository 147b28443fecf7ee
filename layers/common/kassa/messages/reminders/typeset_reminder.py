"""Typeset a reminder as a letter: a PDF for somebody to print and post."""

from datetime import date

from kassa.billing.invoices.view import InvoiceView
from kassa.billing.seller.store import seller_of
from kassa.billing.typeset.letters import OpenInvoice, Reminder
from kassa.billing.typeset.typeset_document import typeset_letter
from kassa.core.errors import InvalidRequest
from kassa.deliveries.delivery import Delivery
from kassa.messages.plan import Message
from kassa.messages.reminders.reminder_params import TO_PAY, TONES, late_minor
from kassa.platform import clock

_LEVEL_MAX = 3
_NUMBER_DIGITS = 12  # of a delivery's id: enough to find it by
_CUSTOMER_MAX = 100


def typeset_reminder(message: Message, delivery: Delivery) -> bytes:
    """Return the letter of a reminder, of what is owed in its first invoice's currency.

    Raises InvalidRequest for any other message, and where nobody said who sells.
    """
    now_is, fact = message.now_is, message.fact
    if not now_is.owed or now_is.buyer is None:
        raise InvalidRequest("letter: only reminders are written as letters")
    seller, today = seller_of(now_is.merchant), now_is.merchant.day_of(clock.now())
    currency = now_is.owed[0].total.currency
    owed = [one for one in now_is.owed if one.total.currency == currency]
    letter = Reminder(
        seller=seller.party,
        buyer=now_is.buyer.party,
        currency=currency,
        languages=(message.language,),
        number=delivery.delivery_id[3 : 3 + _NUMBER_DIGITS],
        customer_number=(now_is.customer_id or "")[:_CUSTOMER_MAX] or None,
        issued_on=today,
        bank_accounts=seller.bank_accounts,
        remittance=owed[0].number if len(owed) == 1 else None,
        level=max(min(TONES.get(fact.data.tone, 2) - 1, _LEVEL_MAX), 1),
        pay_by=max(today + TO_PAY, _due(owed[0])),
        overdue=tuple(_open(one, late_minor(fact, one)) for one in owed),
        fee_minor=sum(late_minor(fact, one) for one in owed),
    )
    return typeset_letter(letter, seller.branding)


def _open(one: InvoiceView, late: int) -> OpenInvoice:
    return OpenInvoice(
        number=one.number,
        issued_on=one.issued_on,
        due_on=_due(one),
        total_minor=one.total.amount_minor,
        outstanding_minor=max(one.open_minor - late, 0),
    )


def _due(one: InvoiceView) -> date:
    return one.due_on or one.issued_on

"""What messages to the merchant's own people must be told."""

from kassa.core.model import Instant
from kassa.core.money import Money
from kassa.messages.templates.params import Params
from kassa.messages.templates.parts import Day, HttpsLink, Line, Paragraph


class DisputeOpened(Params):
    """A customer disputes a payment: to whom it falls to answer."""

    rows = ("payment_id", "dispute_id", "order_id", "gateway", "amount", "reason", "respond_by")
    for_staff = True

    payment_id: Line
    dispute_id: Line
    gateway: Line
    amount: Money
    order_id: Line | None = None
    reason: Line | None = None  # as the gateway says it
    respond_by: Instant | None = None
    link: HttpsLink | None = None


class ReportReady(Params):
    """A report was built: what it says first; it is behind the link, or attached."""

    rows = ("first_day", "last_day", "expires_at")
    for_staff = True

    first_day: Day
    last_day: Day
    net: Paragraph | None = None  # what is left of each currency, and what went to the bank
    usual: Paragraph | None = None  # whether that is normal
    needs: Paragraph | None = None  # what needs someone, three things at most
    save_command: Line | None = None  # which brings all reports of the period as one PDF
    request: Line | None = None  # of the API, whose answer links to it
    link: HttpsLink | None = None
    expires_at: Instant | None = None  # of the link


class AnomalyFound(Params):
    """Something stands out of a day's payments: somebody should look, or say it is expected."""

    rows = ("anomaly_id", "gateway", "amount", "day")
    for_staff = True

    anomaly_id: Line
    kind: Line
    headline: Line  # the report's own words
    gateway: Line | None = None
    amount: Money | None = None  # at stake
    day: Day
    link: HttpsLink | None = None


class EndpointDisabled(Params):
    """Nothing is sent any more to a webhook endpoint that took nothing for days."""

    rows = ("endpoint_id", "address", "failing_since", "last_error")
    for_staff = True

    endpoint_id: Line
    address: Line  # its URL; shown, never linked
    failing_since: Instant
    last_error: Line | None = None
    link: HttpsLink | None = None

"""The office: has an invoice issued that is paid later, and enters what comes in for it."""

from dataclasses import replace

from infra.demo.actors.people import Client
from infra.demo.result import OrderResult
from infra.demo.scenario import BUYER, Order
from infra.local.errors import DemoError
from kassa.billing.invoices.view import InvoiceView

BANK = "bank"  # the account that transfers come to
CREATED = 201


class Office:
    """Whoever bills, through Kassa's API alone."""

    def __init__(self, person: Client) -> None:
        """Use the API with this key."""
        self._person = person

    def bill(self, order: Order) -> OrderResult:
        """Issue an order's invoice, due later; then enter the transfer that pays it."""
        number = str(self._created("/invoices", _draft(order))["number"])
        transfer = {
            "method": "transfer",
            "account": BANK,
            "amount_minor": order.amount_minor,
            "currency": order.currency,
            "invoice_number": number,
        }
        paid = self._created("/payments/manual", transfer)
        return OrderResult(order, str(paid["payment_id"]), invoice=self._view(number))

    def standing(self, one: OrderResult) -> OrderResult:
        """Return an order with its invoice as that stands now."""
        return replace(one, invoice=self._view(one.invoice.number)) if one.invoice else one

    def _view(self, number: str) -> InvoiceView:
        return InvoiceView.model_validate(self._person.get(f"/invoices/{number}")[1])

    def _created(self, path: str, body: dict[str, object]) -> dict[str, object]:
        status, answer = self._person.post(path, body)
        if status != CREATED:
            raise DemoError(f"{path} was answered {status}: {answer.get('message')}")
        return answer


def _draft(order: Order) -> dict[str, object]:
    """Return the invoice's draft: the order's lines, whose prices include the tax."""
    lines = [
        {"name": one["name"], "unit_price_minor": one["amount_minor"], "tax": one["tax"]}
        for one in order.lines
    ]
    return {
        "draft_id": order.order_id,
        "currency": order.currency,
        "prices_include_tax": True,
        "lines": lines,
        "languages": [order.language],
        "payment_terms_days": 14,
        "buyer": BUYER,
    }

"""An order as a shop sends it, with who buys."""

from pydantic import field_validator

from kassa.core.money import EVERY_CURRENCY
from kassa.core.tax import require_taxed_once
from kassa.customers.parties import SentBuyer
from kassa.gateways.submissions import OrderLine
from kassa.orders.order import Order


class SentOrder(Order):
    """An order as it comes in; what is stored is read as an Order, whatever it holds.

    Who buys is no part of the order: that stands with the customer, and in documents.
    """

    buyer: SentBuyer | None = None  # to whom it is invoiced

    @property
    def content(self) -> Order:
        """Return what of it is stored as the order."""
        return Order.model_validate({name: getattr(self, name) for name in Order.model_fields})

    @field_validator("lines")
    @classmethod
    def _is_taxed_once(cls, lines: tuple[OrderLine, ...]) -> tuple[OrderLine, ...]:
        """Refuse a line that says both how it is taxed and of which class it is."""
        require_taxed_once(lines)
        return lines

    @field_validator("currency")
    @classmethod
    def _exists(cls, currency: str) -> str:
        """Refuse a misspelt currency: no gateway would ever take it, and an order can't change.

        One that exists and nobody pays in, such as gold, is refused by what routes an order.
        """
        if currency not in EVERY_CURRENCY:
            raise ValueError("is no currency of ISO 4217, such as EUR")
        return currency

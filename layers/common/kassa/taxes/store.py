"""Tax rates in the table: each version that was ever saved, none ever changed; the newest rules."""

from collections.abc import Sequence
from datetime import date

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.core import stored
from kassa.core.merchant import Merchant
from kassa.core.tax import TaxedLine, with_known_taxes
from kassa.orders.order import Order
from kassa.orders.store import Orders
from kassa.platform import clock, table
from kassa.taxes import keys
from kassa.taxes.rates import TaxRates, resolved_lines


class SavedRates:
    """One merchant's tax rates."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def newest(self) -> TaxRates:
        """Return the version saved last; version 0, without a rate, where nobody saved any."""
        found = table.newest(keys.tax_rates(self._merchant_id, 0).PK)
        return stored.read_text(TaxRates, found["document"]) if found else TaxRates()

    def save(self, rates: TaxRates, by: Actor) -> None:
        """Keep rates under their version; raise StaleWrite when another took that number."""
        key = keys.tax_rates(self._merchant_id, rates.version)
        document = stored.text(rates, by_alias=True, exclude_none=True)
        put = table.putting(key._asdict() | {"version": rates.version, "document": document})
        act = Act(
            operation="tax_rates.save",
            object_id=f"tax_rates/{self._merchant_id}",
            by=by,
            before=str(rates.version - 1) if rates.version > 1 else None,
            after=str(rates.version),
        )
        audit_trail.save_version([{"Put": put}], act, "the rates")

    def resolved(self, order: Order, orders: Orders, seller: Merchant) -> Order:
        """Return an order with the tax of each class that it names, as of the seller's today.

        One that was sent before keeps what its classes came to then, so that neither it nor its
        invoice ever follows a later change of the rates. Raises InvalidRequest, with the line,
        for a class that the rates saved last don't have.
        """
        if not any(line.tax_class for line in order.lines):
            return order
        known = orders.content(order.order_id)
        lines = with_known_taxes(order.lines, known.lines if known else ())
        where_and_when = seller.country, seller.day_of(clock.now())
        return order.model_copy(update={"lines": self.applied(lines, where_and_when)})

    def applied(
        self, lines: Sequence[TaxedLine], where_and_when: tuple[str, date]
    ) -> tuple[TaxedLine, ...]:
        """Return lines with the tax of their classes in a country on a day, where it isn't known.

        Raises InvalidRequest, with the line, for a class that the rates saved last don't have.
        """
        return resolved_lines(lines, self.newest().rates, where_and_when)

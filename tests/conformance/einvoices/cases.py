"""Documents that merchants of several countries write, each with the profiles it is written for."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kassa.billing.documents.draft import Draft
from kassa.billing.documents.lines import Adjustment
from kassa.billing.documents.parties import BankAccount
from kassa.billing.documents.totals import Document, worked_out
from kassa.billing.einvoice.profiles import EN16931, Profile
from tests.support.billing import draft, line

ACCOUNT = BankAccount(account="FI21 1234 5600 0007 85", name="Lamppu Oy", bic="NDEAFIHH")


class Case(NamedTuple):
    """A document that must pass, and the profiles it is written for."""

    name: str
    draft: Draft
    profiles: tuple[Profile, ...] = (EN16931,)

    @property
    def document(self) -> Document:
        """Return it worked out."""
        return worked_out(self.draft)


def cases() -> Iterator[Case]:
    """Yield every document that must pass."""
    yield Case("one line", draft([line(1250, "25.5")]))
    yield Case("two rates", draft([line(1250, "25.5"), line(300, "14", quantity=Decimal(3))]))
    yield Case("bank account", draft([line(1250)], bank_accounts=(ACCOUNT,), remittance="RF18"))
    discount = Adjustment(percent=Decimal("12.5"), reason="Discount")
    yield Case("discount", draft([line(999), line(333, "14")], adjustments=(discount,)))
    inclusive = [line(1099, "25.5", quantity=Decimal(7)), line(1, "14", quantity=Decimal(3))]
    period = (date(2026, 11, 1), date(2026, 11, 30))
    yield Case("prices with tax", draft(inclusive, prices_include_tax=True, period=period))

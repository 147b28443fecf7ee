"""Facts as the books make them: named after their object, with the postings of their kind."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from kassa.core.facts import FactData, FactMetadata
from kassa.core.money import Money
from kassa.core.postings import Posting, PostingKind
from kassa.fact_catalog import KINDS, AnyFact
from kassa.gateways.events import Movement
from kassa.ledger.settlement import posting, settlement

SECONDS_TO_BOOK = timedelta(seconds=2)
When = Callable[[str, str, datetime], datetime]  # when what an account says at an instant is booked


def _at_once(gateway: str, account: str, at: datetime) -> datetime:
    return at


def money(amount_minor: int, currency: str) -> Money:
    """Return an amount."""
    return Money(amount_minor=amount_minor, currency=currency)


class Subject:
    """A payment, payout or invoice: makes its facts, one version after the other."""

    def __init__(
        self,
        subject_id: str,
        gateway: str,
        account: str,
        kind: str = "payment",
        when: When = _at_once,
    ) -> None:
        self.subject_id, self.gateway, self.account = subject_id, gateway, account
        self._kind, self._when, self._version = kind, when, 0

    def fact(
        self, name: str, at: datetime, amount: Money, object_id: str, **fields: Any
    ) -> AnyFact:
        """Return the next fact; fields that its kind doesn't have are left out.

        `state` ends its id; `postings` may be their kinds, each of the whole amount.
        """
        kind: type[FactData] = KINDS[name]
        state = fields.pop("state", name)
        event_id = fields.pop("event_id", f"evt_{object_id}_{state}")
        fields["postings"] = tuple(_postings(fields.get("postings", ()), object_id, amount))
        fitting = {field: value for field, value in fields.items() if field in kind.model_fields}
        self._version += 1
        at = self._when(self.gateway, self.account, at)
        booked_at = at - timedelta(microseconds=at.microsecond % 1000)  # as the table keeps it
        metadata = FactMetadata(
            fact_id=f"{self.subject_id}:{object_id}:{state}",
            event_id=event_id,
            merchant_id="main",
            gateway=self.gateway,
            account=self.account,
            subject_kind=self._kind,
            subject_id=self.subject_id,
            version=self._version,
            booked_at=booked_at,
        )
        occurred_at = booked_at - SECONDS_TO_BOOK
        data = kind(object_id=object_id, occurred_at=occurred_at, amount=amount, **fitting)
        return AnyFact(metadata=metadata, data=data)  # type: ignore[arg-type]

    def balance_moved(
        self, at: datetime, transaction_id: str, movement: Movement, **fields: object
    ) -> AnyFact:
        """Return a balance transaction of the subject's, with its settlement and fee."""
        return self.fact(
            "BalanceTransactionBooked",
            at,
            movement.gross,
            transaction_id,
            state="booked",
            event_id=f"balance:{transaction_id}",
            movement=movement,
            postings=settlement(transaction_id, movement),
            **fields,
        )


def _postings(
    named: Sequence[PostingKind | Posting], object_id: str, amount: Money
) -> list[Posting]:
    return [
        posting(object_id, one, amount) if isinstance(one, PostingKind) else one for one in named
    ]

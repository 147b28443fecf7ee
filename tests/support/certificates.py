"""Series that were numbered and chained without a table, and their certificates as lines."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.certificate import lines
from kassa.billing.numbering.record import KeptNumber, Statement, hashed, text_of
from kassa.billing.numbering.series import Series, Voided, next_entry, void_entry

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
VOID = 0  # among amounts: the oldest number that isn't void yet becomes void


class Numbered:
    """A series that grows: an amount is a number's, a pair is a number's net and its tax."""

    def __init__(self, name: str = "2026") -> None:
        self.series = Series(merchant_id="main", name=name)
        self.kept: list[KeptNumber] = []

    def add(self, *acts: int | tuple[int, int]) -> "Numbered":
        """Number documents, and void some."""
        for act in acts:
            self._void() if act == VOID else self._number(act)
        return self

    def _number(self, amount: int | tuple[int, int]) -> None:
        fields: dict[str, Any] = {"kind": DocumentKind.INVOICE, "currency": "EUR"}
        if isinstance(amount, tuple):
            net, tax = amount
            rate = {"category": "S", "rate": "10", "net_minor": net, "tax_minor": tax}
            fields |= {"net_minor": net, "gross_minor": net + tax, "taxes": [rate]}
        else:
            fields |= {"gross_minor": amount}
        statement = Statement.model_validate(fields | {"source_id": f"s{len(self.kept) + 1}"})
        today = (NOON + timedelta(days=len(self.kept) // 3)).date()
        entry, self.series = next_entry(statement, self.series, today)
        text = text_of(entry)
        self.kept.append(KeptNumber(text, hashed(text), documents={"pdf": "a" * 64}))

    def _void(self) -> None:
        at = next((n for n, one in enumerate(self.kept) if one.void is None), None)
        if at is None:
            return
        voided = Voided("a mistake", "person_1", NOON)
        entry, self.series = void_entry(at + 1, self.series, voided)
        text = text_of(entry)
        self.kept[at] = self.kept[at]._replace(void=text, void_hash=hashed(text))

    def certificate(self) -> list[dict[str, Any]]:
        """Return the certificate's lines, each on its own."""
        made = lines(self.series, self.kept, NOON)
        found: list[dict[str, Any]] = json.loads(json.dumps(list(made)))
        return found


def spelled(certificate: list[Any]) -> list[str]:
    """Return lines as they stand in a file."""
    return [json.dumps(line, ensure_ascii=False) + "\n" for line in certificate]

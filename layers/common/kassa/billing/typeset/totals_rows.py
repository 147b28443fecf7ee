"""The rows below a table, from its sum to what is due, and rows of letters' tables."""

from typing import Any

from kassa.billing.typeset.texts import Phrase, Wording


class Rows:
    """Rows of totals, as they are gathered."""

    def __init__(self, currency: str, wording: Wording) -> None:
        self.rows: list[dict[str, Any]] = []
        self._currency, self._wording = currency, wording

    def add(self, key: str, minor: int, is_due: bool = False) -> None:
        """Add a row with a label that every document may have."""
        self.add_labelled(self._wording.label(key), minor, is_due)

    def add_labelled(self, label: Phrase, minor: int, is_due: bool = False) -> None:
        """Add a row with a label of its own; what is due has its currency beside it."""
        amounts = self._wording.locale
        write = amounts.money if is_due else amounts.amount
        value = write(minor, self._currency)
        self.rows.append({"label": label, "value": value, "is_due": is_due})

"""A draft of rules: the form as somebody left it, mistakes and all, and whose it is."""

from datetime import datetime, timedelta

from kassa.core.model import Instant, Model

KEPT_FOR = timedelta(days=30)  # since it was last written


class Draft(Model):
    """What somebody is writing of one kind of rules; nothing rules by it."""

    kind: str
    person_id: str
    fields: dict[str, str]  # the form's, by their names
    of_version: int  # that ruled when it was begun; 0: none
    written_at: Instant
    is_done: bool = False  # saved, or thrown away

    def is_open(self, now: datetime) -> bool:
        """Tell whether it still waits for somebody."""
        return not self.is_done and now < self.written_at + KEPT_FOR

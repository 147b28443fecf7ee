"""How far the runs of reminders have come, so that the next one goes on from there."""

from datetime import date, datetime

from kassa.billing.reminders import keys as reminder_keys
from kassa.core import stored
from kassa.core.model import Instant, Model
from kassa.platform import table


class Run(Model):
    """A day's run over all customers."""

    day: date
    after: tuple[date, str] | None = None  # due date and number, behind which it goes on
    is_done: bool = False


class LookedAt(Model):
    """Up to when orders were looked at, whether their customers left them."""

    until: Instant


class Runs:
    """Reads and writes of one merchant's runs; of two at once, one repeats what the other did."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def of(self, day: date) -> Run:
        """Return the day's run; one that hasn't begun where none did."""
        item = table.get(reminder_keys.run(self._merchant_id))
        run = stored.read_text(Run, item["document"]) if item else None
        return run if run is not None and run.day == day else Run(day=day)

    def keep(self, run: Run) -> None:
        """Write how far a day's run has come."""
        self._put(reminder_keys.run(self._merchant_id)._asdict(), stored.text(run))

    def looked_until(self) -> datetime | None:
        """Return up to when orders were looked at."""
        item = table.get(reminder_keys.checkouts(self._merchant_id))
        return stored.read_text(LookedAt, item["document"]).until if item else None

    def keep_looked(self, until: datetime) -> None:
        """Write up to when orders were looked at."""
        key = reminder_keys.checkouts(self._merchant_id)._asdict()
        self._put(key, stored.text(LookedAt(until=until)))

    def _put(self, key: table.Item, document: str) -> None:
        table.write("put_item", Item=table.typed(key | {"document": document}))

"""Past refund requests out of the archive, a day at a time, newest day first.

Backwards, because what a person decided always lies after the request: by the time a request is
read, the decision about it is known, and only those still without their request are remembered.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from kassa.archive import warehouse
from kassa.archive.files import Archived, FactFolder
from kassa.core.periods import Period
from kassa.platform.settings import settings
from kassa.refunds.backtest.result import PastReceipt, PastRequest
from kassa.refunds.lifecycle.lifecycle import GATEWAY, KASSA, POLICY
from kassa.refunds.policy.model import Outcome

ROWS = 5_000  # read at once
_DECIDED = {"RefundApproved": Outcome.APPROVE, "RefundRejected": Outcome.REJECT}
_NO_PERSON = {POLICY, KASSA, GATEWAY}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _ArchivedRequest(BaseModel):
    """What a RefundRequested fact says beside the archive's columns."""

    model_config = ConfigDict(hide_input_in_errors=True)

    payment_id: str
    gateway: str
    customer_from_order: bool = False
    receipt: PastReceipt


class PastRequests:
    """One merchant's past refund requests; ask for days in falling order."""

    def __init__(self, folder: FactFolder) -> None:
        self._folder = folder
        self._decided: dict[str, Outcome] = {}
        self._here: set[str] = set()

    def of(self, day: date) -> Iterator[PastRequest | None]:
        """Yield a local day's requests in their order; None for one that can't be read."""
        period = Period.of(day, settings().merchant_time_zone)
        archived = Archived.of([period])
        keys = set(archived.packed(archived.keys(period)))
        self._folder.forget(self._here - keys)
        self._here = keys
        paths = self._folder.paths(self._folder.fetch(sorted(keys)))
        return self._read(paths, period) if paths else iter(())

    def _read(self, paths: list[Path], period: Period) -> Iterator[PastRequest | None]:
        with warehouse.connected() as connection:
            warehouse.choose(connection, paths, period, settings().merchant_id)
            for name in ("requests_arrived", "facts"):
                warehouse.run(connection, name)
            for request_id, fact, by in warehouse.run(connection, "people").fetchall():
                if by not in _NO_PERSON:
                    self._decided.setdefault(request_id, _DECIDED[fact])
            rows = warehouse.run(connection, "requests")
            while found := rows.fetchmany(ROWS):
                yield from (self._request(*row) for row in found)

    def _request(self, request_id: str, at_us: int, who: str, document: str) -> PastRequest | None:
        people = self._decided.pop(request_id, None)
        try:
            archived = _ArchivedRequest.model_validate_json(document)
        except ValidationError:
            return None
        return PastRequest(
            refund_request_id=request_id,
            payment_id=archived.payment_id,
            customer=who if archived.customer_from_order else f"{archived.gateway}/{who}",
            requested_at=_EPOCH + timedelta(microseconds=at_us),
            receipt=archived.receipt,
            people=people,
        )

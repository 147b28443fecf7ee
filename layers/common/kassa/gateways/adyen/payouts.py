"""Reads Adyen's settlement detail reports, one batch after the other, line by line."""

import base64
import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

from kassa.core.errors import GatewayRefused, GatewayUnavailable, UnreadableEvent
from kassa.gateways import http
from kassa.gateways.adyen.balance import COLUMNS, Line, written_at
from kassa.gateways.adyen.client import report_base
from kassa.gateways.adyen.parsing import line_body
from kassa.gateways.http import HttpRequest
from kassa.gateways.ports import Page
from kassa.platform.secrets import ApiAccess


def payouts(access: ApiAccess, read_until: str | None, until: datetime) -> Iterator[Page]:
    """Walk the batches after the last one read; a report that isn't there yet ends the walk.

    Batches are numbered without gaps, so none is skipped: a missing one is waited for. What was
    settled before the books were opened isn't read into them.
    """
    batch = int(read_until) + 1 if read_until else access.first_batch
    while (lines := _lines(access, batch)) is not None:
        yield Page(bodies(lines, access), str(batch))
        batch += 1


def _lines(access: ApiAccess, batch: int) -> list[Line] | None:
    """Download a batch's report; nothing where Adyen has none."""
    if not access.shop:
        raise GatewayRefused("shop_missing")
    shop = quote(access.shop, safe="")
    path = f"/reports/download/MerchantAccount/{shop}/settlement_detail_report_batch_{batch}.csv"
    headers = _credentials(access.report_key or access.api_key) | {"Accept": "text/csv"}
    answer = http.send(HttpRequest("GET", report_base(access) + path, headers))
    if answer.status == 404:
        return None
    if answer.status != 200:
        raise GatewayRefused("access_denied" if answer.status in (401, 403) else "report_refused")
    return parsed(answer.body)


def _credentials(key: str) -> dict[str, str]:
    """Return the header for a report user's API key, or for its name and password."""
    if ":" not in key:
        return {"X-API-Key": key}
    return {"Authorization": "Basic " + base64.b64encode(key.encode()).decode()}


def parsed(body: bytes) -> list[Line]:
    """Return a report's lines with the columns we need; refuse a report that lacks one.

    An account may add columns or drop some; amounts without their deductions would be booked wrong.
    """
    try:
        rows = csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True)
        missing = sorted(set(COLUMNS) - set(rows.fieldnames or ()))
        if missing:
            raise GatewayRefused(f"the report has no column {missing[0]!r}")
        return [{name: row[name] or "" for name in COLUMNS} for row in rows]
    except (UnicodeDecodeError, csv.Error) as error:
        raise GatewayUnavailable("adyen: the report can't be read") from error


def bodies(lines: list[Line], access: ApiAccess) -> Iterator[bytes]:
    """Name each line by what it says: a batch that is read again has the same names."""
    seen: Counter[str] = Counter()
    for line in lines:
        text = "\x1f".join(line[name] for name in COLUMNS)
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        seen[digest] += 1
        if access.opened_at is None or _instant(line) >= access.opened_at:
            name = f"{line['Merchant Account']}/{line['Batch Number']}/{digest}"
            name = name if seen[digest] == 1 else f"{name}/{seen[digest]}"
            yield line_body(line, name, access.captures_later)


def _instant(line: Line) -> datetime:
    """Return when a line was booked; one whose time can't be read is left to the reader."""
    try:
        return written_at(line)
    except (UnreadableEvent, ValueError, OverflowError):
        return datetime.max.replace(tzinfo=UTC)

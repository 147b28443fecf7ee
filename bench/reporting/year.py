"""Writes a year of rollups, as wide as those of a large shop, with its months'."""

import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb

from kassa.archive import warehouse

FIRST, DAYS = date(2025, 11, 1), 365
WIDE = """
    COPY (
        SELECT DATE '$day' AS report_day, DATE '$day' AS day, hour,
               ['EUR', 'JPY', 'HKD', 'KWD', 'USD', 'GBP'][c] AS currency,
               ['stripe', 'paypal', 'klarna', 'adyen'][g] AS gateway, 'main' AS account,
               'method_' || m AS method, NULL::VARCHAR AS brand, fact.fact, NULL::VARCHAR AS reason,
               fact.kind, fact.source, fact.destination,
               (100 + hash(hour, c, g, m) % 1000)::BIGINT AS count,
               (hash(hour, c, g, m, fact.fact) % 90000000)::BIGINT AS amount_minor
        FROM range(24) AS hours(hour), range(1, 7) AS currencies(c), range(1, 5) AS gateways(g),
             range(8) AS methods(m), (VALUES
                 ('PaymentCaptured', NULL, NULL, NULL),
                 ('PaymentCaptured', 'capture', 'customers', 'gateway_clearing'),
                 ('PaymentFailed', NULL, NULL, NULL),
                 ('RefundSucceeded', NULL, NULL, NULL),
                 ('RefundSucceeded', 'refund', 'gateway_clearing', 'customers')
             ) AS fact(fact, kind, source, destination)
        ORDER BY ALL
    ) TO '$path' (FORMAT parquet, COMPRESSION zstd)
"""


def main(folder: str) -> None:
    """Write a day, the same for all, then each month of them."""
    connection = duckdb.connect()
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    for day in days:
        path = Path(folder, f"reports/main/daily/{day}/rollup.parquet")
        path.parent.mkdir(parents=True)
        connection.execute(WIDE.replace("$day", str(day)).replace("$path", str(path)))
    for month in {day.replace(day=1) for day in days}:
        files = sorted(map(str, Path(folder).glob(f"reports/main/daily/{month:%Y-%m}-*/*.parquet")))
        connection.execute("SET VARIABLE files = $files", {"files": files})
        path = Path(folder, f"months/{month:%Y-%m}.parquet")
        path.parent.mkdir(exist_ok=True)
        warehouse.run(connection, "rollup_month", parquet=f"'{path}'")


if __name__ == "__main__":
    main(*sys.argv[1:])

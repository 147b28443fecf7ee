"""Measures a year's totals from rollups: however large its days are, those have only so many rows.

The days are as wide as a large shop's: every hour, six currencies, four gateways, eight methods,
in 24,000 rows each. Listing, fetching and digests count, with a folder in the bucket's place.
"""

import tempfile

from bench.programs import run
from bench.row import Row

GOAL_S = 0.6


def measure() -> list[Row]:
    """Return how long a year takes, by the month's rollups and by the days' alone."""
    with tempfile.TemporaryDirectory() as folder:
        run("reporting.year", folder)
        by_month, by_day = (
            min((run("reporting.totals", folder, way) for _ in range(3)), key=lambda one: one["s"])
            for way in ("months", "days")
        )
    if by_month["gross"] != by_day["gross"]:
        raise AssertionError("months and their days disagree")
    rows = f"{by_day['rows']:,.0f} rows of {by_day['files']:.0f} days"
    return [
        Row(f"a year's totals from rollups, {rows}", round(by_month["s"], 2), "s", GOAL_S),
        Row("the same with the last month by day", round(by_month["part_s"], 2), "s", GOAL_S),
        Row("the same from the days' rollups alone", round(by_day["s"], 2), "s"),
        Row("a year's totals: peak memory", round(by_month["peak_mib"]), "MiB", 200.0),
    ]


if __name__ == "__main__":
    for row in measure():
        print(row)

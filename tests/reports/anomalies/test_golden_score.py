"""What is planted in made-up years is found, and little else is."""

import os
import sys
from pathlib import Path

import pytest

from kassa.reports.anomalies.finding import Finding
from tests.support.golden_anomalies import findings_of_days, score
from tests.support.golden_shop.shop import golden_shop

SEEDS = tuple(map(int, os.environ.get("SEEDS", "1").split(",")))


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_planted_anomalies_are_found_at_one_false_alarm_a_week(seed: int, tmp_path: Path) -> None:
    shop = golden_shop(payments=20_000, seed=seed)
    found: dict[str, Finding] = {}
    for _, findings in findings_of_days(shop, tmp_path):
        found |= {one.anomaly_id: one for one in findings if one.is_new}
    counted = score(shop, list(found.values()))

    sys.stdout.write(
        f"seed {seed}: {counted.found} of {counted.planted} found ({counted.recall:.1%}),"
        f" {len(counted.false)} false alarms in {counted.weeks:.0f} weeks\n"
    )
    assert counted.recall >= 0.95, counted.missed
    assert counted.false_a_week <= 1, counted.false

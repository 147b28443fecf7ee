"""Archive facts: one file for each UTC day of booking in a batch.

Facts received twice in one batch are archived once; received again in a later batch, they lie in
two files and count once when they are read.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from kassa.archive import files as fact_files
from kassa.core.facts import Fact
from kassa.platform.telemetry import logger


def archive_facts(facts: Iterable[Fact[Any]]) -> list[str]:
    """Archive a batch of facts and return the files they stand in."""
    days: dict[date, dict[str, Fact[Any]]] = defaultdict(dict)
    for fact in facts:
        days[fact.metadata.booked_at.date()][fact.metadata.fact_id] = fact
    written = [
        fact_files.add(day, [of_day[fact_id] for fact_id in sorted(of_day)])
        for day, of_day in sorted(days.items())
    ]
    logger.info("facts archived", facts=sum(map(len, days.values())), files=written)
    return written

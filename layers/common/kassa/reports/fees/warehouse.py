"""Reads the fees of a period's facts, by the queries beside."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kassa.archive.counting import traced, traced_max
from kassa.archive.warehouse import run_file, sql_of
from kassa.reports.fees.charged import Agreed, Audited, Booked, Charged, Kind, OtherFees
from kassa.reports.fees.contracts.regions import Region, neighbours
from kassa.reports.fees.fit import Sums

QUERIES = Path(__file__).with_name("queries")
_AGREED = """CREATE TEMP TABLE agreed (
    gateway VARCHAR, account VARCHAR, method VARCHAR, brand VARCHAR, region VARCHAR,
    currency VARCHAR, paid_currency VARCHAR, day DATE, line VARCHAR, percent DECIMAL(9, 4),
    fixed_minor BIGINT, rounding VARCHAR)"""
_KIND = 7
_EXCHANGES = "list_filter(postings, lambda one: one.kind = 'exchange')"
_EXCHANGE = f"{_EXCHANGES}[1].currency"
_PAID_CURRENCY = f"coalesce({_EXCHANGE}, gross_currency)"


class FeeFacts:
    """One period's facts, asked about fees."""

    def __init__(self, facts: Any, country: str) -> None:
        """Look at a connection of counted facts; the country is the merchant's."""
        self._facts, self._region = facts, _region(country)
        self._traced = traced(facts)
        exchanges = {"paid_currency": _EXCHANGE, "is_exchanged": _is_exchanged(facts)}
        self._run("balances", region=self._region, **exchanges)

    def charged(self) -> list[Charged]:
        """Return what was charged, by kind of payment and day."""
        rows = self._run("segments").fetchall()
        return [_charged(*row) for row in rows]

    def other_fees(self) -> list[OtherFees]:
        """Return what was kept and given back beside charges."""
        rows = self._run("other_fees", region=self._region, traced=self._traced).fetchall()
        return [_other(*row) for row in rows]

    def audited(self, agreed: Iterable[Agreed]) -> list[Audited]:
        """Return each charged fee beside what was agreed."""
        self._facts.execute(_AGREED)
        rows = [(*one.kind, *one[1:]) for one in agreed]
        if not rows:
            return []
        places = ", ".join("?" for _ in rows[0])
        self._facts.executemany(f"INSERT INTO agreed VALUES ({places})", rows)
        names = tuple(Audited.model_fields)
        found = self._run("audited", traced=self._traced).fetchall()
        return [
            Audited(**dict(zip(names, (*row[:-1], row[-1] or ()), strict=True))) for row in found
        ]

    def booked(self) -> list[Booked]:
        """Return what the ledger says that gateways kept."""
        return booked(self._facts)

    def _run(self, name: str, **literals: str) -> Any:
        return run_file(self._facts, QUERIES / f"{name}.sql", **literals)


def charges_sql(country: str) -> str:
    """Return the queries after which `charged` has each charge with its fee, of view `facts`."""
    literals = {"region": _region(country), "paid_currency": _PAID_CURRENCY}
    return sql_of(QUERIES / "moved_balances.sql", **literals)


def _is_exchanged(facts: Any) -> str:
    """Return SQL for movements that were exchanged; postings are read where any was."""
    exchanged = "SELECT 1 FROM counted WHERE kind = 'exchange' LIMIT 1"
    if facts.execute(exchanged).fetchone() is None:
        return "false"
    return f"len({_EXCHANGES}) > 0"


def booked(facts: Any) -> list[Booked]:
    """Return what postings of counted facts say that gateways kept."""
    rows = run_file(facts, QUERIES / "booked_fees.sql", traced_max=traced_max(facts)).fetchall()
    names = tuple(Booked.model_fields)
    return [Booked(**dict(zip(names, (*row[:-1], tuple(row[-1])), strict=True))) for row in rows]


def _region(country: str) -> str:
    """Return SQL for the region of a card; `regions.region_of` says the same."""
    if not country:
        return f"'{Region.UNKNOWN}'"
    near = ", ".join(f"'{one}'" for one in sorted(neighbours(country))) or "''"
    return (
        f"CASE WHEN card_country IS NULL THEN '{Region.UNKNOWN}'"
        f" WHEN card_country = '{country}' THEN '{Region.DOMESTIC}'"
        f" WHEN card_country IN ({near}) THEN '{Region.EEA}' ELSE '{Region.INTERNATIONAL}' END"
    )


def _charged(*row: Any) -> Charged:
    day, charges, gross_minor, fee_minor, fees, *sums = row[_KIND:]
    x, xx, xy, yy = (int(one or 0) for one in sums)  # none where nothing was charged
    through = Sums(fees, x, fee_minor, xx, xy, yy)
    return Charged(_kind(row[:_KIND]), day, charges, gross_minor, fee_minor, fees, through)


def _other(*row: Any) -> OtherFees:
    cause, movements, returns, gross_minor, fee_minor, event_ids = row[_KIND:]
    kind = _kind(row[:_KIND])
    return OtherFees(kind, cause, movements, returns, gross_minor, fee_minor, tuple(event_ids))


def _kind(row: tuple[Any, ...]) -> Kind:
    gateway, account, method, brand, region, *currencies = row
    return Kind(gateway, account, method, brand, Region(region), *currencies)

"""Fee reports for tests: of facts in one file; and the golden shop's contracts, as people write."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kassa.archive import counting, warehouse
from kassa.archive.files import FactFolder
from kassa.archive.manifests import Manifest
from kassa.core.periods import Period
from kassa.fact_catalog import AnyFact
from kassa.gateways.registry import GATEWAYS
from kassa.reports.content import Source
from kassa.reports.fees.build_fees import fee_report
from kassa.reports.fees.contracts.contract import FeeContracts, read_contracts
from kassa.reports.fees.report import FeeReport
from tests.support.golden_shop.accounts import Contract

BUILT_AT = datetime(2026, 12, 1, 6, tzinfo=UTC)
NONE = FeeContracts()


def contracts_of(*contracts: dict[str, Any]) -> FeeContracts:
    """Read contracts as a merchant writes them."""
    return read_contracts({"contracts": list(contracts)}, GATEWAYS, 1, BUILT_AT)


def manifest_of(period: Period, contracts: FeeContracts = NONE, country: str = "DE") -> Manifest:
    """Return a closed period's manifest that holds contracts."""
    kept = contracts.model_dump(mode="json") if contracts.version else None
    return Manifest(
        layout=3,
        merchant_id="main",
        merchant_name="My Shop",
        period=period,
        is_closed=True,
        built_at=BUILT_AT,
        files=(),
        inputs={"fees": {"country": country, "contracts": kept}},
    )


def report_of(
    facts: Sequence[AnyFact], period: Period, contracts: FeeContracts = NONE, country: str = "DE"
) -> FeeReport:
    """Archive facts and return their period's fee report."""
    with TemporaryDirectory() as path:
        file = Path(path, "facts.parquet")
        file.write_bytes(warehouse.to_parquet(facts))
        with counting.counted([file], period, "main") as chosen:
            manifest = manifest_of(period, contracts, country)
            return fee_report(Source(manifest, chosen, FactFolder(Path(path))))


def written(contracts: Iterable[Contract]) -> FeeContracts:
    """Return the golden shop's contracts: its later ones are the account's next contract."""
    by_place: dict[tuple[str, str], list[Contract]] = defaultdict(list)
    for one in contracts:
        by_place[one.gateway, one.account].append(one)
    return contracts_of(*(made for of in by_place.values() for made in _of_account(of)))


def _of_account(of: list[Contract]) -> Iterable[dict[str, Any]]:
    for since in sorted({one.since for one in of}):
        newest = {(one.method, one.brand, one.currency): one for one in of if one.since <= since}
        lines = sorted(newest.values(), key=lambda one: one.brand is None)
        yield {
            "gateway": of[0].gateway,
            "account": of[0].account,
            "since": str(since),
            "source": "the golden shop",
            "fees": [_line(one) for one in lines],
        }


def _line(one: Contract) -> dict[str, Any]:
    return {
        "method": one.method,
        "brands": [one.brand] if one.brand else [],
        "currency": one.currency,
        "percent": f"{one.percent_bp / 100:.2f}",
        "exchange_percent": f"{one.exchange_bp / 100:.2f}",
        "fixed_minor": one.fixed_minor,
        "refund_minor": one.refund_minor,
        "dispute_minor": one.dispute_minor,
        "is_dispute_fee_returned": True,
    }

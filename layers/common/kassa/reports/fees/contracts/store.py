"""Fee contracts in the table: every version that was ever saved, none changed; the newest holds."""

from typing import Any

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.core import stored
from kassa.core.periods import Period
from kassa.platform import table
from kassa.platform.settings import settings
from kassa.reports.fees.contracts import keys
from kassa.reports.fees.contracts.contract import FeeContracts


class SavedContracts:
    """One merchant's fee contracts."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def newest(self) -> FeeContracts:
        """Return the version saved last; version 0, without a contract, where nobody saved any."""
        found = table.newest(keys.fee_contracts(self._merchant_id, 0).PK)
        return stored.read_text(FeeContracts, found["document"]) if found else FeeContracts()

    def save(self, contracts: FeeContracts, by: Actor) -> None:
        """Keep contracts under their version; raise StaleWrite when another took that number."""
        key = keys.fee_contracts(self._merchant_id, contracts.version)
        attributes = {"version": contracts.version, "document": contracts.model_dump_json()}
        act = Act(
            operation="fee_contracts.save",
            object_id=f"fee_contracts/{self._merchant_id}",
            by=by,
            before=str(contracts.version - 1) if contracts.version > 1 else None,
            after=str(contracts.version),
        )
        put = {"Put": table.putting(key._asdict() | attributes)}
        audit_trail.save_version([put], act, "the fee contracts")


def inputs(period: Period) -> dict[str, Any]:
    """Return what a period's fees are looked at by: the contracts, and the merchant's country."""
    saved = SavedContracts(settings().merchant_id).newest()
    contracts = saved.model_dump(mode="json") if saved.version else None
    return {"country": settings().merchant_country, "contracts": contracts}

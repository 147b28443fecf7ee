"""Save fee contracts as their next version; no version is ever changed."""

from collections.abc import Callable, Mapping
from typing import Any

from kassa.audit.trail import Actor
from kassa.core import stored
from kassa.core.model import Model
from kassa.gateways.registry import GATEWAYS
from kassa.platform import clock
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger
from kassa.reports.fees.contracts.contract import FeeContracts, read_contracts
from kassa.reports.fees.contracts.store import SavedContracts

RESERVE_S = 1.0  # kept back for answering


class KeptContracts(Model):
    """The version that says what was sent."""

    is_new: bool  # no: the newest version said the same already, and nothing was written
    contracts: FeeContracts


def save_contracts(
    document: Mapping[str, Any], saved: SavedContracts, by: Actor, time_left_s: Callable[[], float]
) -> KeptContracts:
    """Save what a person wrote; reports of periods that are closed from now on go by it.

    Raises Unreadable with everything that is wrong.
    """
    kept = retry_on_conflict(lambda: _kept(document, saved, by), time_left_s, RESERVE_S)
    logger.info("fee contracts saved", version=kept.contracts.version, is_new=kept.is_new)
    return kept


def _kept(document: Mapping[str, Any], saved: SavedContracts, by: Actor) -> KeptContracts:
    newest = saved.newest()
    contracts = read_contracts(document, GATEWAYS, newest.version + 1, clock.now())
    is_same = newest.contracts == contracts.contracts and not stored.has_unknown(newest)
    if newest.version and is_same:
        return KeptContracts(is_new=False, contracts=newest)
    saved.save(contracts, by)
    return KeptContracts(is_new=True, contracts=contracts)

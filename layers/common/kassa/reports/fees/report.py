"""The fee analysis of a period, as all of its documents say it."""

from collections.abc import Sequence
from typing import Any, Self

from kassa.archive.manifests import Manifest
from kassa.core import stored
from kassa.core.model import Model
from kassa.core.periods import Period
from kassa.reports.fees.analysis import CurrencyFees
from kassa.reports.fees.charged import Booked
from kassa.reports.fees.contracts.contract import FeeContracts
from kassa.reports.fees.headlines import Texts, headlines
from kassa.reports.localization import language_in


class Correction(Model):
    """Fees that came after an earlier period was closed; no later report has them again."""

    period: str  # its name
    currency: str
    fee_minor: int
    postings: int
    event_ids: tuple[str, ...]


class Entered(Model):
    """What was entered, as the period's manifest keeps it."""

    country: str = ""
    contracts: FeeContracts = FeeContracts()

    @classmethod
    def of(cls, manifest: Manifest) -> Self:
        """Read what a manifest holds; nothing, where nothing had been entered."""
        kept: dict[str, Any] = manifest.inputs.get("fees") or {}
        return stored.read(cls, {name: kept[name] for name in kept if kept[name] is not None})


class FeeReport(Model):
    """A period's fees."""

    title: str
    headlines: tuple[str, ...]
    merchant_id: str
    period: Period
    is_closed: bool
    built_at: str  # the manifest's, which alone has a time of its own
    country: str  # the merchant's, by which cards are domestic
    contracts: FeeContracts
    currencies: tuple[CurrencyFees, ...]
    corrections: tuple[Correction, ...]
    manifest: Manifest

    @classmethod
    def of(
        cls, manifest: Manifest, fees: Sequence[CurrencyFees], late: Sequence[Correction]
    ) -> Self:
        """Return what a period's fees amount to."""
        entered, texts = Entered.of(manifest), Texts(language_in(manifest))
        noun = texts(f"nouns.{manifest.period.kind}")
        has_contracts = bool(entered.contracts.contracts)
        return cls(
            title=texts("report.title", name=manifest.period.name),
            headlines=tuple(headlines(fees, noun, has_contracts, texts)),
            merchant_id=manifest.merchant_id,
            period=manifest.period,
            is_closed=manifest.is_closed,
            built_at=f"{manifest.built_at:%Y-%m-%dT%H:%M:%SZ}",
            country=entered.country,
            contracts=entered.contracts,
            currencies=tuple(fees),
            corrections=tuple(late),
            manifest=manifest,
        )


def corrections(name: str, booked: Sequence[Booked]) -> list[Correction]:
    """Return what came late of a period."""
    return [Correction(period=name, **one.model_dump()) for one in booked if one.fee_minor]

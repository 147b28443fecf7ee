"""Makes the fee analysis of a period from its manifest, its facts and what the manifest holds."""

from kassa.gateways.registry import GATEWAYS
from kassa.reports.content import Content, Source
from kassa.reports.fees.analysis import Counted, agreed, by_currency
from kassa.reports.fees.contracts.store import inputs
from kassa.reports.fees.documents import DOCUMENTS, documents
from kassa.reports.fees.report import Correction, Entered, FeeReport, corrections
from kassa.reports.fees.savings import Terms, alternatives, traffic
from kassa.reports.fees.warehouse import FeeFacts, booked

OFFERED = {name: frozenset(gateway.methods) for name, gateway in GATEWAYS.items()}


def build_fees(source: Source) -> dict[str, bytes]:
    """Return the documents of a period's fee analysis."""
    return documents(fee_report(source))


def fee_report(source: Source) -> FeeReport:
    """Return a period's fee analysis."""
    manifest = source.manifest
    entered = Entered.of(manifest)
    facts = FeeFacts(source.facts, entered.country)
    charged, other = facts.charged(), facts.other_fees()
    audited = facts.audited(agreed(charged, entered.contracts))
    counted = Counted(charged, other, audited, facts.booked())
    period = manifest.period
    terms = Terms(entered.contracts, entered.country, period.days[-1], len(period.days), OFFERED)
    fees = by_currency(counted, alternatives(traffic(charged, other), terms))
    return FeeReport.of(manifest, fees, _late(source))


def _late(source: Source) -> list[Correction]:
    """Return what fees came late for earlier periods."""
    found: list[Correction] = []
    for late, facts in zip(source.manifest.late, source.late, strict=True):
        found += corrections(late.period.name, booked(facts))
    return found


CONTENT = Content(DOCUMENTS, build_fees, inputs)

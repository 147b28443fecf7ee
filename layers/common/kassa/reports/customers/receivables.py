"""What customers owe by age at the end of a month, as its manifest keeps it; sums alone."""

from datetime import date

from kassa.archive.manifests import Manifest
from kassa.archive.report_names import ReportName
from kassa.billing.receivables.ageing import Age, Ageing
from kassa.core import stored
from kassa.core.model import Model

SHOWN = (*Age, "open", "credit")  # of an ageing, in this order
WITH_AGEING = 5  # the first layout that shows it


class Owed(Model):
    """What was owed at the end of a day, in each currency."""

    as_of: date
    ageing: tuple[Ageing, ...] | None  # none: of too many invoices


def owed_in(manifest: Manifest) -> Owed | None:
    """Return what a manifest keeps of it; none where it keeps none, as before the fifth layout."""
    kept = manifest.inputs.get(ReportName.CUSTOMERS)
    return stored.read(Owed, kept) if kept and manifest.layout >= WITH_AGEING else None

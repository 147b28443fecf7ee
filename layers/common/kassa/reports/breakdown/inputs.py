"""What a manifest keeps for the summary beside facts, so that it is made again alike."""

from typing import Any

from kassa.archive.manifests import Manifest
from kassa.core.model import Model
from kassa.reports.rates.rates import Quote

NAME = "summary"  # among the manifest's inputs


class Inputs(Model):
    """The language, and what every currency is converted by."""

    language: str = "en"
    currency: str | None = None  # that all are converted to; none: none is
    rates: dict[str, Quote] = {}


def inputs_of(manifest: Manifest) -> Inputs:
    """Return what a manifest keeps of them."""
    kept: dict[str, Any] = manifest.inputs.get(NAME, {})
    return Inputs.model_validate(kept)

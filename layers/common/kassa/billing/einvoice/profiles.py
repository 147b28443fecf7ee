"""Profiles: which sets of rules an electronic invoice can be written for, as data.

Sources, looked at in November 2026: EN 16931-1:2017 (CEN), Peppol BIS Billing 3.0 (docs.peppol.eu),
XRechnung 3.0 (xeinkauf.de), Peppol PINT Japan (docs.peppol.eu/poac/jp).
"""

from typing import NamedTuple

from kassa.billing.einvoice import profile_rules
from kassa.billing.einvoice.common_rules import COMMON
from kassa.billing.einvoice.finvoice_rules import FINVOICE as FINVOICE_RULES
from kassa.billing.einvoice.rules import Rule
from kassa.billing.einvoice.tax_rules import EU_TAX
from kassa.core.tax import Tax, TaxCategory

# What needs no words of its own in the EU: the code says why nothing is taxed (BT-121).
_EXEMPTION_CODES = {
    TaxCategory.REVERSE_CHARGE: "VATEX-EU-AE",
    TaxCategory.INTRA_COMMUNITY: "VATEX-EU-IC",
    TaxCategory.EXPORT: "VATEX-EU-G",
    TaxCategory.OUT_OF_SCOPE: "VATEX-EU-O",
}


class Profile(NamedTuple):
    """What a document says of the rules it follows, and how it is written for them."""

    name: str
    customization_id: str  # BT-24
    process_id: str | None  # BT-23
    rules: tuple[Rule, ...]  # what must hold of a draft before it gets a number
    zero_rate_out_of_scope: bool = False  # XRechnung wants a rate in every row of the breakdown
    is_japanese: bool = False  # tax numbers of any form, and none of the EU's codes

    def exemption_code(self, tax: Tax) -> str | None:
        """Return the code of the reason why nothing is taxed (BT-121)."""
        known = None if self.is_japanese else _EXEMPTION_CODES.get(tax.category)
        return tax.reason_code or known


_PEPPOL_BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_EN16931 = "urn:cen.eu:en16931:2017"

_EUROPEAN = (*COMMON, *EU_TAX)

EN16931 = Profile("en16931", _EN16931, None, _EUROPEAN)
PEPPOL = Profile(
    "peppol",
    f"{_EN16931}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
    _PEPPOL_BILLING,
    (*_EUROPEAN, *profile_rules.PEPPOL),
)
XRECHNUNG = Profile(
    "xrechnung",
    f"{_EN16931}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
    _PEPPOL_BILLING,
    (*_EUROPEAN, *profile_rules.XRECHNUNG),
    zero_rate_out_of_scope=True,
)
JP_PINT = Profile(
    "jp-pint",
    "urn:peppol:pint:billing-1@jp-1",
    "urn:peppol:bis:billing",
    (*COMMON, *profile_rules.JAPAN),
    is_japanese=True,
)
FINVOICE = Profile("finvoice", _EN16931, None, (*_EUROPEAN, *FINVOICE_RULES))

PROFILES = {one.name: one for one in (EN16931, PEPPOL, XRECHNUNG, JP_PINT, FINVOICE)}

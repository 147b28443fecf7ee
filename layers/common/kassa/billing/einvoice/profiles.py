"""Profiles: which sets of rules an electronic invoice can be written for, as data.

Sources, looked at in November 2026: EN 16931-1:2017 (CEN), Peppol BIS Billing 3.0 (docs.peppol.eu),
XRechnung 3.0 (xeinkauf.de), Peppol PINT Japan (docs.peppol.eu/poac/jp).
"""

from typing import NamedTuple


class Profile(NamedTuple):
    """What a document says of the rules it follows, and how it is written for them."""

    name: str
    customization_id: str  # BT-24
    process_id: str | None  # BT-23
    zero_rate_out_of_scope: bool = False  # XRechnung wants a rate in every row of the breakdown
    takes_any_tax_number: bool = False  # also one that doesn't begin with its country


_PEPPOL_BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_EN16931 = "urn:cen.eu:en16931:2017"

EN16931 = Profile("en16931", _EN16931, None)
PEPPOL = Profile(
    "peppol", f"{_EN16931}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0", _PEPPOL_BILLING
)
XRECHNUNG = Profile(
    "xrechnung",
    f"{_EN16931}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
    _PEPPOL_BILLING,
    zero_rate_out_of_scope=True,
)
JP_PINT = Profile(
    "jp-pint",
    "urn:peppol:pint:billing-1@jp-1",
    "urn:peppol:bis:billing",
    takes_any_tax_number=True,
)

PROFILES = {one.name: one for one in (EN16931, PEPPOL, XRECHNUNG, JP_PINT)}

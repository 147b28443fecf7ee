"""Single-table key design, of tax rates.

Entity            PK                                       SK
Tax rates         TAXRATES#<merchant_id>                   VERSION#<6 digits>

Access pattern                            Method                  Served by
The tax rates saved last                  SavedRates.newest       Query PK, newest first, consistent
A version of the rates taken once         SavedRates.save         PutItem if absent
"""

from kassa.platform.keys import Key


def tax_rates(merchant_id: str, version: int) -> Key:
    """Return the key of a version of a merchant's tax rates; padded, so that they sort."""
    return Key(f"TAXRATES#{merchant_id}", f"VERSION#{version:06d}")

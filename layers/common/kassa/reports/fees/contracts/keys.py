"""Single-table key design, of fee contracts.

Entity            PK                                       SK
Fee contracts     FEECONTRACTS#<merchant_id>               VERSION#<6 digits>

Access pattern                            Method                  Served by
The fee contracts saved last              SavedContracts.newest   Query PK, newest first, consistent
A version of the contracts taken once     SavedContracts.save     PutItem if absent
"""

from kassa.platform.keys import Key


def fee_contracts(merchant_id: str, version: int) -> Key:
    """Return the key of a version of a merchant's fee contracts; padded, so that they sort."""
    return Key(f"FEECONTRACTS#{merchant_id}", f"VERSION#{version:06d}")

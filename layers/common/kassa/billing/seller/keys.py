"""Single-table key design, of the seller.

Entity            PK                                       SK
Seller profile    SELLER#<merchant_id>                     VERSION#<6 digits>
Seller logo       SELLERLOGO#<merchant_id>                 <sha256>

Access pattern                            Method                  Served by
The profile saved last                    Sellers.newest          Query PK, newest first, consistent
The profile that a document was made with  Sellers.version        GetItem
A version of the profile taken once       save_seller             TransactWriteItems, put if absent
A logo, by what it is                     Sellers.newest, .version  GetItem, kept in memory
"""

from kassa.platform.keys import Key


def profile(merchant_id: str, version: int) -> Key:
    """Return the key of a version of a merchant's profile; padded, so that they sort."""
    return Key(f"SELLER#{merchant_id}", f"VERSION#{version:06d}")


def logo(merchant_id: str, sha256: str) -> Key:
    """Return the key of a logo; another picture has another key, so none ever changes."""
    return Key(f"SELLERLOGO#{merchant_id}", sha256)

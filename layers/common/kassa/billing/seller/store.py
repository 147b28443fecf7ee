"""Seller profiles in the table: every version that was ever saved, none ever changed.

A logo has an item of its own, by its digest: a worker reads it once, and a profile is small.
"""

from base64 import b64decode, b64encode
from functools import lru_cache
from hashlib import sha256
from typing import Any

from kassa.billing.seller import keys
from kassa.billing.seller.profile import SellerProfile, seller_by_settings
from kassa.core import stored
from kassa.core.errors import UnreadableItem
from kassa.core.merchant import Merchant
from kassa.platform import table
from kassa.platform.settings import settings

_LOGOS_KEPT = 4


class Sellers:
    """One merchant's profile, in all its versions."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def newest(self) -> SellerProfile | None:
        """Return the version saved last, if there is any."""
        found = table.newest(keys.profile(self._merchant_id, 0).PK)
        return self._profile(found) if found else None

    def version(self, number: int) -> SellerProfile:
        """Return one version; raise UnreadableItem when it isn't there any more."""
        item = table.get(keys.profile(self._merchant_id, number))
        if item is None:
            raise UnreadableItem(f"version {number} of the seller's profile is gone")
        return self._profile(item)

    def puts(self, profile: SellerProfile) -> list[dict[str, Any]]:
        """Return the writes that keep a profile under its version, if nobody took that number."""
        key = keys.profile(self._merchant_id, profile.version)
        document = stored.text(profile, exclude={"branding": {"logo"}}, exclude_none=True)
        item = key._asdict() | {"version": profile.version, "document": document}
        logo = profile.branding.logo
        if not logo:
            return [_put(item, ConditionExpression="attribute_not_exists(PK)")]
        digest = sha256(logo).hexdigest()
        picture = keys.logo(self._merchant_id, digest)._asdict()
        return [
            _put(item | {"logo_sha256": digest}, ConditionExpression="attribute_not_exists(PK)"),
            _put(picture | {"logo": b64encode(logo).decode()}),
        ]

    def _profile(self, item: table.Item) -> SellerProfile:
        profile = stored.read_text(SellerProfile, item["document"])
        digest = item.get("logo_sha256")
        logo = _logo(self._merchant_id, digest) if digest else None
        branding = profile.branding.model_copy(update={"logo": logo})
        return profile.model_copy(update={"branding": branding})


def _put(item: table.Item, **condition: str) -> dict[str, Any]:
    return {"Put": {"TableName": settings().table_name, "Item": table.typed(item), **condition}}


@lru_cache(maxsize=_LOGOS_KEPT)
def _logo(merchant_id: str, digest: str) -> bytes | None:
    """Return a picture by its digest, which it has for good."""
    item = table.get(keys.logo(merchant_id, digest))
    return b64decode(item["logo"]) if item else None


def find_seller(merchant: Merchant) -> SellerProfile | None:
    """Return the profile saved last, else what the settings say; none where they say too little."""
    saved = Sellers(merchant.merchant_id).newest()
    return saved or (seller_by_settings(merchant) if merchant.country else None)


def seller_of(merchant: Merchant) -> SellerProfile:
    """Return the profile that a merchant saved last; without one, what the settings say.

    Raises InvalidRequest where nobody said from which country the merchant sells.
    """
    return Sellers(merchant.merchant_id).newest() or seller_by_settings(merchant)


def seller_with(merchant: Merchant, version: int | None) -> SellerProfile:
    """Return the profile that a document was made with; none and 0 are what settings said."""
    if not version:
        return seller_by_settings(merchant)
    return Sellers(merchant.merchant_id).version(version)

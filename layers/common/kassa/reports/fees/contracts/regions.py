"""Where a card is from, as fees tell it: by its country and the merchant's.

The European Economic Area is the EU with Iceland, Liechtenstein and Norway (EEA agreement, as of
2026). A merchant outside it has no card of that region: such a card is international there.
"""

from enum import StrEnum

_EU = """
AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE
"""
EEA = frozenset({*_EU.split(), "IS", "LI", "NO"})


class Region(StrEnum):
    """Regions that fees differ by."""

    DOMESTIC = "domestic"
    EEA = "eea"
    INTERNATIONAL = "international"
    UNKNOWN = "unknown"  # the gateway names no country, or the merchant has none


def neighbours(country: str) -> frozenset[str]:
    """Return the other countries of the EEA, as a merchant's country sees them; none outside it."""
    return EEA - {country} if country in EEA else frozenset()


def region_of(card_country: str | None, country: str) -> Region:
    """Return the region of a card for a merchant's country; the queries do the same."""
    if card_country is None or not country:
        return Region.UNKNOWN
    if card_country == country:
        return Region.DOMESTIC
    return Region.EEA if card_country in neighbours(country) else Region.INTERNATIONAL

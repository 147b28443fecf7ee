"""The merchant: whose name, address and calendar stand on documents."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import field_validator

from kassa.core.model import Model

_PREFIX = "merchant_"
_LINE_END = "|"  # between the lines of an address in a setting


class Merchant(Model):
    """The merchant as the settings describe it; documents keep a copy of what it was."""

    merchant_id: str
    name: str
    address: tuple[str, ...]  # lines
    tax_id: str
    country: str = ""  # ISO 3166-1; without it no invoice states tax
    time_zone: str  # IANA
    language: str  # en or ja

    @field_validator("address", mode="before")
    @classmethod
    def _lines(cls, address: object) -> object:
        """Part a setting into lines; what was parted before stays."""
        if not isinstance(address, str):
            return address
        return tuple(line.strip() for line in address.split(_LINE_END) if line.strip())

    @classmethod
    def from_settings(cls, values: Mapping[str, Any]) -> Self:
        """Build the merchant from the settings that are named merchant_…"""
        settings = {name: _PREFIX + name for name in cls.model_fields if name != "merchant_id"}
        named = {name: values[key] for name, key in settings.items() if key in values}
        return cls(merchant_id=values["merchant_id"], **named)

    def day_of(self, instant: datetime) -> date:
        """Return the day an instant falls on, by the merchant's calendar."""
        return instant.astimezone(ZoneInfo(self.time_zone)).date()

"""Who writes, and how its messages look: name, address, logo and colour, as data."""

from collections.abc import Mapping
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from kassa.billing.typeset.branding import LOGO_BYTES_MAX, Branding, Colour
from kassa.core.model import Model
from kassa.customers.parties import Email, Party
from kassa.messages.templates.colours import colours_of
from kassa.messages.templates.parts import HttpsLink, Line, Paragraph

_PICTURES = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif"}
_WIDTH_PX = 160


class Brand(Model):
    """What every message of a merchant has in common."""

    name: Line
    address: Annotated[tuple[Line, ...], Field(max_length=8)] = ()
    tax_id: Line | None = None
    email: Email | None = None  # where customers write to
    phone: Line | None = None
    website: HttpsLink | None = None
    footer: Paragraph | None = None
    accent: Colour = "#1f4b7a"
    logo_link: HttpsLink | None = None  # a hosted picture
    logo: Annotated[bytes, Field(max_length=LOGO_BYTES_MAX)] | None = None  # one sent with the mail
    logo_width_px: Annotated[int, Field(ge=16, le=400)] = _WIDTH_PX
    time_zone: str = "UTC"  # IANA: the reader's if it is known, else the merchant's
    local_years: bool = False  # Buddhist years in Thai, Japanese eras in Japanese

    @field_validator("time_zone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            return ZoneInfo(name).key
        except (KeyError, ValueError, OSError):
            raise ValueError("is no IANA time zone, such as Europe/Helsinki") from None

    @field_validator("logo")
    @classmethod
    def _picture(cls, logo: bytes | None) -> bytes | None:
        if logo is not None and picture_format(logo) is None:
            raise ValueError("is no PNG, JPEG or GIF, the pictures that mail readers show")
        return logo

    @classmethod
    def of_seller(cls, party: Party, branding: Branding, time_zone: str) -> Self:
        """Return the brand of a seller's profile; an SVG logo is left out, for no reader shows it.

        Raises ValueError where the time zone isn't known.
        """
        address = party.address
        place = " ".join(filter(None, (address.postal_code, address.city)))
        logo = branding.logo if branding.logo and picture_format(branding.logo) else None
        return cls(
            name=party.trading_name or party.name,
            address=tuple(filter(None, (*address.lines, place, address.subdivision))),
            tax_id=party.tax_id,
            email=party.email,
            phone=party.phone,
            footer=branding.footer,
            accent=branding.accent,
            logo=logo,
            time_zone=time_zone,
            local_years=branding.local_years,
        )

    @property
    def colours(self) -> Mapping[str, str]:
        """Return the colours of a page, by day and by night, each of which can be read."""
        return colours_of(self.accent)


def picture_format(data: bytes) -> str | None:
    """Return which picture some bytes are, as MIME calls it (image/…); nothing for any other."""
    return next((name for start, name in _PICTURES.items() if data.startswith(start)), None)

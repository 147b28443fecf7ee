"""How a merchant's documents look: logo, colours and texts of its own, as data."""

from typing import Annotated

from pydantic import Base64Bytes, Field

from kassa.core.model import Model

LOGO_BYTES_MAX = 100_000
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


class Branding(Model):
    """What a merchant's documents have of its own; without it they are plain."""

    logo: Annotated[Base64Bytes, Field(max_length=LOGO_BYTES_MAX)] | None = None  # PNG or SVG
    logo_width_mm: Annotated[int, Field(ge=10, le=90)] = 42
    accent: Colour = "#1f4b7a"
    footer: Annotated[str, Field(max_length=400)] | None = None  # on each page
    closing: Annotated[str, Field(max_length=400)] | None = None  # a word of thanks at the end
    has_payment_qr: bool = True
    local_years: bool = False  # Buddhist years in Thai, Japanese eras in Japanese

    @property
    def logo_format(self) -> str:
        """Return what the logo is, as typst calls it."""
        return "png" if (self.logo or b"").startswith(b"\x89PNG") else "svg"

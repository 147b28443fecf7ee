"""A merchant's own words in place of the built-in ones, text by text and language by language."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from kassa.core.model import Model
from kassa.messages.templates.sandbox import SOURCE_MAX

_Words = Annotated[str, Field(min_length=1, max_length=SOURCE_MAX)]
_Paragraphs = Annotated[tuple[_Words, ...], Field(min_length=1, max_length=12)]


class Words(Model):
    """What a merchant says instead; what it doesn't say stays as it is."""

    subject: _Words | None = None
    preheader: _Words | None = None  # what an inbox shows behind the subject
    heading: _Words | None = None
    paragraphs: _Paragraphs | None = None
    notes: _Paragraphs | None = None  # below the button
    button: _Words | None = None
    text_message: _Words | None = None

    def over(self, built_in: Mapping[str, Any]) -> dict[str, Any]:
        """Return a text with the merchant's words in place of the built-in ones."""
        own = self.model_dump(exclude_none=True, include=set(Words.model_fields))
        return {**built_in, **own}

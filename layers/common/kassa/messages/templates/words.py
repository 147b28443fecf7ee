"""A merchant's own words in place of the built-in ones, text by text and language by language."""

from typing import Annotated

from pydantic import Field

from kassa.core.model import Model

SOURCE_MAX = 2_000  # characters of one text
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


LanguageWords = Annotated[dict[str, Words], Field(max_length=50)]
"""A merchant's words in one language, by the name of the text: refund_paid, overdue.tone_3."""

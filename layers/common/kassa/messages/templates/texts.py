"""What messages say, language by language: a file in `texts/` for each, all with the same keys.

Texts are words with placeholders (`sandbox.py`). A message with several texts has a table
for each below its own; what such a table doesn't say, the message's own does.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kassa.billing.typeset import texts as documents
from kassa.messages.templates.catalog import MESSAGES

FOLDER = Path(__file__).with_name("texts")
LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
VARIANTS = {
    "invoice": ("due", "paid"),
    "reminder": ("tone_1", "tone_2"),
    "overdue": ("tone_1", "tone_2", "tone_3", "tone_4"),
}
TEXT_NAMES = tuple(
    f"{message}.{variant}" if variant else message
    for message in MESSAGES
    for variant in VARIANTS.get(message, ("",))
)
"""Every text that there is: refund_paid, invoice.due, overdue.tone_3."""


def language_of(tag: str) -> str:
    """Return the language, of those that messages have, that a BCP 47 tag asks for."""
    found = documents.language_of(tag)
    return found if found in LANGUAGES else documents.FALLBACK


@cache
def texts_of(language: str) -> Mapping[str, Any]:
    """Return all texts of a language, table by table."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


@cache
def text_of(language: str, name: str) -> Mapping[str, Any]:
    """Return one text by its name: subject, preheader, heading, paragraphs and so on."""
    message, _, variant = name.partition(".")
    its = texts_of(language)[message]
    own = {key: value for key, value in its.items() if not isinstance(value, Mapping)}
    return {**own, **its[variant]} if variant else own


def message_of(name: str) -> str:
    """Return the message that a text is of."""
    return name.partition(".")[0]


def every_text(texts: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a language with where it stands, paragraph by paragraph."""
    for key, value in texts.items():
        if isinstance(value, Mapping):
            yield from every_text(value, f"{at}{key}.")
        elif isinstance(value, list):
            yield from ((f"{at}{key}.{number}", one) for number, one in enumerate(value, 1))
        else:
            yield f"{at}{key}", str(value)

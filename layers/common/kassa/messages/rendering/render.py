"""A message in its reader's language: subject, HTML, plain text, and a short form as a text."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape
from pydantic import ValidationError

from kassa.core.errors import InvalidRequest
from kassa.messages.rendering.content import Content, Telling, content_of
from kassa.messages.rendering.plain_text import footer, plain_text
from kassa.messages.rendering.text_message import TextMessage, fitting
from kassa.messages.rendering.values import Written
from kassa.messages.templates.brand import Brand
from kassa.messages.templates.catalog import MESSAGES
from kassa.messages.templates.params import Params
from kassa.messages.templates.words import Words

PAGE = Path(__file__).parents[1] / "templates" / "layouts" / "mail.html"
_HYPHENATED = re.compile(  # a short number of letters and digits, parted by hyphens
    r"\b(?=[A-Za-z0-9-]{3,36}(?![\w-]))(?=[A-Za-z-]*\d)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+"
)
LOGO = "logo"  # the Content-ID of a logo that is sent along

OwnWords = Mapping[str, Mapping[str, Words]]
"""A merchant's words, by language and the name of the text (templates/texts.TEXT_NAMES)."""


class Rendered(NamedTuple):
    """A message as it is read."""

    subject: str
    html: str
    text: str
    language: str  # BCP 47: the one it is written in
    logo: bytes | None = None  # the picture that the HTML names as cid:logo
    mistakes: tuple[str, ...] = ()  # of the merchant's words, where the built-in ones stand instead


def render(
    message: str,
    params: Mapping[str, Any],
    language: str,
    brand: Brand,
    words: OwnWords | None = None,
) -> Rendered:
    """Return a message as a mail, in a language by its BCP 47 tag or else in English.

    Raises InvalidRequest where there is no such message, or its params aren't what it must be told.
    """
    content, written = _content(message, params, language, brand, words)
    return Rendered(
        subject=content.subject,
        html=_page().render(_parts_of_the_page(content, written, brand)),
        text=plain_text(content, brand),
        language=written.language,
        logo=brand.logo if not brand.logo_link else None,
        mistakes=content.mistakes,
    )


def page_parts(
    message: str, params: Mapping[str, Any], language: str, brand: Brand
) -> dict[str, Any]:
    """Return everything that the page of a message is filled in with."""
    content, written = _content(message, params, language, brand, None)
    return _parts_of_the_page(content, written, brand)


def render_text(
    message: str,
    params: Mapping[str, Any],
    language: str,
    brand: Brand,
    words: OwnWords | None = None,
) -> TextMessage:
    """Return a message as a text (SMS) of two segments at most.

    Raises InvalidRequest as `render` does, and where it can't be said as shortly.
    """
    its = read_params(message, params)
    name = text_name(message, its)
    written = Written(language, brand, is_brief=True)
    telling = Telling(name, its, written, brand)
    return fitting(telling.text_messages(_own(words, written, name)))


def _content(
    message: str,
    params: Mapping[str, Any],
    language: str,
    brand: Brand,
    words: OwnWords | None,
) -> tuple[Content, Written]:
    its = read_params(message, params)
    written, name = Written(language, brand), text_name(message, its)
    return content_of(name, its, written, brand, _own(words, written, name)), written


def _own(words: OwnWords | None, written: Written, name: str) -> Words | None:
    return (words or {}).get(written.language, {}).get(name)


def read_params(message: str, params: Mapping[str, Any]) -> Params:
    """Return what a message is told; raise InvalidRequest naming the fields that are wrong."""
    if message not in MESSAGES:
        raise InvalidRequest(f"message: there is none called {message}")
    try:
        return MESSAGES[message].model_validate(dict(params))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        wrong = (f"{'.'.join(map(str, one['loc'])) or 'params'}: {one['msg']}" for one in found)
        raise InvalidRequest(f"{message}: {'; '.join(wrong)}") from None


def text_name(message: str, params: Params) -> str:
    """Return the name of the text that a message with these params has: overdue.tone_3."""
    return f"{message}.{params.variant}" if params.variant else message


@cache
def _page() -> Template:
    """Return the compiled layout (`infra/mails/layout.py`); it escapes whatever it is given.

    It is ours, so it needs no sandbox; what merchants write comes filled in, as text.
    """
    pages = Environment(
        undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    pages.filters["whole"] = whole
    return pages.from_string(PAGE.read_text(encoding="utf-8"))


def whole(text: str) -> Markup:
    """Return words, escaped, in which no number such as 2026-000123 is parted at its hyphen."""
    return Markup(
        _HYPHENATED.sub(r'<span style="white-space:nowrap">\g<0></span>', str(escape(text)))
    )


def _parts_of_the_page(content: Content, written: Written, brand: Brand) -> dict[str, Any]:
    logo = brand.logo_link or (f"cid:{LOGO}" if brand.logo else None)
    return {
        "message": content,
        "brand": brand,
        "colours": brand.colours,
        "logo": logo,
        "footer": footer(content, brand),
        "language": written.language,
        "direction": written.texts["direction"],
        "font": written.texts["font"],
    }

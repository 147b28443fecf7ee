"""A report's page as it was written, read again: what its frame says, and its blocks."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from xml.etree import ElementTree

from kassa.core.errors import UnreadableItem
from kassa.reports.typesetting.blocks import Block, Element, blocks_of, text_of

_LANGUAGE = re.compile(r'<html lang="([\w-]+)">')
_MAIN = re.compile(r"<main>.*</main>", re.DOTALL)
# What XML can't hold; a browser shows such a character of a product's name as nothing.
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STATUS = ("closed", "preliminary", "imported")


class Page(NamedTuple):
    """What stands on a page."""

    language: str
    merchant: str
    days: str  # which, as people write them
    title: str  # which report
    span: str  # from when to when, by local clocks
    status: str  # closed, preliminary or imported
    status_text: str
    blocks: list[Block]
    notes: Sequence[str]  # of what it is made, and what its figures are


def read_page(html: bytes) -> Page:
    """Read a page of a report; raise UnreadableItem for anything else."""
    text = _NO_XML.sub("\N{REPLACEMENT CHARACTER}", html.decode("utf-8"))
    language, main = _LANGUAGE.search(text), _MAIN.search(text)
    if language is None or main is None:
        raise UnreadableItem("a report's page without a language or a main part")
    try:
        root = ElementTree.fromstring(main[0].replace("<br>", "<br/>"))
    except ElementTree.ParseError as error:
        raise UnreadableItem(f"a report's page that isn't well-formed: {error}") from error
    head, foot = root.find("header"), root.find("footer")
    if head is None or foot is None:
        raise UnreadableItem("a report's page without a head or a foot")
    root.remove(head)
    root.remove(foot)
    return _page(language[1], head, root, foot)


def _page(language: str, head: Element, body: Element, foot: Element) -> Page:
    merchant, days, subtitle = (text_of(one) for one in head[0])
    title, _, span = subtitle.partition(" · ")
    kinds = head[1].get("class", "").split()
    return Page(
        language=language,
        merchant=merchant,
        days=days,
        title=title,
        span=span,
        status=next((one for one in kinds if one in _STATUS), _STATUS[1]),
        status_text=text_of(head[1]),
        blocks=list(blocks_of(body)),
        notes=[text_of(one) for one in foot],
    )

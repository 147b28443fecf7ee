"""Compile the layout of mails, from MJML to the HTML that is filled in and sent.

`python -m infra.mails.layout` writes `mail.html` beside `mail.mjml`; a test compiles it again and
compares, so what is shipped is what stands in the MJML. Nothing deployed needs the compiler.
"""

import re
from pathlib import Path

import mrml

from kassa.messages.rendering.render import PAGE

SOURCE = PAGE.with_name("mail.mjml")
_INCLUDED = re.compile(r'<mj-include path="([\w/]+\.mjml)" />')


class LayoutRefused(Exception):
    """The MJML can't be compiled as it is meant; the message lists why."""


def compiled(source: Path = SOURCE) -> str:
    """Return the HTML of a layout, with its parts in their places.

    Raises LayoutRefused where MJML has elements or attributes that don't exist.
    """
    try:
        output = mrml.to_html(_whole(source))
    except OSError as error:
        raise LayoutRefused(str(error)) from None
    if output.warnings:
        found = (
            f"{one.origin or source.name}, byte {one.start}: {one.kind}" for one in output.warnings
        )
        raise LayoutRefused("; ".join(found))
    return output.content + "\n"


def _whole(source: Path) -> str:
    """Return MJML with what it includes, which the compiler itself would wrap into one cell."""
    text = source.read_text(encoding="utf-8")
    return _INCLUDED.sub(lambda found: _whole(source.parent / found[1]), text)


if __name__ == "__main__":
    PAGE.write_text(compiled(), encoding="utf-8")

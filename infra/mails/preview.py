"""Every message in every language as pages to look at: `python -m infra.mails.preview FOLDER`.

Beside each message and its plain text, sheets (`<text>.600.dark.html`) show it in all languages, by
day and by night, as wide as a desktop shows it and as a telephone does. Nothing is sent.
"""

import sys
from collections.abc import Iterator
from html import escape
from itertools import product
from pathlib import Path

from kassa.messages.rendering.render import Rendered, render
from kassa.messages.templates.brand import Brand
from kassa.messages.templates.samples import sample
from kassa.messages.templates.texts import LANGUAGES, TEXT_NAMES, message_of

SHOP = Brand(
    name="Example Shop",
    address=("1 High Street", "00100 Helsinki"),
    tax_id="FI12345671",
    email="help@shop.example",
    website="https://shop.example/",
    accent="#1f4b7a",
    time_zone="Europe/Helsinki",
)
WIDTHS, SCHEMES = (600, 360), ("light", "dark")
_HEAD = (
    '<!doctype html><meta charset="utf-8"><style>body{margin:8px;white-space:nowrap}'
    "iframe{border:1px solid #999;height:1250px;margin:4px}</style>"
)


def sheets(folder: Path, brand: Brand = SHOP) -> None:
    """Write all pages of all messages into a folder."""
    for name in TEXT_NAMES:
        rendered = {one: render(message_of(name), sample(name), one, brand) for one in LANGUAGES}
        for language, message in rendered.items():
            (folder / f"{name}.{language}.html").write_text(message.html, encoding="utf-8")
            (folder / f"{name}.{language}.txt").write_text(message.text, encoding="utf-8")
        for width, scheme in product(WIDTHS, SCHEMES):
            page = _HEAD + "".join(_frames(rendered, width, scheme))
            (folder / f"{name}.{width}.{scheme}.html").write_text(page, encoding="utf-8")


def _frames(rendered: dict[str, Rendered], width: int, scheme: str) -> Iterator[str]:
    style = f"width:{width}px;color-scheme:{scheme}"
    for message in rendered.values():
        yield f'<iframe style="{style}" srcdoc="{escape(message.html)}"></iframe>'


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    sheets(target)

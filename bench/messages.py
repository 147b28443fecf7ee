"""What a message costs to write, against Jinja filling in the same page and nothing else.

Both write the same mails in turns, so that whatever else the machine does disturbs them alike; the
median turn counts. Jinja alone is given everything that the page says, worked out before.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import Any

from jinja2 import Environment

from bench.row import Row
from kassa.messages.rendering.mail import MailAddress, MailHeaders, build_mail
from kassa.messages.rendering.render import PAGE, Rendered, page_parts, render, whole
from kassa.messages.templates.brand import Brand
from kassa.messages.templates.samples import sample
from kassa.messages.templates.texts import LANGUAGES

NAMES = ("invoice.due", "refund_paid", "overdue.tone_2", "payment_failed", "receipt")
TURNS, ROUNDS, GOAL = 15, 4, 6.0
SHOP = Brand(name="Example Shop", address=("1 High Street",), time_zone="Europe/Helsinki")
SENDER = MailAddress(email="shop@shop.example", name="Example Shop")
JANE = MailAddress(email="jane@mail.example", name="Jane Example")
HEADERS = MailHeaders(delivery_id="dl_" + "0" * 32, sent_at=datetime(2026, 12, 1, tzinfo=UTC))
Told = tuple[str, dict[str, Any], str]


def measure() -> list[Row]:
    """Write the same mails both ways, in every language."""
    told: list[Told] = [
        (name.partition(".")[0], sample(name), language) for name in NAMES for language in LANGUAGES
    ]
    pages = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    pages.filters["whole"] = whole
    page = pages.from_string(PAGE.read_text(encoding="utf-8"))
    parts = [page_parts(message, params, language, SHOP) for message, params, language in told]
    written = [render(*one, SHOP) for one in told]
    assert [page.render(one) for one in parts] == [one.html for one in written]
    turns = [
        (
            seconds(lambda one: render(*one, SHOP), told),
            seconds(page.render, parts),
            seconds(_as_bytes, written),
        )
        for _ in range(TURNS)
    ]
    ratio = median(ours / bare for ours, bare, _ in turns)
    alone, _, building = (min(column) for column in zip(*turns, strict=True))
    unit = "per second and core"
    return [
        Row("message in words, page and text, against Jinja", round(ratio, 2), "ratio", GOAL, 1),
        Row("messages written", round(1 / alone), unit),
        Row("messages written and built as mails", round(1 / (alone + building)), unit),
    ]


def _as_bytes(rendered: Rendered) -> bytes:
    return build_mail(rendered, SENDER, JANE, HEADERS)


def seconds(call: Callable[[Any], object], given: list[Any]) -> float:
    """Return the CPU seconds of one call."""
    before = time.process_time()
    for _ in range(ROUNDS):
        for one in given:
            call(one)
    return (time.process_time() - before) / len(given) / ROUNDS

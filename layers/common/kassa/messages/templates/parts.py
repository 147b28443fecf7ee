"""What the parameters of messages are made of: lines of text, links, invoices, bank accounts.

Names and texts come from customers and other systems. What could change how the rest of a message
is read is left out here, once: control characters, ends of lines where one line is meant, and the
marks that turn the direction of writing (Unicode TR 36, section 2.10).
"""

import re
import unicodedata
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from kassa.core.model import Model, Text
from kassa.core.money import Money
from kassa.customers.parties import BankAccount

_TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks of the bidirectional algorithm
_UNSEEN = re.compile(f"[{_TURNING}\ufeff\ufff9-\ufffb]")
_GAPS = re.compile(r"[ \t\n\r\v\f\x1c-\x1f\x85\u2028\u2029]+")


def one_line(value: object) -> object:
    """Return a text as one line without what isn't seen; anything else as it is."""
    if not isinstance(value, str):
        return value
    return _without_controls(_GAPS.sub(" ", value)).strip()


def lines(value: object) -> object:
    """Return a text with its ends of lines, without what else isn't seen."""
    if not isinstance(value, str):
        return value
    return "\n".join(str(one_line(line)) for line in value.splitlines()).strip("\n")


def _without_controls(text: str) -> str:
    seen = _UNSEEN.sub("", text)
    return "".join(c for c in seen if unicodedata.category(c) not in ("Cc", "Cs"))


Line = Annotated[Text, BeforeValidator(one_line)]
"""One line that somebody wrote, such as a name."""

PARAGRAPH_MAX = 2000
Paragraph = Annotated[str, BeforeValidator(lines), Field(min_length=1, max_length=PARAGRAPH_MAX)]
"""A text that somebody wrote, of one or more lines."""

_HTTPS = (
    r"^(https://[A-Za-z0-9][A-Za-z0-9.-]*|http://(127\.0\.0\.1|localhost))"
    r"(:[0-9]+)?([/?#][!#-;=?-Z_a-z~%\[\]]*)?$"
)
HttpsLink = Annotated[str, Field(pattern=_HTTPS), Field(max_length=1000)]
"""A link: https alone, in ASCII, without what would end an attribute or a line.

That of a stack run here may be http: it leads to the reader's own machine.
"""


def secure(url: str | None) -> str | None:
    """Return a link that may stand in a message; none where it is another."""
    return url if url and re.match(_HTTPS, url) else None


Day = date
"""A day of the calendar, wherever the reader is."""


class OpenInvoice(Model):
    """An invoice of which something is still to be paid."""

    number: Line
    due_on: Day
    open: Money
    link: HttpsLink | None = None  # where it is paid


class BankDetails(BankAccount):
    """Where a transfer goes, and what it must say."""

    reference: Line | None = None

"""What a message says, part by part, before any page is made of it: HTML and plain text are alike.

A merchant's words that can't be filled in don't keep a message from leaving: the built-in ones
stand in for them, and `mistakes` says so.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from kassa.messages.rendering.values import Written
from kassa.messages.templates.brand import Brand
from kassa.messages.templates.params import OpenInvoices, Params
from kassa.messages.templates.parts import BankDetails
from kassa.messages.templates.sandbox import WordsRefused, filled
from kassa.messages.templates.texts import text_of
from kassa.messages.templates.words import Words

_NAMES = (300, 24, 12)  # characters of a seller's name in a text, cut where it would be too long
_CHOSEN = ("greeting_unnamed", "greeting_staff", "contact_unnamed")
_BANK = (
    *("name", "bank", "account", "bic", "bank_code", "correspondent_account", "proxy"),
    "reference",
)
_BANK_LABELS = {"name": "account_holder", "reference": "payment_reference"}


class Row(NamedTuple):
    """A value beside what it is."""

    label: str
    value: str


class InvoiceRow(NamedTuple):
    """An invoice of several, with what is still to be paid of it."""

    number: str
    due_on: str
    open: str
    link: str | None


class Button(NamedTuple):
    """Where the reader is asked to go."""

    label: str
    link: str


@dataclass(frozen=True)
class Content:
    """A message part by part, all of it plain text."""

    subject: str
    preheader: str
    heading: str
    greeting: str
    contact: str  # where questions go; the merchant's own people know
    paragraphs: list[str]
    notes: list[str]
    rows: list[Row]
    common: Mapping[str, str]
    labels: Mapping[str, str]
    button: Button | None = None
    document_link: str | None = None
    code: str | None = None
    invoices: list[InvoiceRow] = field(default_factory=list)
    extras: list[Row] = field(default_factory=list)  # beside what the invoices say
    totals: list[str] = field(default_factory=list)
    banks: list[list[Row]] = field(default_factory=list)
    unsubscribe_link: str | None = None
    mistakes: tuple[str, ...] = ()


class Telling:
    """One message to one reader: its words, filled in with its parameters."""

    def __init__(self, name: str, params: Params, written: Written, brand: Brand) -> None:
        self._params, self._written, self._brand = params, written, brand
        self._text = text_of(written.language, name)
        self.values = written.values(params, brand)
        self.mistakes: list[str] = []

    def text_messages(self, words: Words | None) -> Iterator[str]:
        """Yield the message as a text, ever shorter: with its seller's name cut, at last no link.

        A text that has to have its link isn't there without it.
        """
        for length in _NAMES:
            self.values["seller"] = self._brand.name[:length].strip()
            yield self.say("text_message", words)
        self.values["link"] = None
        with suppress(WordsRefused):
            yield self.say("text_message", words)

    def say(self, key: str, words: Words | None = None) -> str:
        """Return one of the message's texts, in the merchant's words where there are any."""
        return "\n".join(self.say_all(key, words))

    def say_all(self, key: str, words: Words | None = None) -> list[str]:
        """Return the paragraphs of a text that say something."""
        own = getattr(words, key, None) if words else None
        usual = self._text.get(key, ())
        if own is None:
            return self._filled(usual)
        try:
            filled = self._filled(own)
        except WordsRefused as error:
            self.mistakes.append(f"{key}: {error}")
            return self._filled(usual)
        if filled or not isinstance(own, str) or key == "preheader":
            return filled
        self.mistakes.append(f"{key}: says nothing where a condition doesn't hold")
        return self._filled(usual)

    def common(self) -> dict[str, str]:
        """Return what all messages say alike, to somebody with a name or without."""
        params, texts = self._params, dict(self._written.texts["common"])
        unnamed = texts["greeting_staff" if params.for_staff else "greeting_unnamed"]
        texts["greeting"] = texts["greeting"] if params.recipient_name else unnamed
        texts["contact"] = texts["contact"] if self._brand.email else texts["contact_unnamed"]
        texts["contact"] = "" if params.for_staff else texts["contact"]
        values = {**self.values, "email": self._brand.email}
        return {key: filled(text, values) for key, text in texts.items() if key not in _CHOSEN}

    def _filled(self, words: str | list[str] | tuple[str, ...]) -> list[str]:
        sources = [words] if isinstance(words, str) else words
        return list(filter(None, (filled(source, self.values) for source in sources)))


def content_of(
    name: str, params: Params, written: Written, brand: Brand, words: Words | None
) -> Content:
    """Return what a message says, of the text that is named."""
    telling = Telling(name, params, written, brand)
    common, labels = telling.common(), written.texts["labels"]
    link = params.button_link
    document_link = getattr(params, "document_link", None)
    rows = ((labels[params.labels.get(one, one)], telling.values[one]) for one in params.rows)
    return Content(
        subject=" ".join(telling.say("subject", words).split()),
        preheader=" ".join(telling.say("preheader", words).split()),
        heading=telling.say("heading", words),
        greeting=common["greeting"],
        contact=common["contact"],
        paragraphs=telling.say_all("paragraphs", words),
        notes=telling.say_all("notes", words),
        rows=[Row(label, str(value)) for label, value in rows if value is not None],
        common=common,
        labels=labels,
        button=Button(telling.say("button", words), link) if link else None,
        document_link=document_link if document_link != link else None,
        code=getattr(params, "code", None),
        invoices=_invoices(params, written),
        extras=_extras(params, written),
        totals=_totals(params, written),
        banks=[_bank(one, labels) for one in params.transfers],
        unsubscribe_link=params.unsubscribe_link,
        mistakes=tuple(telling.mistakes),
    )


def _invoices(params: Params, written: Written) -> list[InvoiceRow]:
    if not isinstance(params, OpenInvoices):
        return []
    return [
        InvoiceRow(one.number, written.short_day(one.due_on), written.money(one.open), one.link)
        for one in params.invoices
    ]


def _extras(params: Params, written: Written) -> list[Row]:
    extras = params.extras if isinstance(params, OpenInvoices) else {}
    labels = written.texts["labels"]
    return [Row(labels[name], written.money(amount)) for name, amount in extras.items()]


def _totals(params: Params, written: Written) -> list[str]:
    """Return what is to be paid in each currency, where that isn't one invoice's amount."""
    if not isinstance(params, OpenInvoices) or len(params.invoices) + len(params.extras) == 1:
        return []
    return [written.money(one) for one in params.totals]


def _bank(account: BankDetails, labels: Mapping[str, str]) -> list[Row]:
    named = ((_BANK_LABELS.get(one, one), getattr(account, one)) for one in _BANK)
    return [Row(labels[label], value) for label, value in named if value]

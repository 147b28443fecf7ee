"""Whether a merchant's own words can be used: looked at, and tried with examples, before a save."""

from collections.abc import Iterator, Mapping

from kassa.core.errors import InvalidRequest, Unreadable
from kassa.messages.rendering.render import render, render_text
from kassa.messages.rendering.values import placeholders
from kassa.messages.templates.brand import Brand
from kassa.messages.templates.catalog import MESSAGES
from kassa.messages.templates.samples import bare_sample, sample
from kassa.messages.templates.sandbox import WordsRefused, named
from kassa.messages.templates.texts import LANGUAGES, TEXT_NAMES, message_of, text_of
from kassa.messages.templates.words import Words

_EXAMPLE = Brand(name="Example Shop", time_zone="UTC")
WORDS_MAX = 100_000  # characters of a merchant's words in all: they are kept in one item
_SUBJECT_MAX = 150  # characters of an example's: inboxes show about 60
_MUST_NAME = {"code", "link"}  # a text message without them would be of no use


def check_words(own: Mapping[str, Mapping[str, Words]]) -> None:
    """Hold words, by language and name of their text, to what messages can say.

    Raises Unreadable listing every mistake.
    """
    wrong = [
        f"{language}.{name}: {mistake}"
        for language, texts in own.items()
        for name, words in texts.items()
        for mistake in mistakes_in(language, name, words)
    ]
    every = (words for texts in own.values() for words in texts.values())
    length = sum(len(source) for words in every for _, source in _sources(words))
    if length > WORDS_MAX:
        wrong.append(f"have {length} characters in all, {WORDS_MAX} are allowed")
    if wrong:
        raise Unreadable([f"words.{mistake}" for mistake in wrong])


def mistakes_in(language: str, name: str, words: Words) -> list[str]:
    """Return what is wrong with words for one text in one language; nothing where all is well."""
    if language not in LANGUAGES:
        return [f"messages have no such language; there are {', '.join(LANGUAGES)}"]
    if name not in TEXT_NAMES:
        return ["there is no such text; docs/message-templates.md lists them"]
    return list(_unreadable(name, words)) or list(_unfit(language, name, words))


def _unreadable(name: str, words: Words) -> Iterator[str]:
    known = placeholders(MESSAGES[message_of(name)])
    for part, source in _sources(words):
        try:
            unknown = named(source) - known
        except WordsRefused as error:
            yield f"{part}: {error}"
            continue
        if unknown:
            yield f"{part}: knows no {', '.join(sorted(unknown))}; it may name {_listed(known)}"
        if "http://" in source:
            yield f"{part}: has a link that isn't https"
    yield from _useless(name, words)


def _useless(name: str, words: Words) -> Iterator[str]:
    fields = MESSAGES[message_of(name)].model_fields
    if words.button and "link" not in fields:
        yield "button: the message has none"
    usual = _MUST_NAME & named(text_of(LANGUAGES[0], name)["text_message"])
    needed = {one for one in usual if fields[one].is_required()}
    if words.text_message and needed - named(words.text_message):
        yield f"text_message: must name {_listed(needed)}"


def _unfit(language: str, name: str, words: Words) -> Iterator[str]:
    """Yield what is wrong with words once they are filled in, with much and with little."""
    message, own = message_of(name), {language: {name: words}}
    for params in (sample(name), bare_sample(name)):
        rendered = render(message, params, language, _EXAMPLE, own)
        yield from rendered.mistakes
        if len(rendered.subject) > _SUBJECT_MAX:
            yield f"subject: is longer than {_SUBJECT_MAX} characters with an example"
        try:
            render_text(message, params, language, _EXAMPLE, own)
        except InvalidRequest as error:
            yield str(error)


def _sources(words: Words) -> Iterator[tuple[str, str]]:
    for part in Words.model_fields:
        found = getattr(words, part) or ()
        sources = (found,) if isinstance(found, str) else found
        yield from ((part, source) for source in sources)


def _listed(names: set[str] | frozenset[str]) -> str:
    return ", ".join(sorted(names))

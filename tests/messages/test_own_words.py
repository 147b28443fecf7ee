"""A merchant's own words say what it likes, and can do nothing else."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.errors import Unreadable
from kassa.messages.rendering.own_words import check_words, mistakes_in
from kassa.messages.rendering.render import render
from kassa.messages.templates.brand import Brand
from kassa.messages.templates.samples import bare_sample, sample
from kassa.messages.templates.sandbox import OUTPUT_MAX, WordsRefused, filled, named
from kassa.messages.templates.texts import LANGUAGES, TEXT_NAMES, text_of
from kassa.messages.templates.words import SOURCE_MAX, Words

SHOP = Brand(name="Example Shop")
# From public reports of ways out of Jinja's sandbox, and of templates that never end.
ESCAPES = {
    "CVE-2016-10745": "{{ '{0.__class__.__init__.__globals__}'.format(amount) }}",
    "CVE-2019-10906": "{{ '{x.__class__}'.format_map({'x': amount}) }}",
    "CVE-2024-56201": "{% include '{' ~ amount ~ '}' %}",
    "CVE-2024-56326": "{{ ['{0.__class__}'.format]|map('call', amount)|list }}",
    "CVE-2025-27516": "{{ ('{0.__class__}'|attr('format'))(amount) }}",
    "unbound method": "{{ amount.__class__.format('{0.__class__}', amount) }}",
    "classes": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "globals": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "itself": "{{ self._TemplateReference__context }}",
    "a loop": "{% for i in range(100000000) %}x{% endfor %}",
    "a long string": "{{ 'a' * 10000000000 }}",
    "a large power": "{{ 9 ** 9 ** 9 }}",
    "a wide filter": "{{ amount|center(1000000000) }}",
    "a format": "{{ '%1000000000d' % 1 }}",
    "lorem ipsum": "{{ lipsum(n=100000) }}",
    "a macro": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a set": "{% set a = amount %}{{ a }}",
    "an import": "{% import 'x' as y %}",
    "a list": "{{ [amount, amount] }}",
    "a test": "{{ amount is defined }}",
    "joined": "{{ amount ~ amount }}",
    "unescaped": "{% autoescape false %}{{ amount }}{% endautoescape %}",
}
PIECES = ["{{ amount }}", "{{ count }}", "{% if link %}", "{% if count == 1 %}", "{% else %}"]
PIECES += ["{% endif %}", "{{ link }}", "{% if amount < count %}", "{% if 'a' in count %}", "x"]
PIECES += ["{% elif not link %}", "{{ 'a' if link else 1 }}", "{# y #}", "{% raw %}", "{{ amount"]


@pytest.mark.parametrize("source", ESCAPES.values(), ids=ESCAPES)
def test_no_words_can_do_more_than_name_and_ask(source: str) -> None:
    with pytest.raises(WordsRefused):
        filled(source, {"amount": "€10"})


@pytest.mark.parametrize(
    "source",
    [
        "{{ " + "(" * 900 + "amount" + ")" * 900 + " }}",
        "{{ " + "not " * 400 + "amount }}",
        "{% if amount %}" * 90 + "{% endif %}" * 90,
        "{{ amount }}" * 166,
        "{{ " + "amount if amount else " * 80 + "amount }}",
        "{{ " + " or ".join(["amount"] * 250) + " }}",
        "{{" * 1000,
        "x" * (SOURCE_MAX + 1),
    ],
    ids=lambda source: source[:18],
)
def test_words_that_are_nested_or_repeated_end_soon(source: str) -> None:
    began = time.process_time()
    try:
        text = filled(source, {"amount": "€10"})
    except WordsRefused:
        text = ""
    assert time.process_time() - began < 1
    assert len(text) <= OUTPUT_MAX


@given(st.text(st.sampled_from("{}%#'\"()[]|~*.,:=<>! \n\\andotifelsrumx_01"), max_size=60))
def test_whatever_is_written_is_filled_in_or_refused(source: str) -> None:
    try:
        text = filled(source, {"amount": "€10", "count": 2})
    except WordsRefused:
        return
    assert len(text) <= 2 * len(source) + 10


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_words_of_any_pieces_are_filled_in_or_refused(pieces: list[str]) -> None:
    try:
        text = filled(" ".join(pieces), {"amount": "€10", "count": 2, "link": None})
    except WordsRefused:
        return
    assert "__" not in text


def test_words_are_no_longer_than_their_source_and_what_it_names() -> None:
    with pytest.raises(WordsRefused, match=f"longer than {OUTPUT_MAX}"):
        filled("{{ reason }}" * 20, {"reason": "x" * 2000})


def test_what_isnt_known_must_be_asked_for_first() -> None:
    with pytest.raises(WordsRefused, match="ask for it first"):
        filled("Until {{ expires_at }}", {"expires_at": None})
    said = "{% if expires_at %}Until {{ expires_at }}{% endif %}"
    assert filled(said, {"expires_at": None}) == ""
    assert named(said) == {"expires_at"}


def test_a_merchants_words_stand_in_both_forms_of_a_mail_and_are_escaped() -> None:
    words = Words(subject="Thanks!", paragraphs=("<b>{{ amount }}</b> & more", "Bye"))
    mail = render("receipt", sample("receipt"), "en", SHOP, {"en": {"receipt": words}})
    assert mail.subject == "Thanks!"
    assert "<b>€129.90</b> & more\n\nBye" in mail.text
    assert "&lt;b&gt;€129.90&lt;/b&gt; &amp; more" in mail.html
    assert mail.mistakes == ()


def test_words_that_fail_when_they_are_sent_give_way_to_the_built_in_ones() -> None:
    words = Words(subject="Receipt {{ document_number }}")
    mail = render("receipt", bare_sample("receipt"), "en", SHOP, {"en": {"receipt": words}})
    assert mail.subject == "Receipt for your payment of €129.90"
    assert mail.mistakes == (
        "subject: names something that isn't known; ask for it first: {% if … %}",
    )


def test_words_are_of_the_text_that_they_name() -> None:
    words = {"en": {"overdue.tone_2": Words(subject="Again")}, "fi": {}}
    assert render("overdue", sample("overdue.tone_2"), "en", SHOP, words).subject == "Again"
    assert render("overdue", sample("overdue.tone_3"), "en", SHOP, words).subject != "Again"


@pytest.mark.parametrize(
    ("language", "name", "words", "mistake"),
    [
        ("sv", "receipt", Words(subject="Tack"), "no such language"),
        ("en", "postcard", Words(subject="Hi"), "no such text"),
        ("en", "overdue", Words(subject="Hi"), "no such text"),
        ("en", "receipt", Words(subject="{{ amout }}"), "subject: knows no amout; it may name am"),
        ("en", "receipt", Words(subject="{{ amount"), "subject: can't be read: "),
        ("en", "receipt", Words(subject="{{ document_number }}"), "ask for it first"),
        ("en", "receipt", Words(subject="x" * 151), "longer than 150"),
        ("en", "receipt", Words(subject="{% if link %}Hi{% endif %}"), "subject: says nothing"),
        ("en", "receipt", Words(notes=("See http://shop.example",)), "isn't https"),
        ("en", "refund_approved", Words(button="Look"), "button: the message has none"),
        ("en", "payment_link", Words(text_message="Pay {{ amount }}"), "must name link"),
        ("en", "sign_in_code", Words(text_message="Hello"), "must name code"),
        ("th", "receipt", Words(text_message="ก" * 140), "takes 3 segments"),
    ],
)
def test_words_that_cant_be_used_say_why(
    language: str, name: str, words: Words, mistake: str
) -> None:
    assert any(mistake in found for found in mistakes_in(language, name, words))
    with pytest.raises(Unreadable, match=rf"^words\.{language}\.{name}: "):
        check_words({language: {name: words}})


@pytest.mark.parametrize("name", TEXT_NAMES)
def test_the_built_in_words_could_be_a_merchants_own(name: str) -> None:
    for language in LANGUAGES:
        parts = {key: value for key, value in text_of(language, name).items() if value}
        check_words({language: {name: Words.model_validate(parts)}})


def test_a_merchants_words_fit_into_one_item() -> None:
    long = Words(paragraphs=("x" * 1900,) * 12)
    own = {language: {name: long for name in TEXT_NAMES[:2]} for language in LANGUAGES}
    with pytest.raises(Unreadable, match="100000 are allowed"):
        check_words(own)
